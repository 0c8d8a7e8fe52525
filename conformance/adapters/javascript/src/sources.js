// Where the named random values come from (section 3.5), and how long a second is.
import { randomBytes } from 'node:crypto';
import { littleEndian, L } from './pake.js';
import { wipe } from './bytes.js';

/**
 * @typedef {object} Sources
 * @property {() => Uint8Array} side
 * @property {(n: number) => Uint8Array} words
 * @property {() => bigint} scalar
 * @property {number} second milliseconds of a second
 */

/** @type {Sources} RAND-1 */
export const ORDINARY = Object.freeze({
  side: () => new Uint8Array(randomBytes(16)),
  words: (n) => new Uint8Array(randomBytes(n)),
  scalar: () => {
    const bytes = randomBytes(64);
    const scalar = littleEndian(bytes) % L;
    wipe(bytes);
    return scalar;
  },
  second: 1000,
});
