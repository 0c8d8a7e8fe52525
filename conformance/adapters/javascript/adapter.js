#!/usr/bin/env node
// The adapter protocol, version 1: puts the package `wormhole-sync` behind standard input and output.
import { sha256 } from '@noble/hashes/sha2.js';
import { readJson, JsonNumber, JsonFault } from './src/strict-json.js';
import { fromHex, toHex, utf8, equalBytes, concat } from './src/bytes.js';
import { parseCode, formatCode, wordsOf, CodeFault } from './src/code.js';
import { parseLink, formatLink, sameRelay, LinkFault } from './src/link.js';
import { appidAllowed, blobAllowed, parseRendezvous } from './src/values.js';
import { passwordScalar, scalarBytes, littleEndian, spake2Message, spake2Key, BadElement, L } from './src/pake.js';
import { contextOf, prkOf, deriveKeys, verifierWords, exportKey } from './src/keys.js';
import { pad, unpad, seal, open, sealBlob, isSealedLength } from './src/seal.js';
import { judgeMessage, isMessage, problemToken } from './src/messages.js';
import { closeReason } from './src/interpret.js';
import { WormholeError, WrongState } from './src/index.js';
import { InitiatorUnderTest, ReceiverUnderTest } from './test-hooks.js';

const MAX_LINE = 1024 * 1024;

/** A fault of the suite: the reply is `error`. */
class SuiteFault extends Error {}
/** The implementation refuses. */
class Refused extends Error {
  constructor(outcome, fault) {
    super(outcome);
    this.reply = fault === undefined ? { outcome } : { outcome, fault };
  }
}

const send = (message) => process.stdout.write(JSON.stringify(message) + '\n');
const die = (text) => {
  process.stderr.write(`adapter: ${text}\n`);
  process.exit(1);
};

// ---- reading inputs

/** Reads members of an object with their types. */
class In {
  constructor(map) {
    this.map = map;
  }
  has(name) {
    return this.map.has(name);
  }
  #get(name, ok, what) {
    const v = this.map.get(name);
    if (!ok(v)) throw new SuiteFault(`${name}: ${what}`);
    return v;
  }
  string(name) {
    return this.#get(name, (v) => typeof v === 'string', 'string wanted');
  }
  bytes(name, length) {
    const bytes = fromHex(this.string(name));
    if (!bytes) throw new SuiteFault(`${name}: hex wanted`);
    if (length !== undefined && bytes.length !== length) throw new SuiteFault(`${name}: ${length} bytes wanted`);
    return bytes;
  }
  integer(name, min = -Infinity, max = Infinity) {
    const { value } = this.#get(name, (v) => v instanceof JsonNumber && /^-?[0-9]+$/.test(v.text), 'integer wanted');
    if (value < min || value > max) throw new SuiteFault(`${name}: out of range`);
    return value;
  }
  boolean(name, absent) {
    if (absent !== undefined && !this.has(name)) return absent;
    return this.#get(name, (v) => typeof v === 'boolean', 'boolean wanted');
  }
  object(name) {
    return new In(this.#get(name, (v) => v instanceof Map, 'object wanted'));
  }
  role() {
    const role = this.string('role');
    if (role !== 'initiator' && role !== 'receiver') throw new SuiteFault('role');
    return role;
  }
  channel() {
    return this.integer('channel', 1, 999999999);
  }
  scalar() {
    const n = littleEndian(this.bytes('pake_scalar', 32));
    if (n >= L) throw new SuiteFault('pake_scalar: not below L');
    return n;
  }
  appid() {
    const appid = this.bytes('appid');
    if (!appidAllowed(appid)) throw new SuiteFault('appid: length');
    return appid;
  }
}

// ---- operations

const spake2 = (side, password, scalar) => {
  const pw = utf8(password);
  const w = passwordScalar(pw);
  return { side, pw, w, scalar, own: spake2Message(side, w, scalar) };
};
const sideOf = (role) => (role === 'initiator' ? 'A' : 'B');

const keyOf = (input) => {
  try {
    return spake2Key(input);
  } catch (error) {
    if (error instanceof BadElement) throw new Refused('bad-element');
    throw error;
  }
};

const openBlob = (key, th, sealed) => {
  const padded = open(key, th, sealed);
  if (!padded) throw new Refused('wrong-code');
  const blob = unpad(padded);
  if (!blob) throw new Refused('malformed-message');
  return blob;
};

const verifierArray = (keys) => verifierWords(keys.verifier).split(' ');

function readOffer(i) {
  const s = spake2('B', i.string('words'), i.scalar());
  const [appid, channel, offer, blob] = [i.appid(), i.channel(), i.bytes('offer'), i.bytes('blob')];
  if (!blobAllowed(blob)) throw new SuiteFault('blob: too long');
  if (offer.length !== 33) throw new Refused('malformed-message');
  const { key } = keyOf({ ...s, peer: offer });
  const keys = deriveKeys({ key, appid, channel, offer, answerMessage: s.own });
  const answer = concat(s.own, sealBlob(keys.receiverBlob, keys.th, blob));
  return { keys, answer };
}

function readAnswer(i) {
  const s = spake2('A', i.string('words'), i.scalar());
  const [appid, channel, answer, blob] = [i.appid(), i.channel(), i.bytes('answer'), i.bytes('blob')];
  if (!blobAllowed(blob)) throw new SuiteFault('blob: too long');
  if (!isSealedLength(answer.length - 33)) throw new Refused('malformed-message');
  const answerMessage = answer.subarray(0, 33);
  const { key } = keyOf({ ...s, peer: answerMessage });
  const keys = deriveKeys({ key, appid, channel, offer: s.own, answerMessage });
  const peerBlob = openBlob(keys.receiverBlob, keys.th, answer.subarray(33));
  return { keys, peerBlob, finish: sealBlob(keys.initiatorBlob, keys.th, blob) };
}

/** @type {Record<string, (i: In) => object>} */
const OPERATIONS = {
  'code-parse': (i) => {
    const { channel, words } = parseCode(i.bytes('input'));
    return { channel, words };
  },
  'code-print': (i) => {
    const [channel, words] = [i.channel(), i.bytes('words')];
    if (words.length < 2 || words.length > 8) throw new Refused('bad-code');
    return { code: formatCode(channel, wordsOf(words)) };
  },
  'link-parse': (i) => {
    const [own, ownRelay] = [i.bytes('own_appid'), i.string('own_relay')];
    const { code, appid, relay } = parseLink(i.bytes('link'), { allowHttp: i.boolean('allow_plain_http') });
    const { channel, words } = parseCode(code);
    return {
      channel,
      words,
      appid: toHex(appid),
      relay,
      ask_appid: !equalBytes(appid, own),
      ask_relay: !sameRelay(relay, ownRelay),
    };
  },
  'link-print': (i) => {
    const [channel, words, appid, relay] = [i.channel(), i.bytes('words'), i.appid(), i.string('relay')];
    if (words.length < 2 || words.length > 8) throw new SuiteFault('words: 2 to 8 bytes wanted');
    if (!parseRendezvous(relay, true)) throw new SuiteFault('relay: no address');
    return { link: formatLink({ code: formatCode(channel, wordsOf(words)), appid, relay }) };
  },
  appid: (i) => {
    const appid = i.bytes('appid');
    if (!appidAllowed(appid)) throw new Refused('bad-appid');
    return { hex: toHex(appid) };
  },
  rendezvous: (i) => {
    const address = i.string('address');
    if (!parseRendezvous(address, i.boolean('allow_plain_http'))) throw new Refused('bad-rendezvous');
    return { base: address.endsWith('/') ? address.slice(0, -1) : address };
  },
  'spake2-start': (i) => {
    const { w, own } = spake2(sideOf(i.role()), i.string('password'), i.scalar());
    return { w: toHex(scalarBytes(w)), message: toHex(own) };
  },
  'spake2-finish': (i) => {
    const s = spake2(sideOf(i.role()), i.string('password'), i.scalar());
    const { encZ, key } = keyOf({ ...s, peer: i.bytes('peer', 33) });
    return { Z: toHex(encZ), K: toHex(key) };
  },
  'key-schedule': (i) => {
    const key = i.bytes('K', 32);
    const input = {
      appid: i.appid(),
      channel: i.channel(),
      offer: i.bytes('offer', 33),
      answerMessage: i.bytes('answer_message', 33),
    };
    const context = contextOf(input);
    const prk = prkOf(key, sha256(context));
    const k = deriveKeys({ ...input, key });
    return {
      context: toHex(context),
      th: toHex(k.th),
      PRK: toHex(prk),
      key_receiver_blob: toHex(k.receiverBlob),
      key_initiator_blob: toHex(k.initiatorBlob),
      key_receipt: toHex(k.receipt),
      key_verifier: toHex(k.verifier),
      key_exporter: toHex(k.exporter),
    };
  },
  pad: (i) => {
    const blob = i.bytes('blob');
    if (!blobAllowed(blob)) throw new Refused('blob-too-large');
    return { padded: toHex(pad(blob)) };
  },
  unpad: (i) => {
    const blob = unpad(i.bytes('padded'));
    if (!blob) throw new Refused('malformed-message');
    return { blob: toHex(blob) };
  },
  seal: (i) => ({ sealed: toHex(seal(i.bytes('key', 32), i.bytes('th', 32), i.bytes('plaintext'))) }),
  open: (i) => {
    const plaintext = open(i.bytes('key', 32), i.bytes('th', 32), i.bytes('sealed'));
    if (!plaintext) throw new Refused('wrong-code');
    return { plaintext: toHex(plaintext) };
  },
  verifier: (i) => ({ words: verifierWords(i.bytes('key_verifier', 32)).split(' ') }),
  export: (i) => {
    const [key, label, length] = [i.bytes('key_exporter', 32), i.bytes('label'), i.integer('length')];
    try {
      return { key: toHex(exportKey(key, label, length)) };
    } catch (error) {
      if (error instanceof RangeError) throw new Refused('bad-export');
      throw error;
    }
  },
  json: (i) => {
    const kind = i.string('message').replace(/^(write|cell)-/, '$1 ');
    const text = i.bytes('text');
    if (!isMessage(kind)) throw new SuiteFault('no such message');
    const message = judgeMessage(kind, text);
    if (typeof message === 'string') throw new Refused(message);
    if (kind === 'problem') {
      const type = problemToken(message.type);
      if (type !== 'closed') return { type: type ?? 'unknown' };
      const { reason } = message;
      return { type, reason: reason === 'expired' ? reason : closeReason(reason) };
    }
    return message.body ? { ...message, body: toHex(message.body) } : message;
  },
  'read-offer': (i) => {
    const { keys, answer } = readOffer(i);
    return { answer: toHex(answer), verifier: verifierArray(keys) };
  },
  'read-answer': (i) => {
    const { keys, peerBlob, finish } = readAnswer(i);
    return { peer_blob: toHex(peerBlob), finish: toHex(finish), verifier: verifierArray(keys) };
  },
  'read-finish': (i) => {
    const finish = i.bytes('finish');
    const { keys } = readOffer(i);
    if (!isSealedLength(finish.length)) throw new Refused('malformed-message');
    const blob = openBlob(keys.initiatorBlob, keys.th, finish);
    return { peer_blob: toHex(blob), receipt: toHex(seal(keys.receipt, keys.th, new Uint8Array(0))) };
  },
  'read-receipt': (i) => {
    const receipt = i.bytes('receipt');
    const { keys } = readAnswer(i);
    return { delivered: open(keys.receipt, keys.th, receipt)?.length === 0 };
  },
};

// ---- runs

/** @type {Map<string, InitiatorUnderTest | ReceiverUnderTest | null>} null: has ended */
const runs = new Map();

function startRun(id, i) {
  if (runs.has(id)) throw new SuiteFault('there is a run of this id');
  const role = i.role();
  const [look, take] = [i.boolean('look', false), i.boolean('take', false)];
  const hooks = {};
  if (i.has('inject')) {
    const inject = i.object('inject');
    for (const name of ['side', 'words', 'pake_scalar']) {
      if (inject.has(name)) hooks[name] = inject.map.get(name) === null ? null : inject.bytes(name);
    }
  }
  if (i.has('second_ms')) hooks.second = i.integer('second_ms', 1);
  const options = {
    appid: i.bytes('appid'),
    blob: i.bytes('blob'),
    rendezvous: i.string('rendezvous'),
    lookFirst: look,
    ...(i.has('ca') ? { ca: i.string('ca') } : {}),
    ...(i.has('deadline') ? { timeout: i.integer('deadline', 0) * 1000 } : {}),
  };
  let exported = null;
  if (i.has('export')) {
    const e = i.object('export');
    exported = { label: e.bytes('label'), length: e.integer('length') };
  }
  let run;
  const looking = (verifier) => look && send({ id, event: 'looking', verifier: verifier.split(' ') });
  const nothing = () => {};
  if (role === 'initiator') {
    run = new InitiatorUnderTest({ ...options, words: i.integer('words') }, hooks);
    runs.set(id, run);
    run.start().then((code) => send({ id, event: 'code', code }), nothing);
    run.peer().then(({ verifier }) => looking(verifier), nothing);
  } else {
    run = new ReceiverUnderTest({ ...options, code: i.bytes('code'), takeTime: take }, hooks);
    runs.set(id, run);
    run.start().then(looking, nothing);
    run.blob().then((blob) => take && send({ id, event: 'taking', blob: toHex(blob) }), nothing);
  }
  /** @returns {import('./src/index.js').FailedResult} */
  const end = (error) => {
    if (error instanceof WormholeError) return error.result;
    throw error;
  };
  run.finish().catch(end).then((result) => {
    runs.set(id, null);
    const { outcome, reason = null, delivered, blob, verifier } = result;
    const fault = outcome === 'done' ? undefined : result.fault;
    let key = null;
    if (blob && exported) {
      try {
        key = toHex(run.exportKey(exported.label, exported.length));
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    run.dispose();
    send({
      id,
      ok: {
        outcome,
        reason,
        delivered,
        blob: blob ? toHex(blob) : null,
        verifier: verifier ? verifier.split(' ') : null,
        exported: key,
        ...(fault ? { fault } : {}),
      },
    });
  });
}

const USER = {
  release: (run) => run.release(),
  mismatch: (run) => run.mismatch(),
  cancel: (run) => run.cancel(),
  taken: (run) => run.taken(),
  'not-taken': (run) => run.notTaken(),
};

function userEvent(i) {
  const [target, event] = [i.string('target'), i.string('event')];
  if (!Object.hasOwn(USER, event)) throw new SuiteFault('no such event');
  const run = runs.get(target);
  try {
    if (run) USER[event](run);
  } catch (error) {
    // Nobody is asked in this state; a receiver has no `taken` of its own kind.
    if (!(error instanceof WrongState) && !(error instanceof TypeError)) throw error;
  }
  return {};
}

// ---- lines

let greeted = false;

function hello(message) {
  const h = message.get('hello');
  const protocol = h instanceof Map ? h.get('protocol') : null;
  const ok =
    Array.isArray(protocol) &&
    protocol.length === 2 &&
    protocol.every((v) => v instanceof JsonNumber && /^-?[0-9]+$/.test(v.text));
  if (!ok) die('no hello');
  if (protocol[0].value > 1 || protocol[1].value < 1) die('no common version of the adapter protocol');
  greeted = true;
  send({
    hello: {
      protocol: 1,
      name: 'wormhole-sync-js',
      version: '0.1.0',
      spec: '1.1.0',
      roles: ['initiator', 'receiver', 'relay'],
      operations: [...Object.keys(OPERATIONS), 'run', 'user-event'],
      inject: ['side', 'words', 'pake_scalar', 'second', 'ca'],
      runs_at_once: 4,
    },
  });
}

function request(message) {
  const [id, op] = [message.get('id'), message.get('op')];
  if (typeof id !== 'string' || typeof op !== 'string') die('a line that is no request');
  try {
    if (!(message.get('in') instanceof Map)) throw new SuiteFault('in: object wanted');
    const i = new In(message.get('in'));
    if (op === 'run') startRun(id, i);
    else if (op === 'user-event') send({ id, ok: userEvent(i) });
    else if (Object.hasOwn(OPERATIONS, op)) send({ id, ok: OPERATIONS[op](i) });
    else send({ id, error: 'no such operation' });
  } catch (error) {
    if (error instanceof Refused) send({ id, refused: error.reply });
    else if (error instanceof CodeFault) send({ id, refused: { outcome: 'bad-code', fault: error.fault } });
    else if (error instanceof LinkFault) send({ id, refused: { outcome: 'bad-link', fault: error.fault } });
    else if (error instanceof SuiteFault || error instanceof TypeError) send({ id, error: error.message });
    else send({ id, error: 'the adapter failed' });
  }
}

function line(bytes) {
  if (bytes.length > MAX_LINE) die('a line that is too long');
  let message;
  try {
    message = readJson(bytes);
  } catch (error) {
    if (error instanceof JsonFault) die('a line that is no request');
    throw error;
  }
  if (greeted) request(message);
  else hello(message);
}

let parts = [];
let size = 0;
process.stdin.on('data', (chunk) => {
  for (let at = 0; at < chunk.length; ) {
    const end = chunk.indexOf(10, at);
    const part = chunk.subarray(at, end < 0 ? chunk.length : end);
    parts.push(part);
    size += part.length;
    if (size > MAX_LINE) die('a line that is too long');
    if (end < 0) break;
    const whole = Buffer.concat(parts);
    parts = [];
    size = 0;
    line(whole);
    at = end + 1;
  }
});
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(1));
