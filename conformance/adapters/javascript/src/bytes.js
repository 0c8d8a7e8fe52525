// Bytes, hex (HEX-1), constant-time comparison (SEAL-11), wiping (KEY-2).
import { timingSafeEqual } from 'node:crypto';
import { types } from 'node:util';

const encoder = new TextEncoder();

/** @param {string} text @returns {Uint8Array} */
export const utf8 = (text) => encoder.encode(text);

/** @param {string} text ASCII text. @returns {Uint8Array} */
export const ascii = utf8;

/** @param {...Uint8Array} parts @returns {Uint8Array} */
export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** @param {Uint8Array} bytes @returns {string} */
export const toHex = (bytes) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

/**
 * Reads hex strictly (HEX-1).
 * @param {string} text
 * @returns {Uint8Array | null} null when it is no hex
 */
export function fromHex(text) {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text) || text.endsWith('\n')) return null;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export const equalBytes = (a, b) => a.length === b.length && timingSafeEqual(a, b);

/** @param {number} n @returns {Uint8Array} */
export const u16be = (n) => Uint8Array.of(n >> 8, n & 0xff);

/** @param {...(Uint8Array | null | undefined)} arrays */
export function wipe(...arrays) {
  for (const a of arrays) a?.fill(0);
}

/**
 * Text or bytes as a private copy of the bytes.
 * @param {string | Uint8Array} value
 * @param {string} name
 */
export function bytesOf(value, name) {
  if (typeof value === 'string') return utf8(value);
  if (types.isUint8Array(value)) return Uint8Array.from(value);
  throw new TypeError(`${name} must be a string or a Uint8Array`);
}
