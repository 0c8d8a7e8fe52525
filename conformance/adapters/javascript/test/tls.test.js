import test from 'node:test';
import assert from 'node:assert/strict';
import https from 'node:https';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InitiatorUnderTest } from '../test-hooks.js';
import { ended } from './support/ended.js';

let has = true;
try { execFileSync('openssl', ['version']); } catch { has = false; }

test('certificates and names (CLIENT-4)', { skip: !has }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'wormhole-sync-tls-'));
  const [k, c] = [join(dir, 'k'), join(dir, 'c')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', k, '-out', c, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
  let n = 0;
  const server = https.createServer({ key: readFileSync(k), cert: readFileSync(c) }, (req, res) => {
    n++;
    res.writeHead(404);
    res.end();
  });
  await new Promise((f) => server.listen(0, '127.0.0.1', f));
  const { port } = server.address();
  const run = async (host, ca) => {
    const i = new InitiatorUnderTest({ appid: 'a', blob: '', rendezvous: `https://${host}:${port}`, ca }, {});
    i.start().catch(() => {});
    return (await ended(i)).outcome;
  };
  const start = Date.now();
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // must not matter
  assert.equal(await run('localhost'), 'relay-unreachable');
  assert.equal(await run('127.0.0.1', readFileSync(c)), 'relay-unreachable');
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  assert.ok(Date.now() - start < 5000, 'not repeated');
  assert.equal(n, 0);
  assert.equal(await run('localhost', readFileSync(c)), 'relay-misbehaved');
  assert.equal(n, 1);
  server.close();
  rmSync(dir, { recursive: true });
});
