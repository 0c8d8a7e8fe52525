import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { Pake, littleEndian, passwordScalar, scalarBytes } from '../src/pake.js';
import { deriveKeys, verifierWords, exportKey } from '../src/keys.js';
import { sealBlob, seal, pad } from '../src/seal.js';
import { fromHex, toHex, utf8 } from '../src/bytes.js';
import { InitiatorUnderTest, ReceiverUnderTest } from '../test-hooks.js';
import { ended } from './support/ended.js';
import { listen } from './support/relay.js';

const text = readFileSync(new URL('../../../../spec/wormhole-sync.md', import.meta.url), 'utf8');
const app = text.slice(text.indexOf('<!-- worked example begins'));
const value = (name) => {
  const m = new RegExp(`^${name.replace(/[()"./]/g, '\\$&')} *= (.*(?:\\n {5,}[0-9a-f]+)*)`, 'm').exec(app);
  return m[1].replace(/\s*\n\s*/g, '');
};

const appid = utf8('example.com/app1');
const blobA = utf8('Welcome. The door opens at eight.');
const blobB = utf8('ssh-ed25519 AAAA... bob@example');
const x = fromHex(value('pake_scalar x'));
const y = fromHex(value('pake_scalar y'));

test('word lists', () => {
  for (const [name, hash] of [
    ['odd', '99a86d564393464a979f9115ef6103464f56499b7e987091b9e59bdcaea00da8'],
    ['even', '247bec0519f05acf5f8716f8515af0532676cce180409949d265f5670797c930'],
  ]) {
    const bytes = readFileSync(new URL(`../words/${name}.txt`, import.meta.url));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), hash);
  }
});

test('A.2 to A.6', () => {
  const pw = () => utf8('crossover-clockwork');
  assert.equal(toHex(scalarBytes(passwordScalar(pw()))), value('w'));
  const a = new Pake('A', pw(), littleEndian(x));
  const b = new Pake('B', pw(), littleEndian(y));
  assert.equal(toHex(a.message), '41' + value('enc(X)'));
  assert.equal(toHex(b.message), '42' + value('enc(Y)'));
  const [offer, answerMessage] = [a.message, b.message];
  const key = a.finish(answerMessage);
  assert.equal(toHex(key), value('K'));
  assert.equal(toHex(b.finish(offer)), value('K'));
  const keys = deriveKeys({ key, appid, channel: 7, offer, answerMessage });
  for (const [k, n] of [['th', 'th'], ['receiverBlob', 'key_receiver-blob'], ['initiatorBlob', 'key_initiator-blob'],
    ['receipt', 'key_receipt'], ['verifier', 'key_verifier'], ['exporter', 'key_exporter']]) {
    assert.equal(toHex(keys[k]), value(n), n);
  }
  assert.equal(verifierWords(keys.verifier), value('verifier'));
  assert.equal(toHex(exportKey(keys.exporter, utf8('example.com/app1 file key'), 16)), value('export("example.com/app1 file key", 16)'));
  assert.throws(() => exportKey(keys.exporter, utf8(''), 16), RangeError);
  assert.throws(() => exportKey(keys.exporter, utf8('a'), 8161), RangeError);
  const sections = app.split('### ');
  const cipher = (section) => {
    const m = /ciphertext = ([0-9a-f\s]+)tag += ([0-9a-f]+)/.exec(section);
    return m[1].replace(/\s/g, '') + m[2];
  };
  assert.equal(toHex(sealBlob(keys.receiverBlob, keys.th, blobB)), cipher(sections.find((s) => s.startsWith('A.4'))));
  assert.equal(toHex(sealBlob(keys.initiatorBlob, keys.th, blobA)), cipher(sections.find((s) => s.startsWith('A.5'))));
  assert.equal(toHex(seal(keys.receipt, keys.th, new Uint8Array(0))), 'fd8b24576933a4b7dc096f95df645bae');
  assert.equal(pad(blobB).length, 256);
});

test('A.7: both roles against the recorded requests', async () => {
  const steps = [...app.matchAll(/^\d\. (Initiator|Receiver): .*\n\n```\n(\w+) (\S+)\n(\{.*\}\n)?\n(\d+)\n(.*)\n```/gm)].map((m) => ({
    role: m[1], method: m[2], target: m[3], body: m[4]?.trim() ?? '', status: Number(m[5]), answer: m[6],
  }));
  assert.equal(steps.length, 9);
  for (const role of ['Initiator', 'Receiver']) {
    const side = value(`${role.toLowerCase()}'s side`);
    const todo = steps.filter((s) => s.role === role);
    const faults = [];
    const server = await listen((req, res, body) => {
      const s = todo.shift();
      try {
        assert.deepEqual([req.method, req.url, body, req.headers.authorization], [s.method, s.target, s.body, `Bearer ${side}`]);
      } catch (e) { faults.push(e); }
      res.writeHead(s.status, { 'Content-Type': 'application/json; charset=utf-8' });
      res.end(s.answer);
    });
    const common = { appid, rendezvous: server.url };
    const hooks = { side: fromHex(side), second: 1000 };
    let result;
    if (role === 'Initiator') {
      const i = new InitiatorUnderTest({ ...common, blob: blobA }, { ...hooks, words: fromHex('3c3b'), pake_scalar: x });
      assert.equal(await i.start(), '7-crossover-clockwork');
      result = await ended(i);
      assert.equal(toHex(i.exportKey('example.com/app1 file key', 16)), value('export("example.com/app1 file key", 16)'));
      assert.deepEqual(Buffer.from(result.blob), Buffer.from(blobB));
    } else {
      const r = new ReceiverUnderTest({ ...common, blob: blobB, code: ' 7 Crossover_clockwork\n' }, { ...hooks, pake_scalar: y });
      assert.equal(await r.start(), value('verifier'));
      result = await ended(r);
      assert.deepEqual(Buffer.from(result.blob), Buffer.from(blobA));
    }
    server.close();
    assert.deepEqual(faults, []);
    assert.equal(todo.length, 0);
    assert.equal(result.outcome, 'done');
    assert.equal(result.delivered, true);
    assert.equal(result.verifier, value('verifier'));
  }
});
