// Padding and seals (section 7).
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { wipe } from './bytes.js';

const TAG = 16;
const NONCE = new Uint8Array(12);
const BUCKETS = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536];

/** @param {number} n length of a blob @returns {number} */
const bucketOf = (n) => /** @type {number} */ (BUCKETS.find((b) => b >= n + 1));

/** SEAL-1. @param {Uint8Array} blob */
export function pad(blob) {
  const out = new Uint8Array(bucketOf(blob.length));
  out.set(blob);
  out[blob.length] = 0x80;
  return out;
}

/** SEAL-2. @param {Uint8Array} padded @returns {Uint8Array | null} */
export function unpad(padded) {
  let n = padded.length;
  while (n > 0 && padded[n - 1] === 0) n--;
  if (n === 0 || padded[n - 1] !== 0x80) return null;
  n--;
  return bucketOf(n) === padded.length ? padded.slice(0, n) : null;
}

/** Is this the length of a sealed padded blob? @param {number} n */
export const isSealedLength = (n) => BUCKETS.includes(n - TAG);

/** @param {Uint8Array} key @param {Uint8Array} th @param {Uint8Array} plaintext */
export const seal = (key, th, plaintext) => chacha20poly1305(key, NONCE, th).encrypt(plaintext);

/**
 * The tag is compared by noble without branches on its bytes.
 * @param {Uint8Array} key @param {Uint8Array} th @param {Uint8Array} sealed
 * @returns {Uint8Array | null}
 */
export function open(key, th, sealed) {
  if (sealed.length < TAG) return null;
  try {
    return chacha20poly1305(key, NONCE, th).decrypt(sealed);
  } catch {
    return null;
  }
}

/** @param {Uint8Array} key @param {Uint8Array} th @param {Uint8Array} blob */
export function sealBlob(key, th, blob) {
  const padded = pad(blob);
  const out = seal(key, th, padded);
  wipe(padded);
  return out;
}
