// TEST HOOKS (section 13). Not for ordinary programs: made-up random values are no secrets. Not in the package.
import { InitiatorBase, InitiatorRun } from './src/initiator.js';
import { ReceiverBase, ReceiverRun } from './src/receiver.js';
import { ORDINARY } from './src/sources.js';
import { littleEndian, L } from './src/pake.js';

/**
 * @typedef {object} Hooks
 * @property {Uint8Array | null} [side]
 * @property {Uint8Array | null} [words]
 * @property {Uint8Array | null} [pake_scalar] little-endian
 * @property {number} [second] milliseconds
 *
 * A value that is null has a source that fails; one that is not given is drawn as ever.
 */

const form = (ok, what) => {
  if (!ok) throw new TypeError(`test hook: ${what}`);
};

/** @param {Hooks} hooks @param {number} [words] @returns {import('./src/sources.js').Sources} */
function sourcesOf(hooks, words) {
  const given = (name, ordinary, read = (v) => v) => {
    const value = hooks[name];
    if (value === undefined) return ordinary;
    if (value === null) {
      return () => {
        throw new Error('the source fails');
      };
    }
    form(value instanceof Uint8Array, name);
    const copy = Uint8Array.from(value);
    return () => read(Uint8Array.from(copy));
  };
  const { side, pake_scalar: scalar, second = 1000 } = hooks;
  if (side) form(side.length === 16, 'side has 16 bytes');
  if (hooks.words && words !== undefined && words >= 2 && words <= 8) {
    form(hooks.words.length === words, 'one byte for each word');
  }
  if (scalar) form(scalar.length === 32 && littleEndian(scalar) < L, 'pake_scalar is 32 bytes below L');
  form(Number.isFinite(second) && second > 0, 'second');
  return {
    side: given('side', ORDINARY.side),
    words: given('words', ORDINARY.words),
    scalar: given('pake_scalar', ORDINARY.scalar, littleEndian),
    second,
  };
}

/**
 * @typedef {import('./src/run.js').ByHand} ByHand with `lookFirst` the run waits for `release` or `mismatch`,
 *   with `takeTime` for `taken` or `notTaken`
 */

/** @template {ByHand} O @param {O} options */
function parted({ lookFirst, takeTime, ...options }) {
  return { options, byHand: { lookFirst, takeTime } };
}

/** An initiator whose user speaks by events. */
export class InitiatorUnderTest extends InitiatorBase {
  #run;

  /** @param {import('./src/index.js').InitiatorOptions & ByHand} given @param {Hooks} hooks */
  constructor(given, hooks) {
    const { options, byHand } = parted(given);
    const run = new InitiatorRun(/** @type {any} */ (options), sourcesOf(hooks, given.words ?? 2), byHand);
    super(run);
    this.#run = run;
  }

  /** As soon as the answer has opened. @returns {Promise<{ verifier: string, blob: Uint8Array }>} */
  peer() {
    return this.#run.peer.promise;
  }

  /** @throws {import('./src/index.js').WrongState} */
  release() {
    this.#run.tell('release');
  }

  /** @throws {import('./src/index.js').WrongState} */
  mismatch() {
    this.#run.tell('mismatch');
  }

  cancel() {
    this.#run.cancel();
  }

  /** The state of the table. */
  get state() {
    return this.#run.state;
  }
}

/** A receiver whose user and application speak by events. */
export class ReceiverUnderTest extends ReceiverBase {
  #run;

  /** @param {import('./src/index.js').ReceiverOptions & ByHand} given @param {Hooks} hooks */
  constructor(given, hooks) {
    const { options, byHand } = parted(given);
    const run = new ReceiverRun(/** @type {any} */ (options), sourcesOf(hooks), byHand);
    super(run);
    this.#run = run;
  }

  /** The initiator's blob, in `taking`. @returns {Promise<Uint8Array>} */
  blob() {
    return this.#run.blobReady.promise;
  }

  /** @throws {import('./src/index.js').WrongState} */
  taken() {
    this.#run.tell('taken');
  }

  /** @throws {import('./src/index.js').WrongState} */
  notTaken() {
    this.#run.tell('not-taken');
  }

  /** @throws {import('./src/index.js').WrongState} */
  release() {
    this.#run.tell('release');
  }

  /** @throws {import('./src/index.js').WrongState} */
  mismatch() {
    this.#run.tell('mismatch');
  }

  cancel() {
    this.#run.cancel();
  }

  /** The state of the table. */
  get state() {
    return this.#run.state;
  }
}
