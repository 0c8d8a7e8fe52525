// Key schedule, verifier and exporter (section 6).
import { sha256 } from '@noble/hashes/sha2.js';
import { extract, expand } from '@noble/hashes/hkdf.js';
import { ascii, concat, u16be, wipe } from './bytes.js';
import { wordOf } from './words.js';

const VERSION = 'wormhole-sync/1';
const field = (v) => concat(u16be(v.length), v);

/**
 * @typedef {object} Keys
 * @property {Uint8Array} th
 * @property {Uint8Array} receiverBlob
 * @property {Uint8Array} initiatorBlob
 * @property {Uint8Array} receipt
 * @property {Uint8Array} verifier
 * @property {Uint8Array} exporter
 */

/**
 * The context of a run (VER-1, VER-2).
 * @param {{ appid: Uint8Array, channel: number, offer: Uint8Array, answerMessage: Uint8Array }} input
 */
export const contextOf = ({ appid, channel, offer, answerMessage }) =>
  concat(
    field(ascii(VERSION)),
    field(ascii('transcribe')),
    field(appid),
    field(ascii(String(channel))),
    field(offer),
    field(answerMessage),
  );

/** @param {Uint8Array} key K @param {Uint8Array} th */
export const prkOf = (key, th) => extract(sha256, key, th);

/**
 * KEY-1. Wipes K.
 * @param {{ key: Uint8Array, appid: Uint8Array, channel: number, offer: Uint8Array, answerMessage: Uint8Array }} input
 * @returns {Keys}
 */
export function deriveKeys({ key, appid, channel, offer, answerMessage }) {
  const th = sha256(contextOf({ appid, channel, offer, answerMessage }));
  const prk = prkOf(key, th);
  const derive = (label) => expand(sha256, prk, ascii(`${VERSION} ${label}`), 32);
  const keys = {
    th,
    receiverBlob: derive('receiver-blob'),
    initiatorBlob: derive('initiator-blob'),
    receipt: derive('receipt'),
    verifier: derive('verifier'),
    exporter: derive('exporter'),
  };
  wipe(prk, key);
  return keys;
}

/** KEY-3: eight words, joined by single spaces. @param {Uint8Array} keyVerifier */
export const verifierWords = (keyVerifier) =>
  Array.from(keyVerifier.subarray(0, 8), (b, i) => wordOf(i, b)).join(' ');

/**
 * KEY-6.
 * @param {Uint8Array} keyExporter
 * @param {Uint8Array} label
 * @param {number} length
 * @throws {RangeError} KEY-4
 */
export function exportKey(keyExporter, label, length) {
  if (label.length < 1 || label.length > 255) throw new RangeError('a label has 1 to 255 bytes');
  if (!Number.isInteger(length) || length < 1 || length > 8160) throw new RangeError('a length is 1 to 8160');
  return expand(sha256, keyExporter, concat(u16be(length), label), length);
}
