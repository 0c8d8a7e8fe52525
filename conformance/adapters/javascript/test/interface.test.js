// What a program sees of the package: its options, its errors, its callbacks, and no secrets.
import test from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { inspect } from 'node:util';
import * as wormhole from '../src/index.js';
import { CodeFault, Initiator, Receiver, SENTENCES, WormholeError, WrongState, parseCode } from '../src/index.js';
import { InitiatorUnderTest, ReceiverUnderTest } from '../test-hooks.js';
import { listOf } from '../src/words.js';
import { fakeRelay, listen, json, problem } from './support/relay.js';
import { DEADLINE, Script } from './support/script.js';

const soon = { timeout: DEADLINE };
const text = (bytes) => new TextDecoder().decode(bytes);
const CODE = '7-crossover-clockwork';

/** The options of both sides, over a relay that ends with the test. */
async function sides(t) {
  const relay = await fakeRelay({ second: 1000 });
  t.after(relay.close);
  const common = { appid: 'a', rendezvous: relay.url };
  return {
    relay,
    initiator: (more = {}) => new Initiator({ ...common, blob: 'from the initiator', ...more }),
    receiver: (code, more = {}) => new Receiver({ ...common, blob: 'from the receiver', code, ...more }),
  };
}

/** The error of a run. @returns {Promise<WormholeError>} */
const errorOf = (run) =>
  run.finish().then(
    () => assert.fail('it was done'),
    (error) => {
      if (!(error instanceof WormholeError)) throw error;
      return error;
    },
  );

/** A relay whose every answer is one and the same. */
async function answering(t, answer) {
  const relay = await listen(answer);
  t.after(relay.close);
  return relay.url;
}

/** One run for each outcome but `done`. */
const ENDS = {
  'bad-code': async (t, { receiver }) => receiver('7-x-y'),
  'bad-appid': async (t, { initiator }) => initiator({ appid: new Uint8Array(0) }),
  'blob-too-large': async (t, { initiator }) => initiator({ blob: new Uint8Array(65536) }),
  'bad-rendezvous': async (t, { initiator }) => initiator({ rendezvous: 'http://relay.example' }),
  'no-such-channel': async (t, { receiver }) => receiver('9-crossover-clockwork'),
  crowded: async (t, { receiver }) => {
    const rendezvous = await answering(t, (req, res) => problem(res, 409, 'crowded'));
    return receiver(CODE, { rendezvous });
  },
  closed: async (t, { receiver }) => {
    const rendezvous = await answering(t, (req, res) => problem(res, 410, 'closed', { reason: 'cancelled' }));
    return receiver(CODE, { rendezvous });
  },
  expired: async (t, { receiver }) => {
    const rendezvous = await answering(t, (req, res) => problem(res, 410, 'closed', { reason: 'expired' }));
    return receiver(CODE, { rendezvous });
  },
  'wrong-code': async (t, { initiator, receiver }) => {
    const run = initiator();
    const [channel, first, second] = (await run.start()).split('-');
    const other = receiver([channel, first === 'adroitness' ? 'adviser' : 'adroitness', second].join('-'));
    assert.equal((await errorOf(other)).reason, 'wrong-code');
    return run;
  },
  'verifier-mismatch': async (t, { initiator, receiver }) => {
    const run = initiator({ compare: () => false });
    assert.equal((await errorOf(receiver(await run.start()))).reason, 'verifier-mismatch');
    return run;
  },
  'bad-element': async (t, { receiver }) => {
    const rendezvous = await answering(t, (req, res) => json(res, 200, { body: `41${'ff'.repeat(32)}`, ttl: 60 }));
    return receiver(CODE, { rendezvous });
  },
  'malformed-message': async (t, { receiver }) => {
    const rendezvous = await answering(t, (req, res) => json(res, 200, { body: '41', ttl: 60 }));
    return receiver(CODE, { rendezvous });
  },
  'relay-misbehaved': async (t, { initiator }) => {
    return initiator({ rendezvous: await answering(t, (req, res) => json(res, 200, {})) });
  },
  'relay-unreachable': async (t) => {
    const rendezvous = await answering(t, (req) => req.socket.destroy());
    return new InitiatorUnderTest({ appid: 'a', blob: '', rendezvous }, { second: 5 });
  },
  timeout: async (t, { initiator }) => initiator({ timeout: 1 }),
  cancelled: async (t, { initiator }) => initiator({ signal: AbortSignal.abort() }),
  'not-taken': async (t, { initiator, receiver }) => {
    const other = initiator();
    const run = receiver(await other.start(), { take: () => false });
    await errorOf(run);
    const { delivered, reason } = await other.finish();
    assert.deepEqual([delivered, reason], [false, 'not-taken']);
    return run;
  },
  internal: async (t, { initiator, relay }) => {
    return new InitiatorUnderTest({ appid: 'a', blob: '', rendezvous: relay.url }, { side: null });
  },
};

test('every outcome but done rejects, with its sentence', soon, async (t) => {
  assert.deepEqual(['done', ...Object.keys(ENDS)].sort(), Object.keys(SENTENCES).sort());
  for (const [outcome, make] of Object.entries(ENDS)) {
    const run = await make(t, await sides(t));
    await run.start().catch((error) => assert.ok(error instanceof WormholeError || error instanceof WrongState, error));
    const error = await errorOf(run);
    assert.equal(error.outcome, outcome, `${outcome}: ${error.cause}`);
    assert.equal(error.code, `ERR_WORMHOLE_${outcome.toUpperCase().replaceAll('-', '_')}`);
    assert.equal(error.name, 'WormholeError');
    assert.ok(error.message.endsWith(SENTENCES[outcome]), error.message);
    assert.deepEqual([error.result.outcome, error.result.delivered, error.result.message], [outcome, false, error.message]);
  }
});

test('a finish that nobody looks at is loud; one after the end is not too late', soon, async (t) => {
  const source = JSON.stringify(new URL('../src/index.js', import.meta.url));
  const script = `import { Initiator } from ${source};
    const run = new Initiator({ appid: 'a', blob: '', signal: AbortSignal.abort() });
    run.start(); // silent: finish tells the same
    run.finish();`;
  const child = new Script(t, process.execPath, ['--input-type=module', '-e', script], {});
  assert.equal(await child.ended(), 1);
  assert.match(child.err, /WormholeError: Cancelled\.[^]*code: 'ERR_WORMHOLE_CANCELLED'/);

  const run = new Initiator({ appid: 'a', blob: '', signal: AbortSignal.abort() });
  const early = await run.start().catch((error) => error);
  assert.equal(await errorOf(run), early);
  assert.equal(await errorOf(run), early);
});

test('an initiator may have the blob though the outcome is not done (INIT-3)', soon, async (t) => {
  const { initiator, receiver } = await sides(t);
  const run = initiator({ compare: () => false });
  const other = receiver(await run.start());
  const [error, { result }] = await Promise.all([errorOf(run), errorOf(other)]);
  assert.equal(text(error.result.blob), 'from the receiver');
  assert.equal(error.result.verifier?.split(' ').length, 8);
  assert.equal(run.exportKey('label', 8).length, 8);
  assert.deepEqual([result.blob, result.verifier], [undefined, undefined]);
  assert.throws(() => other.exportKey('label', 8), { code: 'ERR_WORMHOLE_WRONG_STATE' });
});

test('both compare, and go on', soon, async (t) => {
  const { initiator, receiver } = await sides(t);
  const seen = [];
  const a = initiator({
    compare: async (verifier, { blob, signal }) => {
      seen.push(verifier, text(blob), signal.aborted, a.exportKey('k', 4).length);
      return true;
    },
  });
  const b = receiver(await a.start(), {
    compare: (verifier) => {
      assert.throws(() => b.exportKey('k', 4), WrongState);
      seen.push(verifier);
      return true;
    },
    take: async (blob) => seen.push(text(blob), b.exportKey('k', 4).length),
  });
  const [i, r] = await Promise.all([a.finish(), b.finish()]);
  const { verifier } = i;
  assert.equal(r.verifier, verifier);
  assert.deepEqual(seen.sort(), [verifier, verifier, 'from the receiver', 'from the initiator', false, 4, 4].sort());
  assert.deepEqual([i.delivered, r.delivered, text(i.blob), text(r.blob)], [true, true, 'from the receiver', 'from the initiator']);
  assert.deepEqual(a.exportKey('k', 32), b.exportKey('k', 32));
  a.dispose();
  assert.throws(() => a.exportKey('k', 32), WrongState);
});

test('a compare that throws, or gives no boolean, cancels', soon, async (t) => {
  for (const role of ['initiator', 'receiver']) {
    for (const [compare, cause] of [
      [() => Promise.reject(new Error('no terminal')), /no terminal/],
      [() => { throw new Error('no terminal'); }, /no terminal/],
      [() => undefined, /must give true or false/],
      [async () => 'yes', /must give true or false/],
    ]) {
      const { initiator, receiver } = await sides(t);
      const one = initiator(role === 'initiator' ? { compare } : { compare: () => new Promise(() => {}) });
      const other = receiver(await one.start(), role === 'receiver' ? { compare } : {});
      const [asked, waiting] = role === 'initiator' ? [one, other] : [other, one];
      const [error, heard] = await Promise.all([errorOf(asked), errorOf(waiting)]);
      assert.equal(error.outcome, 'cancelled');
      assert.match(/** @type {Error} */ (error.cause).message, cause);
      assert.equal(heard.reason, 'cancelled');
    }
  }
});

test('a question is withdrawn when the other side has gone', soon, async (t) => {
  const { initiator, receiver } = await sides(t);
  const controller = new AbortController();
  let withdrawn;
  const one = initiator({
    compare: async (verifier, { signal }) => {
      controller.abort();
      await once(signal, 'abort');
      withdrawn = true;
      throw new Error('too late to matter');
    },
  });
  const other = receiver(await one.start(), { signal: controller.signal, compare: () => new Promise(() => {}) });
  const [given, error] = await Promise.all([errorOf(other), errorOf(one)]);
  assert.equal(given.outcome, 'cancelled');
  assert.deepEqual([error.outcome, error.reason, withdrawn], ['closed', 'cancelled', true]);
});

test('take: what it throws is the cause, and a cancel reaches it', soon, async (t) => {
  const { initiator, receiver } = await sides(t);
  const one = initiator();
  const full = new Error('the disk is full');
  const other = receiver(await one.start(), { take: () => Promise.reject(full) });
  assert.equal((await errorOf(other)).cause, full);
  assert.equal((await one.finish()).message, "You have the other side's data, but the relay says that the other side could not keep yours; ask the other user.");

  const controller = new AbortController();
  const again = initiator();
  let aborted;
  const taking = receiver(await again.start(), {
    signal: controller.signal,
    take: async (blob, { signal }) => {
      controller.abort('enough');
      await once(signal, 'abort');
      aborted = true;
    },
  });
  const error = await errorOf(taking);
  assert.deepEqual([error.outcome, error.cause, error.result.blob, aborted], ['cancelled', 'enough', undefined, true]);
  const { delivered, reason } = await again.finish();
  assert.deepEqual([delivered, reason], [false, undefined]);
});

test('an abort while waiting tells the relay; dispose cuts that short', soon, async (t) => {
  const closes = [];
  let hang = false;
  const relay = await listen((req, res, body) => {
    if (req.url.endsWith('/channels')) return json(res, 201, { channel: 9, ttl: 60 });
    if (!req.url.endsWith('/close')) return; // polls hang
    closes.push(body);
    if (hang) run.dispose();
    else json(res, 200, {});
  });
  t.after(relay.close);
  let run;
  for (hang of [false, true]) {
    const controller = new AbortController();
    run = new Initiator({ appid: 'a', blob: '', rendezvous: relay.url, signal: controller.signal });
    await run.start();
    controller.abort();
    const error = await errorOf(run);
    assert.deepEqual([error.outcome, error.cause], ['cancelled', controller.signal.reason]);
  }
  run = new Initiator({ appid: 'a', blob: '', rendezvous: relay.url, signal: AbortSignal.timeout(1) });
  const error = await run.start().then(() => errorOf(run), (early) => early);
  assert.deepEqual([error.outcome, error.cause.name], ['cancelled', 'TimeoutError']);
  for (const close of closes) assert.equal(close, '{"reason":"cancelled"}');
  assert.ok(closes.length >= 2);
});

test('dispose in the middle cancels, and leaves no key', soon, async (t) => {
  const { initiator, receiver } = await sides(t);
  const one = initiator({
    compare: async (verifier, { signal }) => {
      assert.equal(one.exportKey('k', 4).length, 4);
      one.dispose();
      await once(signal, 'abort');
      return true; // too late
    },
  });
  const other = receiver(await one.start());
  const [mine, theirs] = await Promise.all([errorOf(one), errorOf(other)]);
  assert.deepEqual([mine.outcome, theirs.reason], ['cancelled', 'cancelled']);
  assert.equal(text(mine.result.blob), 'from the receiver');
  assert.throws(() => one.exportKey('k', 4), WrongState);
});

test('a deadline that has passed comes before what the user says (section 11.3)', soon, async (t) => {
  const { initiator, receiver } = await sides(t);
  const timeout = 2000;
  const begun = performance.now();
  const one = initiator({
    timeout,
    compare: () => {
      // The machine is busy, or sleeps: no timer can fire.
      while (performance.now() < begun + timeout + 50);
      return true;
    },
  });
  const other = receiver(await one.start());
  const [mine, theirs] = await Promise.all([errorOf(one), errorOf(other)]);
  assert.deepEqual([mine.outcome, theirs.reason], ['timeout', 'timeout']);
});

test('options: what is unknown or of another type throws', () => {
  const ok = { appid: 'a', blob: '' };
  for (const [options, pattern] of /** @type {[any, RegExp][]} */ ([
    [undefined, /options must be an object/],
    [{ blob: '' }, /appid must be a string or a Uint8Array/],
    [{ appid: 'a' }, /blob must be/],
    [{ ...ok, blob: [1] }, /blob must be/],
    [{ ...ok, compair: () => true }, /no option "compair"/],
    [{ ...ok, lookFirst: true }, /no option "lookFirst"/],
    [{ ...ok, deadline: 3 }, /no option "deadline"/],
    [{ ...ok, code: CODE }, /no option "code"/],
    [{ ...ok, compare: true }, /compare must be a function/],
    [{ ...ok, timeout: '3' }, /timeout must be a number of milliseconds/],
    [{ ...ok, timeout: -1 }, /timeout must be/],
    [{ ...ok, timeout: NaN }, /timeout must be/],
    [{ ...ok, signal: new AbortController() }, /signal must be an AbortSignal/],
    [{ ...ok, rendezvous: new URL('https://relay.example') }, /rendezvous must be a string/],
    [{ ...ok, allowHttp: 'no' }, /allowHttp must be a boolean/],
    [{ ...ok, words: '3' }, /words must be a number/],
  ])) {
    assert.throws(() => new Initiator(options), (error) => error instanceof TypeError && pattern.test(error.message), String(pattern));
  }
  assert.throws(() => new Receiver(/** @type {any} */ (ok)), /code must be/);
  assert.throws(() => new Receiver(/** @type {any} */ ({ ...ok, code: CODE, words: 3 })), /no option "words"/);
  // Also an option that is inherited.
  assert.throws(() => new Initiator(Object.create({ ...ok, timeout: '3' })), /timeout must be/);
  new Initiator({ ...ok, compare: undefined, timeout: undefined, signal: undefined, words: undefined, ca: undefined, allowHttp: undefined });
});

test('calls at the wrong time', soon, async (t) => {
  const { initiator, receiver } = await sides(t);
  const one = initiator();
  await assert.rejects(one.finish(), { name: 'WrongState', code: 'ERR_WORMHOLE_WRONG_STATE' });
  assert.throws(() => one.exportKey('k', 1), WrongState);
  const other = receiver(await one.start());
  await assert.rejects(one.start(), WrongState);
  const first = other.finish();
  await assert.rejects(other.start(), WrongState);
  assert.equal((await first).outcome, 'done');
  await one.finish();
  assert.throws(() => one.exportKey('', 1), RangeError);
  assert.throws(() => one.exportKey('k', 8161), RangeError);
  const never = initiator();
  never.dispose();
  await assert.rejects(never.start(), { code: 'ERR_WORMHOLE_CANCELLED' });
});

test('the address: given, of the environment, the default', (t) => {
  const before = process.env.WORMHOLE_SYNC_RENDEZVOUS;
  t.after(() => {
    if (before === undefined) delete process.env.WORMHOLE_SYNC_RENDEZVOUS;
    else process.env.WORMHOLE_SYNC_RENDEZVOUS = before;
  });
  const address = (more) => new Initiator({ appid: 'a', blob: '', ...more }).rendezvous;
  process.env.WORMHOLE_SYNC_RENDEZVOUS = 'https://of.the.environment';
  assert.equal(address({ rendezvous: 'https://given' }), 'https://given');
  assert.equal(address({}), 'https://of.the.environment');
  assert.equal(new Receiver({ appid: 'a', blob: '', code: CODE }).rendezvous, 'https://of.the.environment');
  process.env.WORMHOLE_SYNC_RENDEZVOUS = '';
  assert.equal(address({}), 'http://127.0.0.1:4000');
  delete process.env.WORMHOLE_SYNC_RENDEZVOUS;
  assert.equal(address({}), 'http://127.0.0.1:4000');
  assert.equal(wormhole.DEFAULT_RENDEZVOUS, 'http://127.0.0.1:4000');
});

/** Everything that a program may write to a log. */
const written = (value) => {
  const out = [inspect(value, { showHidden: true, depth: Infinity, getters: true }), inspect(value), `${value}`, JSON.stringify(value)];
  if (value instanceof Error) out.push(value.message, String(value.stack));
  return out.join('\n');
};

/** @param {string} log @param {Record<string, string | Uint8Array>} secrets */
function holdsNone(log, secrets) {
  for (const [name, secret] of Object.entries(secrets)) {
    const forms = typeof secret === 'string' ? [secret, Buffer.from(secret)] : [text(secret), secret];
    for (const form of forms.flatMap((s) => (typeof s === 'string' ? [s] : [Buffer.from(s).toString('hex'), Buffer.from(s).toString('base64'), [...s].join(','), [...s.subarray(0, 6)].join(', ')]))) {
      assert.ok(!log.includes(form), `${name} is in the log: ${log.slice(Math.max(0, log.indexOf(form) - 200), log.indexOf(form) + 60)}`);
    }
  }
}

test('no secret in what is printed', soon, async (t) => {
  const log = [];
  const note = (...values) => log.push(...values.map(written));
  const secrets = { one: 'BLOB-OF-THE-INITIATOR', other: 'BLOB-OF-THE-RECEIVER' };
  // Fixed words, none of which is in a sentence or a path.
  const words = Uint8Array.of(listOf(0).indexOf('crossover'), listOf(1).indexOf('clockwork'));
  for (const word of ['crossover', 'clockwork', 'adroitness', 'qwertz']) secrets[word] = word;
  const { relay, receiver } = await sides(t);
  const initiator = (more) => new InitiatorUnderTest({ appid: 'a', rendezvous: relay.url, blob: secrets.one, ...more }, { words });
  const begin = async (iOptions, rOptions, change = (code) => code) => {
    const one = initiator(iOptions);
    note(one);
    const code = await one.start();
    const other = receiver(change(code), { blob: secrets.other, ...rOptions });
    note(one, other);
    const ends = [one, other].map((run) => run.finish().catch((error) => error));
    for (const [at, run] of [one, other].entries()) {
      const end = await ends[at];
      note(run, end);
      if (end instanceof WormholeError) note(end.result, end.cause);
      const { verifier, blob } = end.result ?? end;
      if (verifier) secrets[`verifier ${Object.keys(secrets).length}`] = verifier;
      if (blob) secrets[`key ${Object.keys(secrets).length}`] = run.exportKey('k', 32);
      note(run);
    }
  };
  await begin({}, {});
  await begin({ compare: () => false }, {});
  await begin({}, { take: () => false });
  await begin({}, {}, (code) => code.replace('crossover', 'adroitness'));
  for (const code of ['7-qwertz-clockwork', '7-clockwork-crossover', '7-crossover-clockwork-ö']) {
    const error = await errorOf(receiver(code));
    note(error, error.result, error.cause);
    assert.ok(error.cause instanceof CodeFault);
  }
  assert.ok(Object.keys(secrets).length >= 12);
  holdsNone(log.join('\n'), secrets);
});

test('a mistyped code: the message may be logged, the explanation is for the user', soon, async (t) => {
  const { receiver } = await sides(t);
  const error = await errorOf(receiver('7-crossover-clockwrk'));
  assert.deepEqual([error.fault, error.message], ['unknown-word', `Word 2 is no word of a code there. ${SENTENCES['bad-code']}`]);
  assert.match(error.explanation, /^"clockwrk" is no word of a code here; did you mean clockwork, .*\? Check the code/);
  assert.ok(error.cause instanceof CodeFault);
  assert.deepEqual([error.cause.position, error.cause.suggestions[0]], [1, 'clockwork']);
  assert.match((await errorOf(receiver('7-crossover-clöckwork'))).message, /U\+00F6/); // CODE-10
  assert.throws(() => parseCode('7-clockwork-crossover'), {
    name: 'CodeFault',
    code: 'ERR_WORMHOLE_BAD_CODE',
    fault: 'swapped-words',
    message: 'Words 1 and 2 are swapped.',
    explanation: 'The words "clockwork" and "crossover" are swapped.',
  });
});

test('the runs under test are those of the package', async (t) => {
  const { relay } = await sides(t);
  const common = { appid: 'a', blob: '', rendezvous: relay.url };
  const pairs = [
    [new InitiatorUnderTest(common, {}), new Initiator(common)],
    [new ReceiverUnderTest({ ...common, code: CODE }, {}), new Receiver({ ...common, code: CODE })],
  ];
  for (const [tested, shipped] of pairs) {
    for (const name of ['start', 'finish', 'exportKey', 'dispose']) assert.equal(tested[name], shipped[name]);
  }
});
