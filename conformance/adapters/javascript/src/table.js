// Builds the tables of sections 11.4 and 11.5.

/**
 * @typedef {object} Step
 * @property {string} [next]
 * @property {string | null} [request] as in the table; `repeat` stands behind
 * @property {string | null} [outcome]
 * @property {string} [impossible] a, b or c
 * @typedef {Record<string, Record<string, Step>>} Table
 */

/**
 * @param {string} text lines `state | events | next | request | outcome`
 * @returns {Table}
 */
export function buildTable(text) {
  /** @type {Table} */
  const table = {};
  for (const line of text.trim().split('\n')) {
    const [state, events, next, request = '', outcome = ''] = line.split('|').map((s) => s.trim());
    table[state] ??= {};
    for (const event of events.split(',').map((s) => s.trim())) {
      if (Object.hasOwn(table[state], event)) throw new Error(`twice: ${state} ${event}`);
      const impossible = /^impossible \((.)\)$/.exec(next)?.[1];
      table[state][event] = impossible
        ? { impossible }
        : { next, request: request || null, outcome: outcome || null };
    }
  }
  return table;
}
