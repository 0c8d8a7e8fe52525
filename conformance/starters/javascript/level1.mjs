// Stands in for your program, as far as level 1 goes: codes, links, appids and addresses.
//
// Sections 3 and 4 of the specification. Delete each function once adapter.mjs calls yours.

import { readFileSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';

const readWords = (name) =>
  readFileSync(new URL(`words/${name}`, import.meta.url), 'ascii').trimEnd().split('\n');
/** The lists of the positions 0, 2, 4, 6 and 1, 3, 5, 7. */
const LISTS = [readWords('odd.txt'), readWords('even.txt')];

const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g;
const DASHES = /[\u2010-\u2015\u2212\uff0d]/g;
const ADDRESS = new RegExp(
  String.raw`^(?<scheme>https?)://(?<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])` +
    String.raw`(:0*(?<port>[1-9][0-9]{0,4}))?` +
    String.raw`(?<path>(/([a-z0-9._~!$&'()*+,;=:@-]|%[0-9a-f]{2})*)*)$`,
  'i',
);
const DOTS = /^(\.|%2e){1,2}$/i;
const LINK = /^wormhole-sync:([^?]*)\?appid=([^&]*)&relay=([^]*)$/;

/** An input that the specification refuses, with an outcome and perhaps a fault. */
export class Refused extends Error {
  constructor(outcome, fault) {
    super(outcome);
    this.outcome = outcome;
    this.fault = fault;
  }
}

/** Reads what a user typed (CODE-4 to CODE-7); gives the channel id and the words. */
export function readCode(typed) {
  if (typed.length > 1024) throw new Refused('bad-code', 'too-long');
  const [first, ...parts] = plainText(typed).toLowerCase().replace(/[\t _-]+/g, '-').split('-');
  if (!/^[1-9][0-9]{0,8}$/.test(first)) throw new Refused('bad-code', 'bad-channel');
  if (parts.length < 2 || parts.length > 8) throw new Refused('bad-code', 'word-count');
  parts.forEach((word, i) => {
    const [own, other] = [LISTS[i % 2], LISTS[(i + 1) % 2]];
    if (own.includes(word)) return;
    const isSwapped = other.includes(word) && own.includes(parts[i + 1]);
    throw new Refused('bad-code', isSwapped ? 'swapped-words' : 'unknown-word');
  });
  return { channel: Number(first), words: parts };
}

/** Gives what was typed as ASCII, without white space at its ends (CODE-4, CODE-5). */
function plainText(typed) {
  let text;
  try {
    // It takes a byte order mark away.
    text = new TextDecoder('utf-8', { fatal: true }).decode(typed);
  } catch {
    throw new Refused('bad-code', 'bad-character');
  }
  text = text.replace(SPACES, ' ').replace(DASHES, '-');
  if (/[^\t\n\r -~]/.test(text)) throw new Refused('bad-code', 'bad-character');
  return text.trim(); // of ASCII, it takes HT, LF, CR and SP
}

/** Shows a code of these bytes of the named value `words` (CODE-1 to CODE-3). */
export function showCode(channel, words) {
  if (words.length < 2 || words.length > 8) throw new Refused('bad-code');
  return [channel, ...Array.from(words, (byte, i) => LISTS[i % 2][byte])].join('-');
}

/** Gives an appid as it stands in the target of a request (APP-1, RDV-3). */
export function appidInTarget(appid) {
  if (appid.length < 1 || appid.length > 128) throw new Refused('bad-appid');
  return appid.toString('hex');
}

/** Checks a rendezvous address; gives it less one trailing slash (RDV-1 to RDV-3). */
export function baseOf(address, allowPlainHttp) {
  const parts = address.length <= 2048 && ADDRESS.exec(address)?.groups;
  const isGood =
    parts &&
    Number(parts.port ?? 443) <= 65535 &&
    (!parts.host.startsWith('[') || isIPv6(parts.host.slice(1, -1))) &&
    !parts.path.split('/').some((segment) => DOTS.test(segment)) &&
    (parts.scheme.toLowerCase() === 'https' || isThisMachine(parts.host) || allowPlainHttp);
  if (!isGood) throw new Refused('bad-rendezvous');
  return withoutSlash(address);
}

/** Says whether plain http may go to this host (RDV-2). */
function isThisMachine(host) {
  // A URL has one spelling of each IPv6 address.
  if (host.startsWith('[')) return new URL(`http://${host}`).hostname === '[::1]';
  return host.toLowerCase() === 'localhost' || (isIPv4(host) && host.startsWith('127.'));
}

/** Reads a link (LINK-2). */
export function readLink(link, allowPlainHttp) {
  if (link.length > 8192) throw new Refused('bad-link', 'too-long');
  // A character for each byte: one that is not ASCII is refused in whatever part it is.
  const [, code, appid, relay] = LINK.exec(link.toString('latin1')) ?? [];
  if (code === undefined) throw new Refused('bad-link', 'bad-form');
  const { channel, words } = orBadLink('bad-code', () => readCode(Buffer.from(code, 'latin1')));
  if (code !== [channel, ...words].join('-')) throw new Refused('bad-link', 'bad-code');
  if (!/^([0-9a-f]{2}){1,128}$/.test(appid)) throw new Refused('bad-link', 'bad-appid');
  const address = unescaped(relay);
  orBadLink('bad-relay', () => baseOf(address, allowPlainHttp));
  if (relay !== escaped(address)) throw new Refused('bad-link', 'bad-relay');
  return { channel, words, appid: Buffer.from(appid, 'hex'), relay: address };
}

function orBadLink(fault, read) {
  try {
    return read();
  } catch {
    throw new Refused('bad-link', fault);
  }
}

/** Shows a link (LINK-1). */
export function showLink(code, appid, relay) {
  return `wormhole-sync:${code}?appid=${appid.toString('hex')}&relay=${escaped(relay)}`;
}

function escaped(address) {
  const escape = (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return address.replace(/[^A-Za-z0-9\-._~:/]/g, escape);
}

function unescaped(relay) {
  return relay.replace(/%([0-9A-F]{2})/g, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
}

/** Says whether the user has to be asked about a relay that is not the own (LINK-5). */
export function mustAskRelay(relay, own) {
  return withoutSlash(relay) !== withoutSlash(own);
}

/** Says whether the user has to be asked about an appid that is not the own (LINK-6). */
export function mustAskAppid(appid, own) {
  return !appid.equals(own);
}

function withoutSlash(address) {
  return address.replace(/\/$/, '');
}
