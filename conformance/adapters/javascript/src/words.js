// The PGP word lists (section 4).
import { readFileSync } from 'node:fs';

const read = (name) =>
  Object.freeze(readFileSync(new URL(`../words/${name}.txt`, import.meta.url), 'ascii').split('\n').slice(0, 256));

const LISTS = [read('odd'), read('even')];
const SETS = LISTS.map((list) => new Set(list));

/** The list of a position: odd.txt at 0, 2, 4, 6. @param {number} position @returns {readonly string[]} */
export const listOf = (position) => LISTS[position % 2];

/** @param {number} position @param {number} byte */
export const wordOf = (position, byte) => LISTS[position % 2][byte];

/** @param {number} position @param {string} word */
export const isWordOf = (position, word) => SETS[position % 2].has(word);

/** Edit distance. @param {string} a @param {string} b */
function distance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/**
 * The nearest words of the list of a position.
 * @param {number} position @param {string} word @param {number} [count]
 */
export function nearestWords(position, word, count = 3) {
  const short = word.slice(0, 40);
  return listOf(position)
    .map((w) => ({ w, d: distance(short, w) }))
    .sort((a, b) => a.d - b.d)
    .slice(0, count)
    .map(({ w }) => w);
}
