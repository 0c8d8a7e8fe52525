import test from 'node:test';
import assert from 'node:assert/strict';
import net from 'node:net';
import { InitiatorUnderTest, ReceiverUnderTest } from '../test-hooks.js';
import { ended } from './support/ended.js';
import { Initiator, Receiver, WormholeError } from '../src/index.js';
import { fakeRelay, listen, json, problem } from './support/relay.js';

const second = 50;
const base = (url) => ({ appid: 'a', blob: 'hello', rendezvous: url });
const pair = (relay, i = {}, r = {}) => ({
  initiator: new InitiatorUnderTest({ ...base(relay.url), ...i }, { second }),
  receiver: (code) => new ReceiverUnderTest({ ...base(relay.url), blob: 'olleh', code, ...r }, { second }),
});

test('an ordinary exchange, both done', async () => {
  const relay = await fakeRelay();
  const { initiator, receiver } = pair(relay);
  const r = receiver(await initiator.start());
  await r.start();
  const [a, b] = await Promise.all([ended(initiator), ended(r)]);
  assert.deepEqual([a.outcome, a.delivered, b.outcome, b.delivered], ['done', true, 'done', true]);
  assert.equal(Buffer.from(a.blob).toString(), 'olleh');
  assert.equal(a.verifier, b.verifier);
  assert.deepEqual(initiator.exportKey('x', 32), r.exportKey('x', 32));
  relay.close();
});

test('wrong words', async () => {
  const relay = await fakeRelay();
  const { initiator, receiver } = pair(relay);
  const code = await initiator.start();
  const wrong = code.replace(/-[a-z]+/, code.includes('-adult-') || code.includes('-adroitness') ? '-adviser' : '-adroitness');
  const r = receiver(wrong);
  r.start().catch(() => {});
  const [a, b] = await Promise.all([ended(initiator), ended(r)]);
  assert.deepEqual([a.outcome, b.outcome, b.reason], ['wrong-code', 'closed', 'wrong-code']);
  assert.match(b.message, /^The relay says/);
  assert.equal(a.blob, undefined);
  relay.close();
});

test('both look first; mismatch', async () => {
  const relay = await fakeRelay();
  const { initiator, receiver } = pair(relay, { lookFirst: true }, { lookFirst: true });
  const r = receiver(await initiator.start());
  const v = await r.start();
  const p = await initiator.peer();
  assert.equal(p.verifier, v);
  assert.throws(() => r.exportKey('x', 1), /no keys/);
  assert.equal(initiator.exportKey('x', 1).length, 1);
  initiator.mismatch();
  const [a, b] = await Promise.all([ended(initiator), ended(r)]);
  assert.deepEqual([a.outcome, b.outcome, b.reason], ['verifier-mismatch', 'closed', 'verifier-mismatch']);
  assert.equal(Buffer.from(a.blob).toString(), 'olleh');
  relay.close();
});

test('both look first; release; not taken', async () => {
  const relay = await fakeRelay();
  const { initiator, receiver } = pair(relay, { lookFirst: true }, { lookFirst: true, take: async () => { throw new Error('disk'); } });
  const r = receiver(await initiator.start());
  await Promise.all([r.start(), initiator.peer()]);
  assert.throws(() => r.taken(), /not asked/);
  initiator.release();
  await new Promise((f) => setTimeout(f, 30));
  assert.equal(r.state, 'opened');
  r.release();
  const [a, b] = await Promise.all([ended(initiator), ended(r)]);
  assert.deepEqual([a.outcome, a.delivered, a.reason, b.outcome, b.blob], ['done', false, 'not-taken', 'not-taken', undefined]);
  relay.close();
});

test('local refusals and cancels make no request', async () => {
  const relay = await listen((req, res) => { relay.count++; json(res, 500, {}); });
  relay.count = 0;
  const outcomeOf = async (C, o) => {
    const c = new C({ ...base(relay.url), ...o });
    c.start().catch(() => {});
    return (await ended(c)).outcome;
  };
  assert.equal(await outcomeOf(Initiator, { blob: new Uint8Array(65536), appid: '' }), 'blob-too-large');
  assert.equal(await outcomeOf(Initiator, { appid: '', rendezvous: '' }), 'bad-appid');
  assert.equal(await outcomeOf(Initiator, { rendezvous: 'http://x', words: 9 }), 'bad-rendezvous');
  assert.equal(await outcomeOf(Initiator, { words: 9 }), 'bad-code');
  assert.equal(await outcomeOf(Receiver, { code: '7-x' }), 'bad-code');
  assert.equal(await outcomeOf(Initiator, { timeout: 0 }), 'timeout');
  assert.equal(await outcomeOf(Initiator, { signal: AbortSignal.abort() }), 'cancelled');
  assert.equal(await outcomeOf(Receiver, { code: '7-x', timeout: 0 }), 'bad-code');
  const c = new InitiatorUnderTest(base(relay.url), { side: null });
  await assert.rejects(c.start(), WormholeError);
  assert.equal((await ended(c)).outcome, 'internal');
  assert.equal(relay.count, 0);
  relay.close();
});

test('repeats, Retry-After, exhaustion, unreachable', async () => {
  let n = 0;
  const relay = await listen((req, res) => {
    n++;
    if (n === 1) return req.socket.destroy();
    if (n === 2) return problem(res, 503, 'unavailable');
    res.setHeader('Retry-After', '100');
    problem(res, 429, 'rate-limited');
  });
  const i = new InitiatorUnderTest(base(relay.url), { second: 20 });
  await assert.rejects(i.start(), WormholeError);
  assert.equal((await ended(i)).outcome, 'relay-unreachable');
  assert.equal(n, 3);
  relay.close();
});

test('a life that ends, and a cancel by AbortSignal', async () => {
  const closes = [];
  const relay = await listen((req, res, body) => {
    if (req.url.endsWith('/channels')) return json(res, 201, { channel: 9, ttl: 2 });
    if (req.url.endsWith('/close')) { closes.push(body); return json(res, 200, {}); }
    // polls hang
  });
  const i = new InitiatorUnderTest(base(relay.url), { second });
  await i.start();
  assert.equal((await ended(i)).outcome, 'timeout');
  const ac = new AbortController();
  const j = new InitiatorUnderTest({ ...base(relay.url), signal: ac.signal }, { second });
  await j.start();
  ac.abort();
  assert.equal((await ended(j)).outcome, 'cancelled');
  assert.deepEqual(closes, ['{"reason":"timeout"}', '{"reason":"cancelled"}']);
  relay.close();
});

/** A raw server: what it writes to a claim. */
async function raw(bytes, end = true) {
  const server = net.createServer((s) => {
    s.on('error', () => {});
    s.once('data', (d) => { const t = bytes(d.toString()); s.write(t); if (end) s.end(); });
  });
  await new Promise((f) => server.listen(0, '127.0.0.1', f));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, close: () => server.close() };
}
const claimOutcome = async (answer, end) => {
  const server = await raw((req) => (req.includes('/claim') ? answer : 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), end);
  const r = new ReceiverUnderTest({ ...base(server.url), code: '7-crossover-clockwork' }, { second: 10 });
  r.start().catch(() => {});
  const { outcome } = await ended(r);
  server.close();
  return outcome;
};

test('HTTP answers', async () => {
  const p = (token, status, head = '') => {
    const b = JSON.stringify({ type: `tag:wormhole-sync.example,2026:${token}` });
    return `HTTP/1.1 ${status} X\r\n${head}Content-Type: Application/Problem+JSON; a=b\r\nContent-Length: ${b.length}\r\n\r\n${b}`;
  };
  assert.equal(await claimOutcome(p('no-such-channel', 404)), 'no-such-channel');
  assert.equal(await claimOutcome(p('no-such-channel', 404), false), 'no-such-channel');
  assert.equal(await claimOutcome('HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nA: b\r\n\r\n'.repeat(50) + p('crowded', 409)), 'crowded');
  assert.equal(await claimOutcome(p('no-such-channel', 409)), 'relay-misbehaved');
  assert.equal(await claimOutcome(p('crowded', 409, 'Content-Encoding: identity, ,IDENTITY\r\n')), 'crowded');
  assert.equal(await claimOutcome(p('crowded', 409, 'Content-Encoding: gzip\r\n')), 'relay-misbehaved');
  assert.equal(await claimOutcome(p('crowded', 409, 'Content-Type: application/json\r\n')), 'relay-misbehaved');
  assert.equal(await claimOutcome(p('crowded', 409, 'a:\r\n'.repeat(1900))), 'crowded');
  assert.equal(await claimOutcome(p('crowded', 409, 'a: ' + 'x'.repeat(262144) + '\r\n')), 'relay-unreachable');
  assert.equal(await claimOutcome('HTTP/1.1 101 S\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n', false), 'relay-misbehaved');
  assert.equal(await claimOutcome('HTTP/1.1 101 S\r\n\r\n', false), 'relay-misbehaved');
  assert.equal(await claimOutcome('HTTP/1.1 204 S\r\nContent-Length: 50\r\n\r\n', false), 'relay-misbehaved');
  assert.equal(await claimOutcome('HTTP/1.1 302 S\r\nLocation: /\r\nContent-Length: 0\r\n\r\n'), 'relay-misbehaved');
  assert.equal(await claimOutcome('HTTP/1.1 200 S\r\nContent-Length: 262145\r\n\r\n', false), 'relay-misbehaved');
  assert.equal(await claimOutcome('HTTP/1.1 200 S\r\n\r\n' + 'x'.repeat(262145), false), 'relay-misbehaved');
  assert.equal(await claimOutcome('HTTP/1.1 200 S\r\nContent-Length: 10\r\n\r\nabc'), 'relay-unreachable');
  assert.equal(await claimOutcome('HTTP/1.1 200 S\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'), 'relay-unreachable');
  assert.equal(await claimOutcome('garbage'), 'relay-unreachable');
});
