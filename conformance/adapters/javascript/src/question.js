// What a run asks its application: to compare the verifier, to take the blob.

/** A question that stands as long as the run is in one of some states. */
export class Question {
  #states;
  #controller = new AbortController();

  /** @param {string[]} states */
  constructor(states) {
    this.#states = states;
  }

  /** It aborts when the question is withdrawn, so that no prompt stays behind. */
  get signal() {
    return this.#controller.signal;
  }

  /** @param {string} state */
  standsIn(state) {
    return this.#states.includes(state);
  }

  /** Not in this very step: the application's listeners run outside of the machine. */
  withdraw() {
    queueMicrotask(() => this.#controller.abort());
  }
}

/** The event of what `compare` gave: nothing but a boolean agrees or accuses. @param {unknown} same */
export function eventOfSame(same) {
  if (typeof same !== 'boolean') throw new TypeError('compare must give true or false');
  return same ? 'release' : 'mismatch';
}
