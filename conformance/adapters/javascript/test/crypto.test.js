import test from 'node:test';
import assert from 'node:assert/strict';
import { Pake, passwordScalar, decodeElement, BadElement, scalarBytes, littleEndian, L, P } from '../src/pake.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { fromHex, toHex, utf8 } from '../src/bytes.js';

test('published values of the libraries (5.4)', () => {
  const pw = () => utf8('password');
  assert.equal(passwordScalar(pw()), 3515301705789368674385125653994241092664323519848410154015274772661223168839n);
  const a = new Pake('A', pw(), 2611694063369306139794446498317402240796898290761098242657700742213257926693n, { idA: 'idA', idB: 'idB' });
  const b = new Pake('B', pw(), 7002393159576182977806091886122272758628412261510164356026361256515836884383n, { idA: 'idA', idB: 'idB' });
  assert.equal(toHex(a.message), '416fc960df73c9cf8ed7198b0c9534e2e96a5984bfc5edc023fd24dacf371f2af9');
  assert.equal(toHex(b.message), '42354e97b88406922b1df4bea1d7870f17aed3dba7c720b313edae315b00959309');
  const k = '712295de7219c675ddd31942184aa26e0a957cf216bc230d165b215047b520c1';
  const [am, bm] = [a.message, b.message];
  assert.equal(toHex(a.finish(bm)), k);
  assert.equal(toHex(b.finish(am)), k);
  assert.throws(() => a.finish(bm), /second key/);
});

test('elements that are refused', () => {
  const bad = (hex) => assert.throws(() => decodeElement(fromHex(hex)), BadElement, hex);
  const le = (n, sign = 0) => { const b = scalarBytes(n); b[31] |= sign << 7; return toHex(b); };
  bad(le(1n)); // identity
  bad(le(1n, 1)); // identity with a sign
  bad(le(P - 1n)); // order 2
  bad(le(P - 1n, 1));
  bad(le(0n)); bad(le(0n, 1)); // order 4
  bad(le(P)); bad(le(P + 1n)); bad(le(P + 3n)); bad('ff'.repeat(32));
  bad('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'); // order 8
  bad(le(2n)); // no x
  // the base point plus a point of order 2
  const order2 = ed25519.Point.fromHex(le(P - 1n));
  bad(ed25519.Point.BASE.add(order2).toHex());
  decodeElement(ed25519.Point.BASE.toBytes());
});

test('side byte, reflection, Z identity', () => {
  const make = (side, x) => new Pake(side, utf8('crossover-clockwork'), x);
  const b = make('B', 5n);
  assert.throws(() => make('A', 7n).finish(make('A', 8n).message), BadElement);
  const a = make('A', 7n);
  assert.throws(() => a.finish(Uint8Array.of(0x42, ...a.message.subarray(1))), BadElement);
  assert.throws(() => make('A', 7n).finish(make('B', 0n).message), BadElement); // w*N
  assert.throws(() => make('A', 0n).finish(b.message), BadElement);
  assert.equal(littleEndian(scalarBytes(L - 1n)), L - 1n);
});
