// What is not there yet.

/**
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T) => void, reject: (error: unknown) => void }} Deferred
 */

/** A promise that may be asked for or not. @returns {Deferred<any>} */
export function deferred() {
  /** @type {any} */
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  parts.promise.catch(() => {});
  return parts;
}

/**
 * What the table says is there by now.
 * @template T
 * @param {T | null | undefined} value
 * @returns {T}
 */
export function needed(value) {
  if (value === null || value === undefined) throw new Error('impossible: it is not there yet');
  return value;
}
