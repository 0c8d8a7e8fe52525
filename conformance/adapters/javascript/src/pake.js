// SPAKE2 as section 5 has it.
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { ascii, concat, equalBytes, wipe } from './bytes.js';

const Point = ed25519.Point;
export const P = 2n ** 255n - 19n;
export const L = 2n ** 252n + 27742317777372353535851937790883648493n;

const M = Point.fromHex('15cfd18e385952982b6a8f8c7854963b58e34388c8e6dae891db756481a02312');
const N = Point.fromHex('f04f2e7eb734b2a8f8b472eaf9c3c632576ac64aea650b496a8a20ff00e583c3');

export const ID_A = 'wormhole-sync/1/initiator';
export const ID_B = 'wormhole-sync/1/receiver';

/** @param {Uint8Array} bytes little-endian @returns {bigint} */
export function littleEndian(bytes) {
  let n = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) n = (n << 8n) | BigInt(bytes[i]);
  return n;
}

/** @param {Uint8Array} bytes OS2IP @returns {bigint} */
const bigEndian = (bytes) => littleEndian(Uint8Array.from(bytes).reverse());

/** @param {bigint} n @returns {Uint8Array} 32 bytes, little-endian */
export function scalarBytes(n) {
  const out = new Uint8Array(32);
  for (let i = 0; i < 32; i++, n >>= 8n) out[i] = Number(n & 0xffn);
  return out;
}

/** PAKE-2. @param {Uint8Array} pw @returns {bigint} */
export function passwordScalar(pw) {
  const bytes = hkdf(sha256, pw, new Uint8Array(0), ascii('SPAKE2 pw'), 48);
  const w = bigEndian(bytes) % L;
  wipe(bytes);
  return w;
}

/** noble refuses the scalar 0. */
const times = (point, n) => (n === 0n ? Point.ZERO : point.multiply(n));

/** A peer's element that PAKE-4 to PAKE-8 refuse. */
export class BadElement extends Error {}

/**
 * Decodes an element (PAKE-5, PAKE-6).
 * @param {Uint8Array} bytes 32
 */
export function decodeElement(bytes) {
  const y = littleEndian(bytes) & (2n ** 255n - 1n);
  if (y >= P) throw new BadElement('y');
  // x is 0 exactly when y is 1 or -1; then the sign bit has to be clear.
  if ((y === 1n || y === P - 1n) && bytes[31] >> 7) throw new BadElement('sign of 0');
  let point;
  try {
    point = Point.fromBytes(Uint8Array.from(bytes), false);
  } catch {
    throw new BadElement('no point');
  }
  if (!equalBytes(point.toBytes(), bytes)) throw new BadElement('not canonical');
  if (point.is0() || !point.isTorsionFree()) throw new BadElement('subgroup');
  return point;
}

/**
 * PAKE-3. The 33 bytes for the peer.
 * @param {'A' | 'B'} side @param {bigint} w @param {bigint} scalar
 */
export const spake2Message = (side, w, scalar) =>
  concat(ascii(side), times(Point.BASE, scalar).add(times(side === 'A' ? M : N, w)).toBytes());

/**
 * PAKE-4 to PAKE-9.
 * @param {{ side: 'A' | 'B', pw: Uint8Array, w: bigint, scalar: bigint, own: Uint8Array, peer: Uint8Array,
 *   idA?: string, idB?: string }} input `own` and `peer` are messages
 * @returns {{ encZ: Uint8Array, key: Uint8Array }}
 * @throws {BadElement}
 */
export function spake2Key({ side, pw, w, scalar, own, peer, idA = ID_A, idB = ID_B }) {
  if (peer.length !== 33 || peer[0] !== (side === 'A' ? 0x42 : 0x41)) throw new BadElement('side');
  const mine = own.subarray(1);
  const theirs = peer.subarray(1);
  const point = decodeElement(theirs);
  if (equalBytes(theirs, mine)) throw new BadElement('reflected');
  const z = times(point.subtract(times(side === 'A' ? N : M, w)), scalar);
  if (z.is0()) throw new BadElement('Z');
  const encZ = z.toBytes();
  const [x, y] = side === 'A' ? [mine, theirs] : [theirs, mine];
  const hpw = sha256(pw);
  const input = concat(hpw, sha256(ascii(idA)), sha256(ascii(idB)), x, y, encZ);
  const key = sha256(input);
  wipe(hpw, input);
  return { encZ, key };
}

/** One side of one SPAKE2. It computes at most one key (PAKE-10). */
export class Pake {
  #scalar;
  #w;
  #pw;
  #side;
  #ids;
  #used = false;

  /**
   * @param {'A' | 'B'} side
   * @param {Uint8Array} pw taken over and wiped
   * @param {bigint} scalar in [0, L)
   * @param {{ idA?: string, idB?: string }} [ids] other ones for the libraries' own test only
   */
  constructor(side, pw, scalar, ids = {}) {
    this.#side = side;
    this.#pw = pw;
    this.#scalar = scalar;
    this.#ids = ids;
    this.#w = passwordScalar(pw);
    this.message = spake2Message(side, this.#w, scalar);
  }

  /**
   * The key K, out of the peer's 33 bytes.
   * @param {Uint8Array} peer
   * @returns {Uint8Array}
   * @throws {BadElement}
   */
  finish(peer) {
    if (this.#used) throw new Error('a second key of one scalar');
    this.#used = true;
    try {
      const { encZ, key } = spake2Key({
        side: this.#side,
        pw: this.#pw,
        w: this.#w,
        scalar: this.#scalar,
        own: this.message,
        peer,
        ...this.#ids,
      });
      wipe(encZ);
      return key;
    } finally {
      this.wipe();
    }
  }

  /** KEY-2, as far as JavaScript lets it: big integers cannot be overwritten, only let go. */
  wipe() {
    this.#used = true;
    this.#scalar = 0n;
    this.#w = 0n;
    wipe(this.#pw);
  }
}
