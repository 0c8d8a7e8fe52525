// The package as its users have it: packed, installed, and the README's examples run as processes.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SENTENCES } from '../src/index.js';
import { fakeRelay } from './support/relay.js';
import { pythonOfRelay, pythonRelay } from './support/python-relay.js';
import { DEADLINE, Script, npm } from './support/script.js';

const here = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(join(here, 'README.md'), 'utf8');
const run = promisify(execFile);

/** The README's scripts: each begins with its name. */
const examples = new Map(
  [...readme.matchAll(/^```js\n(\/\/ (\S+\.mjs)\b[^]*?)^```$/gm)].map(([, text, name]) => [name, text]),
);

/** A fresh project with the package. */
let project;
/** The files of the package. */
let packed;

before(async () => {
  project = mkdtempSync(join(tmpdir(), 'wormhole-sync-package-'));
  const { stdout } = await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', project], here);
  const [{ filename, files }] = JSON.parse(stdout);
  packed = files.map(({ path }) => path).sort();
  writeFileSync(join(project, 'package.json'), '{ "private": true }');
  await npm(['install', '--ignore-scripts', `./${filename}`], project);
  for (const [name, text] of examples) writeFileSync(join(project, name), text);
}, { timeout: 3 * DEADLINE });

after(() => rmSync(project, { recursive: true, force: true }));

const relays = [
  ['the relay of these tests', false, async (t) => {
    const relay = await fakeRelay({ second: 1000 });
    t.after(relay.close);
    return relay.url;
  }],
  ['the relay in Python', pythonOfRelay === null && 'its environment is not made', (t) => pythonRelay(t, /** @type {any} */ (pythonOfRelay))],
];

/** A script of the project. */
function start(t, relay, name, ...args) {
  const env = { ...process.env, WORMHOLE_SYNC_RENDEZVOUS: relay, NODE_OPTIONS: '' };
  return new Script(t, process.execPath, [name, ...args], { cwd: project, env });
}

const CODE = /^Invitation Code: (\d+-[a-z]+-[a-z]+)$/m;
/** The code with another first word. */
const mistyped = (code) => {
  const [channel, first, second] = code.split('-');
  return [channel, first === 'adroitness' ? 'adviser' : 'adroitness', second].join('-');
};

/** A process that failed, without secrets in what it wrote. */
async function failed(script, pattern, secrets) {
  assert.equal(await script.ended(), 1, script.err);
  assert.match(script.err, pattern);
  for (const secret of ['secret', ...secrets]) assert.ok(!script.err.includes(secret), `${secret}: ${script.err}`);
}

test('the examples are there, and the errors', () => {
  assert.deepEqual([...examples.keys()], ['initiator.mjs', 'receiver.mjs', 'take.mjs', 'cancel.mjs', 'compare.mjs']);
  const rows = [...readme.matchAll(/^\| `ERR_WORMHOLE_(\w+)` \| `([a-z-]+)` \|/gm)];
  for (const [, code, outcome] of rows) assert.equal(code, outcome.toUpperCase().replaceAll('-', '_'));
  assert.deepEqual(rows.map(([, , outcome]) => outcome).sort(), Object.keys(SENTENCES).filter((o) => o !== 'done').sort());
});

test('what is in the package', () => {
  const sources = readdirSync(join(here, 'src')).map((name) => `src/${name}`);
  const own = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json', 'words/even.txt', 'words/odd.txt'];
  assert.deepEqual(packed, [...own, ...sources].sort());
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  assert.deepEqual(Object.keys(dependencies), ['@noble/ciphers', '@noble/curves', '@noble/hashes']);
  for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) {
    assert.equal(readFileSync(join(here, licence), 'utf8'), readFileSync(join(here, '../../..', licence), 'utf8'));
  }
});

for (const [relayName, skip, relayOf] of relays) {
  const options = { skip, timeout: 3 * DEADLINE };

  test(`a first exchange over ${relayName}`, options, async (t) => {
    const relay = await relayOf(t);
    const initiator = start(t, relay, 'initiator.mjs');
    const receiver = start(t, relay, 'receiver.mjs');
    const [, code] = await initiator.said(CODE);
    receiver.type(code);
    assert.deepEqual(await Promise.all([initiator.ended(), receiver.ended()]), [0, 0], initiator.err + receiver.err);
    assert.match(initiator.out, /^received: the receiver's secret\ndelivered: true$/m);
    assert.match(receiver.out, /received: the initiator's secret\ndelivered: true$/m);
  });

  test(`a wrong code over ${relayName}`, options, async (t) => {
    const relay = await relayOf(t);
    const initiator = start(t, relay, 'initiator.mjs');
    const receiver = start(t, relay, 'receiver.mjs');
    const [, code] = await initiator.said(CODE);
    const wrong = mistyped(code);
    receiver.type(wrong);
    const words = [...code.split('-').slice(1), ...wrong.split('-').slice(1)];
    await failed(initiator, /code: 'ERR_WORMHOLE_WRONG_CODE',\s+outcome: 'wrong-code'/, words);
    await failed(receiver, /code: 'ERR_WORMHOLE_CLOSED',\s+outcome: 'closed',\s+reason: 'wrong-code'/, words);
  });

  test(`a blob that is taken into a file, and one that cannot be, over ${relayName}`, options, async (t) => {
    const relay = await relayOf(t);
    const file = `taken-${relays.findIndex(([name]) => name === relayName)}`;
    for (const [status, delivered] of [[0, true], [1, false]]) {
      const initiator = start(t, relay, 'initiator.mjs');
      const receiver = start(t, relay, 'take.mjs', file);
      receiver.type((await initiator.said(CODE))[1]);
      assert.deepEqual(await Promise.all([initiator.ended(), receiver.ended()]), [0, status], initiator.err + receiver.err);
      assert.match(initiator.out, new RegExp(`^delivered: ${delivered}$`, 'm'));
      assert.equal(readFileSync(join(project, file), 'utf8'), "the initiator's secret");
      if (status) assert.match(receiver.err, /^ERR_WORMHOLE_NOT_TAKEN: The other side's data came/m);
    }
  });

  test(`cancelling while nobody comes, over ${relayName}`, options, async (t) => {
    const relay = await relayOf(t);
    const initiator = start(t, relay, 'cancel.mjs');
    const [, code] = await initiator.said(CODE);
    initiator.signal('SIGINT');
    assert.equal(await initiator.ended(), 0, initiator.err);
    assert.match(initiator.out, /^Cancelled\. /m);
    // The relay knows: the code is good for nothing any more.
    const receiver = start(t, relay, 'receiver.mjs');
    receiver.type(code);
    await failed(receiver, /code: 'ERR_WORMHOLE_NO_SUCH_CHANNEL'/, code.split('-').slice(1));
  });

  test(`comparing, over ${relayName}`, options, async (t) => {
    const relay = await relayOf(t);
    const shown = /Does the other side show "([a-z ]+)"\?/;
    for (const answer of ['yes', 'no']) {
      const initiator = start(t, relay, 'compare.mjs');
      const receiver = start(t, relay, 'compare.mjs', 'receive');
      const [, code] = await initiator.said(CODE);
      receiver.type(code);
      const [[, a], [, b]] = await Promise.all([initiator.said(shown), receiver.said(shown)]);
      assert.equal(a, b);
      assert.equal(a.split(' ').length, 8);
      initiator.type(answer);
      if (answer === 'yes') {
        receiver.type('yes');
        assert.deepEqual(await Promise.all([initiator.ended(), receiver.ended()]), [0, 0], initiator.err + receiver.err);
        for (const side of [initiator, receiver]) assert.match(side.out, /received: a secret/);
      } else {
        // The receiver's prompt goes away by its signal: nobody answers it.
        const secrets = [...a.split(' '), ...code.split('-').slice(1)];
        await failed(initiator, /code: 'ERR_WORMHOLE_VERIFIER_MISMATCH'/, secrets);
        await failed(receiver, /code: 'ERR_WORMHOLE_CLOSED',\s+outcome: 'closed',\s+reason: 'verifier-mismatch'/, secrets);
      }
    }
  });
}

test('CommonJS, and nothing but the front door', { timeout: DEADLINE }, async (t) => {
  const script = `
    const { Initiator, WormholeError } = require('wormhole-sync');
    new Initiator({ appid: '', blob: '' }).start().catch((error) => {
      console.log(error instanceof WormholeError, error.code, require('wormhole-sync/package.json').name);
      for (const path of ['test-hooks', 'test-hooks.js', 'src/run.js', 'adapter.js']) {
        try { require('wormhole-sync/' + path); } catch (error) { console.log(error.code); }
      }
    });`;
  const { stdout } = await run(process.execPath, ['-e', script], { cwd: project, timeout: DEADLINE });
  const refused = 'ERR_PACKAGE_PATH_NOT_EXPORTED\n'.repeat(4);
  assert.equal(stdout, `true ERR_WORMHOLE_BAD_APPID wormhole-sync\n${refused}`);
});

const tsc = join(here, 'node_modules/typescript/bin/tsc');
const compiled = (args, cwd) =>
  run(process.execPath, [tsc, ...args], { cwd, timeout: DEADLINE }).catch((error) => assert.fail(error.stdout || error));

test('a program in TypeScript', { timeout: DEADLINE }, async () => {
  cpSync(join(here, 'test/types/program.ts'), join(project, 'program.mts'));
  const library = ['--target', 'es2022', '--module', 'nodenext', '--types', 'node', '--typeRoots', join(here, 'node_modules/@types')];
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--verbatimModuleSyntax'];
  await compiled(['--noEmit', ...library, ...strict, 'program.mts'], project);
});

test('the sources keep their types, and what they declare', { timeout: DEADLINE }, async () => {
  await compiled(['--project', here], here);
});

for (const way of [[], ['--install-links', '--ignore-scripts']]) {
  test(`an installation from the folder ${way.join(' ')}`, { timeout: 2 * DEADLINE }, async (t) => {
    // A copy, so that no npm works on the checkout.
    const folder = mkdtempSync(join(tmpdir(), 'wormhole-sync-folder-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const copy = join(folder, 'javascript');
    const fresh = join(folder, 'fresh');
    cpSync(here, copy, { recursive: true, filter: (path) => !path.includes('node_modules') });
    mkdirSync(fresh);
    await npm(['install', ...way, copy], fresh);
    const script = "import('wormhole-sync').then((package_) => console.log(Object.keys(package_).sort().join(' ')))";
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: fresh, timeout: DEADLINE });
    const values = 'CodeFault DEFAULT_RENDEZVOUS Initiator LinkFault RENDEZVOUS_VARIABLE Receiver SENTENCES WormholeError WrongState';
    assert.equal(stdout, `${values} formatLink parseCode parseLink sameRelay\n`);
  });
}
