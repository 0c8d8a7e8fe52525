import test from 'node:test';
import assert from 'node:assert/strict';
import { parseCode, CodeFault } from '../src/code.js';
import { parseRendezvous } from '../src/values.js';
import { parseLink, formatLink, LinkFault } from '../src/link.js';
import { readJson } from '../src/strict-json.js';
import { readMessage } from '../src/messages.js';
import { pad, unpad } from '../src/seal.js';
import { utf8, fromHex } from '../src/bytes.js';
import { INITIATOR } from '../src/initiator-table.js';
import { RECEIVER } from '../src/receiver-table.js';

test('codes', () => {
  const ok = (t) => assert.equal(parseCode(t).code, '7-crossover-clockwork', JSON.stringify(t));
  ['7-crossover-clockwork', '\ufeff 7  crossover__clockwork \r\n', '7\u2013CROSSOVER\u00a0clockwork', '7\t-_ crossover\u3000\u2212clockwork'].forEach(ok);
  const bad = (t, fault, extra = {}) =>
    assert.throws(() => parseCode(t), (e) => e instanceof CodeFault && e.fault === fault && Object.entries(extra).every(([k, v]) => e[k] === v), JSON.stringify(t));
  bad('7-crossover\nclockwork', 'word-count');
  bad('-7-crossover-clockwork', 'bad-channel');
  bad('7-crossover-clockwork-', 'unknown-word');
  bad('', 'bad-channel');
  bad('07-crossover-clockwork', 'bad-channel');
  bad('1234567890-crossover-clockwork', 'bad-channel');
  bad('7\n-crossover-clockwork', 'bad-channel');
  bad('7-clockwork-crossover', 'swapped-words');
  bad('7-clockwork-clockwork', 'unknown-word');
  bad('7-crossover-clöckwork', 'bad-character', { character: 'U+00F6' });
  bad(Uint8Array.of(0x37, 0xf6, 0x41), 'bad-character', { character: '0xF6' });
  bad(Uint8Array.of(0x37, 0xe2, 0x80), 'bad-character', { character: '0xE2' });
  bad('7\ufeff', 'bad-character', { character: 'U+FEFF' });
  bad('\ufeff\ufeff7', 'bad-character');
  bad('7-\u{1F600}', 'bad-character', { character: 'U+1F600' });
  bad('ö'.repeat(513), 'too-long');
  bad('7-crossover-clockwork-crossover-clockwork-crossover-clockwork-crossover-clockwork-crossover', 'word-count');
});

test('rendezvous addresses', () => {
  for (const a of ['http://localhost', 'HTTP://LocalHost:8080/', 'http://127.9.8.7/a/b', 'http://[::1]', 'http://[0:0:0:0:0:0:0:1]:1',
    'http://[::0.0.0.1]/', 'https://a_b.example:00443//x/%41/@:;', 'https://127.1', 'https://[1:2:3:4:5:6:7::]']) {
    assert.ok(parseRendezvous(a), a);
  }
  assert.equal(parseRendezvous('https://h/base//').path, '/base/');
  for (const a of ['', 'http://127.1', 'http://127.0.0.01', 'http://2130706433', 'http://localhost.', 'http://x.localhost', 'http://[::ffff:127.0.0.1]',
    'http://relay.example', 'ftp://x', 'https:/x', 'https://', 'https://:80', 'https://h:', 'https://h:0', 'https://h:65536', 'https://u@h', 'https://@h',
    'https://h?', 'https://h/#', 'https://h/../a', 'https://h/%2e', 'https://h/.%2E/', 'https://h/"', 'https://h/%4', 'https://h/a b', 'https://[::1%25lo]',
    'https://[1:2:3:4:5:6:7:8::]', 'https://[::1]x', 'https://[1::2::3]', 'https://h/\n', 'https://' + 'a'.repeat(2048)]) {
    assert.equal(parseRendezvous(a), null, a);
  }
  assert.ok(parseRendezvous('http://relay.example', true));
});

test('links', () => {
  const l1 = 'wormhole-sync:7-crossover-clockwork?appid=6578616d706c652e636f6d2f61707031&relay=https://relay.example';
  const l2 = 'wormhole-sync:12-adroitness-zulu?appid=61&relay=http://%5B::1%5D:8080/a%2520b';
  for (const l of [l1, l2]) assert.equal(formatLink(parseLink(l)), l);
  assert.equal(parseLink(l2).relay, 'http://[::1]:8080/a%20b');
  const bad = (t, fault) => assert.throws(() => parseLink(t), (e) => e instanceof LinkFault && e.fault === fault, t);
  bad(l1 + 'x'.repeat(8192), 'too-long');
  bad(l1.replace('w', 'W'), 'bad-form');
  bad(l1.replace('&relay', '&x=1&relay'), 'bad-form');
  bad(l1.replace('-c', '_c'), 'bad-code');
  bad(l1.replace('65', '6'), 'bad-appid');
  bad(l1.replace(/appid=\w*/, 'appid='), 'bad-appid');
  bad(l1 + '\n', 'bad-relay');
  bad(l2.replace('%5B', '%5b'), 'bad-relay');
  bad(l1.replace('https', 'http'), 'bad-relay');
  bad(l1.replace('relay.', '%72elay.'), 'bad-relay');
  bad('', 'bad-form');
});

test('strict JSON', () => {
  const ok = (t) => readJson(utf8(t));
  ok(' {"a":[1,-0.5e3,true,false,null,"\\ud83d\\ude00"]}\n');
  assert.ok(ok('{"__proto__":1}').has('__proto__'));
  const deep = (n) => '{"a":'.repeat(n - 1) + '{}' + '}'.repeat(n - 1);
  ok(deep(16));
  ok('{"a":1e-9999}');
  for (const t of ['', '[]', '1', '\ufeff{}', '{}x', '{"a":NaN}', '{"a":1e999}', '{"a":1,"a":1}', '{"a":1,"\\u0061":1}', '{"b":{"a":1,"a":1}}', '{"a":"\\ud800"}',
    '{"a":"\\udc00\\ud800"}', '{"a":"\t"}', '{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":+1}', '{a:1}', '{"a":1,}', '{"a":[1,]}', '{"a":"\\x"}', '{"a":"\\u12g4"}',
    '{/**/}', '{"a":tru}', '{"a"', '{"a":"', '{"a":-}', '{"a":Infinity}', '{}\u00a0', deep(17)]) {
    assert.throws(() => ok(t), t);
  }
  assert.throws(() => readJson(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)));
});

test('messages', () => {
  const m = (k, t) => readMessage(k, utf8(t));
  assert.deepEqual(m('allocated', '{"x":[],"ttl":86400,"channel":7}'), { channel: 7, ttl: 86400 });
  for (const t of ['{"channel":7.0,"ttl":1}', '{"channel":7e0,"ttl":1}', '{"channel":"7","ttl":1}', '{"channel":0,"ttl":1}', '{"channel":7,"ttl":86401}', '{"channel":7}']) assert.equal(m('allocated', t), null, t);
  for (const t of ['{"body":""}', '{"body":"AB"}', '{"body":"a"}', '{"body":1}', `{"body":"${'00'.repeat(65)}"}`]) assert.equal(m('cell receipt', t), null, t);
  const type = 'tag:wormhole-sync.example,2026:closed';
  assert.equal(m('problem', `{"type":"${type}"}`), null);
  assert.equal(m('problem', `{"type":"${type}","reason":"${'é'.repeat(33)}"}`), null);
  assert.equal(m('problem', `{"type":"${type}","reason":"x"}`).reason, 'x');
  assert.equal(fromHex('00\n'), null);
});

test('padding', () => {
  for (const n of [0, 254, 255, 256, 511, 65535]) {
    const blob = new Uint8Array(n).fill(0x80);
    assert.deepEqual(unpad(pad(blob)), blob);
  }
  assert.equal(pad(new Uint8Array(255)).length, 256);
  assert.equal(pad(new Uint8Array(256)).length, 512);
  assert.equal(unpad(new Uint8Array(256)), null);
  const wide = new Uint8Array(512); wide[3] = 0x80;
  assert.equal(unpad(wide), null);
});

test('state tables', () => {
  const E = 'forbidden no-such-channel crowded closed mismatch-reported expired misbehaved exhausted deadline cancel stored empty close-tried release mismatch'.split(' ');
  const I = [...E, ...'allocated answer-opened answer-malformed answer-bad-element answer-unopened receipt-opened receipt-unopened receipt-wait-over'.split(' ')];
  const R = [...E, ...'offer-good offer-malformed offer-bad-element finish-opened finish-malformed finish-unopened taken not-taken'.split(' ')];
  for (const [table, events] of [[INITIATOR, I], [RECEIVER, R]]) {
    for (const [state, row] of Object.entries(table)) {
      assert.deepEqual(Object.keys(row).sort(), [...events].sort(), state);
      for (const s of Object.values(row)) assert.ok(s.impossible || s.next === 'ended' || table[s.next]);
    }
  }
  assert.deepEqual(INITIATOR['waiting-for-receipt']['receipt-opened'], { next: 'closing', request: 'close done', outcome: 'done' });
  assert.equal(INITIATOR.finishing.cancel.outcome, 'done');
});
