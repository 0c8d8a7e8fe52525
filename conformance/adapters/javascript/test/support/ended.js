// The result of a run, however it ends.
import assert from 'node:assert/strict';
import { WormholeError } from '../../src/index.js';

/** @param {{ finish(): Promise<any> }} run */
export async function ended(run) {
  try {
    const result = await run.finish();
    assert.equal(result.outcome, 'done');
    return result;
  } catch (error) {
    assert.ok(error instanceof WormholeError, error);
    assert.notEqual(error.outcome, 'done');
    assert.deepEqual([error.outcome, error.reason, error.message], [error.result.outcome, error.result.reason, error.result.message]);
    return error.result;
  }
}
