// The options of both roles. One that is unknown or of another type is a fault of the program: it throws.
import { types } from 'node:util';

const REQUIRED = true;
const bytes = (v) => typeof v === 'string' || types.isUint8Array(v);
const callback = (v) => typeof v === 'function';
const BYTES = 'a string or a Uint8Array';

/** @type {Record<string, [string, (v: any) => boolean, true?]>} */
const COMMON = {
  appid: [BYTES, bytes, REQUIRED],
  blob: [BYTES, bytes, REQUIRED],
  rendezvous: ['a string', (v) => typeof v === 'string'],
  allowHttp: ['a boolean', (v) => typeof v === 'boolean'],
  ca: [BYTES, bytes],
  timeout: ['a number of milliseconds', (v) => typeof v === 'number' && v >= 0],
  signal: ['an AbortSignal', (v) => typeof v?.aborted === 'boolean' && typeof v.addEventListener === 'function'],
  compare: ['a function', callback],
};

/** @type {Record<'initiator' | 'receiver', typeof COMMON>} */
const OF_ROLE = {
  initiator: { ...COMMON, words: ['a number', (v) => typeof v === 'number'] },
  receiver: { ...COMMON, code: [BYTES, bytes, REQUIRED], take: ['a function', callback] },
};

/**
 * An option that is not known may be a misspelt `compare`: to pass it over would be to compare nothing.
 * @param {'initiator' | 'receiver'} role
 * @param {unknown} options
 * @returns {Record<string, any>} a copy, so that none changes later
 * @throws {TypeError}
 */
export function checkOptions(role, options) {
  if (typeof options !== 'object' || options === null) throw new TypeError('options must be an object');
  const known = OF_ROLE[role];
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(known, name)) throw new TypeError(`${role}: there is no option ${JSON.stringify(name)}`);
  }
  /** @type {Record<string, any>} */
  const copy = {};
  for (const [name, [what, fits, required]] of Object.entries(known)) {
    const value = options[name];
    if (value === undefined ? required : !fits(value)) throw new TypeError(`${name} must be ${what}`);
    copy[name] = value;
  }
  return copy;
}
