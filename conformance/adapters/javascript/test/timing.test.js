import test from 'node:test';
import assert from 'node:assert/strict';
import { InitiatorUnderTest, ReceiverUnderTest } from '../test-hooks.js';
import { ended } from './support/ended.js';
import { listen, json, problem, fakeRelay } from './support/relay.js';

const base = (url) => ({ appid: 'a', blob: 'hello', rendezvous: url });

test('polls that are cut off halve w, and polls are paced (TIME-4, TIME-8)', async () => {
  const second = 20;
  const seen = [];
  const relay = await listen((req, res) => {
    if (req.url.endsWith('/channels')) return json(res, 201, { channel: 9, ttl: 86400 });
    if (req.url.endsWith('/close')) return json(res, 200, {});
    seen.push([Number(/wait=(\d+)$/.exec(req.url)[1]), performance.now()]);
    if (seen.length <= 3) return setTimeout(() => { res.writeHead(504); res.end(); }, 6 * second);
    if (seen.length <= 6) { res.writeHead(204); return res.end(); }
    problem(res, 404, 'no-such-channel');
  });
  const i = new InitiatorUnderTest(base(relay.url), { second });
  await i.start();
  const r = await ended(i);
  assert.deepEqual([r.outcome, r.reason], ['closed', 'lost']);
  assert.deepEqual(seen.map(([w]) => w), [25, 13, 7, 4, 4, 4, 4]);
  for (const k of [4, 5, 6]) assert.ok(seen[k][1] - seen[k - 1][1] >= second - 5);
  relay.close();
});

test('forbidden after the first put finish, and after a repeat (CLIENT-15)', async () => {
  for (const [busy, outcome] of [[0, 'closed'], [1, 'done']]) {
    const inner = await fakeRelay();
    let n = 0;
    const relay = await listen(async (req, res, body) => {
      if (req.url.endsWith('/finish') && req.method === 'PUT') {
        if (n++ < busy) return req.socket.destroy();
        return problem(res, 404, 'no-such-channel');
      }
      const answer = await fetch(inner.url + req.url, { method: req.method, headers: { authorization: req.headers.authorization }, ...(body ? { body } : {}) }).catch(() => null);
      if (!answer) return req.socket.destroy();
      res.writeHead(answer.status, { ...(answer.headers.get('content-type') ? { 'content-type': answer.headers.get('content-type') } : {}) });
      res.end(await answer.text());
    });
    const i = new InitiatorUnderTest(base(relay.url), { second: 50 });
    const r = new ReceiverUnderTest({ ...base(relay.url), code: await i.start() }, { second: 50 });
    r.start().catch(() => {});
    const a = await ended(i);
    assert.deepEqual([a.outcome, a.delivered, a.reason], [outcome, false, outcome === 'closed' ? 'lost' : undefined]);
    assert.equal(Buffer.from(a.blob).toString(), 'hello');
    r.cancel();
    assert.equal((await ended(r)).outcome, 'cancelled');
    relay.close();
    inner.close();
  }
});

test('a deadline that passes in taking comes after the application (TIME-5)', async () => {
  const relay = await fakeRelay();
  const i = new InitiatorUnderTest(base(relay.url), { second: 50 });
  const r = new ReceiverUnderTest({ ...base(relay.url), code: await i.start(), timeout: 20000, takeTime: true }, { second: 50 });
  await r.start();
  await r.blob();
  await new Promise((f) => setTimeout(f, 1100));
  assert.equal(r.state, 'taking');
  r.taken();
  const result = await ended(r);
  assert.deepEqual([result.outcome, result.delivered], ['done', true]);
  const a = await ended(i); // receipt-wait-over
  assert.deepEqual([a.outcome, a.delivered], ['done', false]);
  relay.close();
});
