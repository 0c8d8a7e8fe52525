// The messages of section 8 (JSON-4, JSON-5).
import { fromHex, toHex, utf8 } from './bytes.js';
import { readJson, JsonNumber, JsonFault } from './strict-json.js';

const TOO_LARGE = 'too large';

const integer = (max) => (v) => {
  if (!(v instanceof JsonNumber) || !/^-?[0-9]+$/.test(v.text)) throw new JsonFault('integer');
  if (v.value < 1 || v.value > max) throw new JsonFault('bounds');
  return v.value;
};
const binary = (max) => (v) => {
  if (typeof v !== 'string') throw new JsonFault('binary');
  const bytes = fromHex(v);
  if (!bytes || bytes.length < 1) throw new JsonFault('binary');
  if (bytes.length > max) throw new JsonFault(TOO_LARGE);
  return bytes;
};
const string = (max) => (v) => {
  if (typeof v !== 'string' || utf8(v).length > max) throw new JsonFault('string');
  return v;
};

/** @type {Record<string, Record<string, (v: unknown) => any>>} */
const MEMBERS = {
  allocate: { body: binary(64) },
  claim: {},
  'write answer': { body: binary(65600) },
  'write finish': { body: binary(65600) },
  'write receipt': { body: binary(64) },
  close: { reason: string(64) },
  allocated: { channel: integer(999999999), ttl: integer(86400) },
  claimed: { body: binary(64), ttl: integer(600) },
  'cell answer': { body: binary(65600) },
  'cell finish': { body: binary(65600) },
  'cell receipt': { body: binary(64) },
  empty: {},
  problem: { type: string(Infinity) },
};

export const PROBLEM = 'tag:wormhole-sync.example,2026:';

const TOKENS = new Set([
  'malformed', 'unauthorized', 'forbidden', 'no-such-channel', 'not-found', 'method-not-allowed', 'crowded',
  'conflict', 'out-of-order', 'closed', 'too-large', 'rate-limited', 'unavailable',
]);

/** The token of a problem's type, or null. @param {string} type */
export function problemToken(type) {
  const token = type.startsWith(PROBLEM) ? type.slice(PROBLEM.length) : '';
  return TOKENS.has(token) ? token : null;
}

/** @param {string} kind */
export const isMessage = (kind) => Object.hasOwn(MEMBERS, kind);

/**
 * Reads a message as JSON-4 has it: in a request, a binary value over its bound is `too-large`.
 * @param {string} kind
 * @param {Uint8Array} bytes
 * @returns {Record<string, any> | 'malformed' | 'too-large'}
 */
export function judgeMessage(kind, bytes) {
  try {
    const json = readJson(bytes);
    /** @type {Record<string, any>} */
    const out = {};
    const take = (members) => {
      for (const [name, read] of Object.entries(members)) {
        if (!json.has(name)) throw new JsonFault('missing');
        out[name] = read(json.get(name));
      }
    };
    take(MEMBERS[kind]);
    if (kind === 'problem' && out.type === `${PROBLEM}closed`) take({ reason: string(64) });
    return out;
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    const request = kind === 'allocate' || kind.startsWith('write ');
    return request && error.message === TOO_LARGE ? 'too-large' : 'malformed';
  }
}

/**
 * Reads an answer's message.
 * @param {string} kind
 * @param {Uint8Array} bytes
 * @returns {Record<string, any> | null} null when it is malformed
 */
export function readMessage(kind, bytes) {
  const message = judgeMessage(kind, bytes);
  return typeof message === 'string' ? null : message;
}

/** @param {Uint8Array} bytes */
export const writeBody = (bytes) => utf8(`{"body":"${toHex(bytes)}"}`);
/** @param {string} reason one of RELAY-16 */
export const writeClose = (reason) => utf8(JSON.stringify({ reason }));
export const writeClaim = () => utf8('{}');
