import test from 'node:test';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fakeRelay } from './support/relay.js';

const path = fileURLToPath(new URL('../adapter.js', import.meta.url));

function adapter() {
  const child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] });
  const seen = [];
  const waits = [];
  createInterface({ input: child.stdout }).on('line', (l) => {
    seen.push(JSON.parse(l));
    for (const w of waits.splice(0)) w();
  });
  const write = (m) => child.stdin.write(JSON.stringify(m) + '\n');
  const get = async (ok) => {
    for (;;) {
      const at = seen.findIndex(ok);
      if (at >= 0) return seen.splice(at, 1)[0];
      await new Promise((f) => waits.push(f));
    }
  };
  const end = () => new Promise((f) => { child.on('exit', f); child.stdin.end(); });
  write({ hello: { protocol: [1, 3], suite: 'x' } });
  return { write, get, end };
}
const hex = (s) => Buffer.from(s).toString('hex');

test('twenty runs at once, half of them with looking and taking', async () => {
  const relay = await fakeRelay();
  const a = adapter();
  assert.equal((await a.get((m) => m.hello)).hello.protocol, 1);
  const common = { rendezvous: relay.url, appid: '61', second_ms: 100, export: { label: '61', length: 8 } };
  const one = async (n) => {
    const look = n % 2 === 1;
    a.write({ id: `i${n}`, op: 'run', in: { ...common, role: 'initiator', blob: hex(`from i${n}`), words: 2 + (n % 7), look, inject: {} } });
    const { code } = await a.get((m) => m.id === `i${n}` && m.event === 'code');
    a.write({ id: `r${n}`, op: 'run', in: { ...common, role: 'receiver', blob: hex('x'.repeat(60000)), code: hex(code), look, take: look } });
    const say = async (target, event) => {
      const id = `${target}${event}`;
      a.write({ id, op: 'user-event', in: { target, event } });
      assert.deepEqual((await a.get((m) => m.id === id)).ok, {});
    };
    if (look) {
      const v = await a.get((m) => m.id === `i${n}` && m.event === 'looking');
      const w = await a.get((m) => m.id === `r${n}` && m.event === 'looking');
      assert.deepEqual(v.verifier, w.verifier);
      await say(`r${n}`, 'taken'); // nobody asked
      await say(`i${n}`, 'release');
      await say(`r${n}`, 'release');
      assert.equal((await a.get((m) => m.id === `r${n}` && m.event === 'taking')).blob, hex(`from i${n}`));
      await say(`r${n}`, 'taken');
    }
    const i = (await a.get((m) => m.id === `i${n}` && m.ok)).ok;
    const r = (await a.get((m) => m.id === `r${n}` && m.ok)).ok;
    assert.deepEqual([i.outcome, i.delivered, r.outcome, r.delivered], ['done', true, 'done', true]);
    assert.equal(r.blob, hex(`from i${n}`));
    assert.deepEqual([i.verifier, i.exported], [r.verifier, r.exported]);
    assert.equal(i.exported.length, 16);
    await say(`r${n}`, 'cancel');
  };
  await Promise.all(Array.from({ length: 20 }, (_, n) => one(n)));
  const big = hex('x'.repeat(500000));
  a.write({ id: 'big', op: 'unpad', in: { padded: big } });
  assert.equal((await a.get((m) => m.id === 'big')).refused.outcome, 'malformed-message');
  assert.equal(await a.end(), 0);
  relay.close();
});
