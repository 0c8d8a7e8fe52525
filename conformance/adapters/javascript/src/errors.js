// The errors of a run. None shows a secret: not in its message, and not when it is printed whole.
import { redact } from './redact.js';

const codeOf = (outcome) => `ERR_WORMHOLE_${outcome.toUpperCase().replaceAll('-', '_')}`;

/**
 * A run ended otherwise than as `done`. `message` is the specification's sentence for the user.
 *
 * `code`, `outcome`, `reason` and `fault` are printed with the error. What may hold a secret is not: the
 * result, with the peer's blob of INIT-3, and the explanation, with words that the user typed (RAND-2).
 */
export class WormholeError extends Error {
  #result;
  #explanation;

  static {
    this.prototype.name = 'WormholeError';
    redact(this);
  }

  /**
   * @param {import('./outcome.js').Result} result
   * @param {{ cause?: unknown, explanation?: string }} [more]
   */
  constructor(result, { cause, explanation } = {}) {
    super(result.message, cause === undefined ? undefined : { cause });
    this.#result = /** @type {import('./index.js').FailedResult} */ (/** @type {unknown} */ (result));
    this.#explanation = explanation ?? result.message;
    const { outcome, reason, fault } = this.#result;
    this.code = /** @type {import('./index.js').WormholeError['code']} */ (codeOf(outcome));
    this.outcome = outcome;
    if (reason !== undefined) this.reason = reason;
    if (fault !== undefined) this.fault = fault;
  }

  get result() {
    return this.#result;
  }

  get explanation() {
    return this.#explanation;
  }
}

/** A call that the state of the run does not allow; the run is as it was. */
export class WrongState extends Error {
  static {
    this.prototype.name = 'WrongState';
  }

  code = /** @type {const} */ ('ERR_WORMHOLE_WRONG_STATE');
}
