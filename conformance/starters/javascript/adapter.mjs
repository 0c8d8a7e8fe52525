// An adapter for the conformance suite of wormhole-sync: ADAPTER.md, protocol version 1.
//
// It passes level 1 as it stands, with level1.mjs in the place of your program. Every call of
// `program` below is one to replace by a call of yours. Node 20, no dependency.

import * as program from './level1.mjs'; // your program

// `spec` is the version of the text that yours follows.
const ABOUT = { name: 'my-wormhole-sync', version: '0.1.0', spec: '1.1.0' };

// Operations: each takes the members of "in" and gives those of "ok". What is not listed here is
// not offered: the suite names it as missing.

const OPERATIONS = {
  'code-parse': (given) => {
    const { channel, words } = program.readCode(hexBytes(given, 'input'));
    return { channel, words };
  },

  'code-print': (given) => ({
    code: program.showCode(channelId(given), hexBytes(given, 'words')),
  }),

  'link-parse': (given) => {
    const ownAppid = hexBytes(given, 'own_appid');
    const ownRelay = typed(given, 'own_relay', 'string');
    const allowPlainHttp = typed(given, 'allow_plain_http', 'boolean');
    const link = program.readLink(hexBytes(given, 'link'), allowPlainHttp);
    return {
      channel: link.channel,
      words: link.words,
      appid: link.appid.toString('hex'),
      relay: link.relay,
      ask_appid: program.mustAskAppid(link.appid, ownAppid),
      ask_relay: program.mustAskRelay(link.relay, ownRelay),
    };
  },

  'link-print': (given) => {
    const code = program.showCode(channelId(given), hexBytes(given, 'words'));
    const relay = typed(given, 'relay', 'string');
    return { link: program.showLink(code, hexBytes(given, 'appid'), relay) };
  },

  appid: (given) => ({ hex: program.appidInTarget(hexBytes(given, 'appid')) }),

  rendezvous: (given) => {
    const address = typed(given, 'address', 'string');
    return { base: program.baseOf(address, typed(given, 'allow_plain_http', 'boolean')) };
  },
};

// Inputs, with their types.

/** An input that the suite should not have sent. */
class CannotTry extends Error {}

function typed(given, name, type) {
  if (!Object.hasOwn(given, name) || typeof given[name] !== type) {
    throw new CannotTry(`${name} is missing or has another type`);
  }
  return given[name];
}

function hexBytes(given, name) {
  const text = typed(given, name, 'string');
  if (text.length % 2 || /[^0-9a-f]/.test(text)) throw new CannotTry(`${name} is not hex`);
  return Buffer.from(text, 'hex');
}

function channelId(given) {
  const channel = typed(given, 'channel', 'number');
  if (!Number.isInteger(channel) || channel < 1 || channel > 999_999_999) {
    throw new CannotTry('channel is out of its bounds');
  }
  return channel;
}

// The protocol: a hello each way, then a reply to each request, a line each.

const MAX_LINE = 1024 * 1024;
const LF = 10;

/** A line that is none of the protocol: nothing after it can be trusted. */
class NoRequest extends Error {}

async function main() {
  let isGreeted = false;
  for await (const line of readLines(process.stdin)) {
    const message = readJson(line);
    if (isGreeted) {
      const { id, op, given } = request(message);
      write({ id, ...reply(op, given) });
    } else {
      checkHello(message);
      write({ hello: hello() });
      isGreeted = true;
    }
  }
}

function checkHello({ hello }) {
  const [lowest, highest] = Array.isArray(hello?.protocol) ? hello.protocol : [];
  if (!(Number.isInteger(lowest) && lowest <= 1 && Number.isInteger(highest) && highest >= 1)) {
    throw new NoRequest('the first line is no hello of a suite that speaks version 1');
  }
}

function hello() {
  return {
    protocol: 1,
    ...ABOUT,
    roles: [], // 'initiator' and 'receiver', once you offer 'run'
    operations: Object.keys(OPERATIONS),
    inject: [],
  };
}

function request({ id, op, in: given }) {
  if (typeof id !== 'string' || typeof op !== 'string' || !isObject(given)) {
    throw new NoRequest('a line has no string id, no string op or no object in');
  }
  return { id, op, given };
}

function reply(op, given) {
  if (!Object.hasOwn(OPERATIONS, op)) return { error: 'no such operation' };
  try {
    return { ok: OPERATIONS[op](given) };
  } catch (error) {
    // Your program's own errors, by the table of ADAPTER.md.
    if (error instanceof program.Refused) {
      return { refused: { outcome: error.outcome, fault: error.fault } };
    }
    if (error instanceof CannotTry) return { error: error.message };
    return { error: error.name }; // its message might bear a secret
  }
}

/** Splits bytes at LF alone: node:readline splits at CR and U+2028 too. */
async function* readLines(stream) {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(LF); end >= 0; end = rest.indexOf(LF)) {
      if (end > MAX_LINE) break;
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
    if (rest.length > MAX_LINE) throw new NoRequest('a line is longer than 1 MiB');
  }
}

function write(message) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/** Reads an object by section 8, which is stricter than JSON.parse. */
function readJson(line) {
  let message;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    message = JSON.parse(text);
    checkTokens(text);
  } catch {
    throw new NoRequest('a line is no strict JSON');
  }
  if (!isObject(message)) throw new NoRequest('a line is no object');
  return message;
}

/** Refuses what JSON.parse lets through, in a text that it has read. */
function checkTokens(text) {
  const names = []; // those of each object or array that is open
  for (const [token, colon] of text.matchAll(/"(?:[^"\\]+|\\.)*"(\s*:)?|[{}[\]]|-?\d[^\s,}\]]*/g)) {
    if (token === '{' || token === '[') {
      names.push(new Set());
      if (names.length > 16) throw new Error();
    } else if (token === '}' || token === ']') {
      names.pop();
    } else if (token.startsWith('"')) {
      const string = JSON.parse(colon ? token.slice(0, -colon.length) : token);
      if (!string.isWellFormed()) throw new Error(); // an unpaired surrogate
      if (colon && names.at(-1).has(string)) throw new Error(); // two members of one name
      if (colon) names.at(-1).add(string);
    } else if (!Number.isFinite(Number(token))) {
      throw new Error();
    }
  }
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

main().catch((error) => {
  process.stderr.write(`adapter: ${error instanceof NoRequest ? error.message : error.name}\n`);
  process.exitCode = 1;
});

// Where to go on, in the folder of the suite:
//   cargo conformance doctor --adapter 'node PATH/adapter.mjs'      names the next operation
//   cargo conformance --adapter 'node PATH/adapter.mjs' --level 1   judges a level
//   cargo conformance show TEST                                     explains a test that failed
// conformance/ADAPTER.md has the inputs and results of each operation,
// conformance/sample-session.txt a line of each. After level 1 comes 'spake2-start'; 'run', the
// last, needs more than one request at a time.
