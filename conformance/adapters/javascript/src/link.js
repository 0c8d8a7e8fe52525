// Links (section 4.1).
import { toHex, fromHex, bytesOf } from './bytes.js';
import { isExactCode } from './code.js';
import { appidAllowed, parseRendezvous } from './values.js';

/** A link that LINK-2 refuses. */
export class LinkFault extends Error {
  static {
    this.prototype.name = 'LinkFault';
  }

  code = /** @type {const} */ ('ERR_WORMHOLE_BAD_LINK');

  /** @param {import('./index.js').LinkFaultName} fault */
  constructor(fault) {
    super(`bad-link: ${fault}`);
    this.fault = fault;
  }
}

const escapeRelay = (relay) =>
  relay.replace(/[^A-Za-z0-9\-._~:/]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0'));

/**
 * LINK-1.
 * @param {{ code: string, appid: Uint8Array | string, relay: string }} parts
 * @returns {string}
 */
export function formatLink({ code, appid, relay }) {
  return `wormhole-sync:${code}?appid=${toHex(bytesOf(appid, 'appid'))}&relay=${escapeRelay(relay)}`;
}

/**
 * LINK-2. Who makes requests with what comes out of this answers for LINK-3 to LINK-6.
 * @param {string | Uint8Array} link
 * @param {{ allowHttp?: boolean }} [options] the user's own permission for plain http, never the link's
 * @returns {{ code: string, appid: Uint8Array, relay: string }}
 * @throws {LinkFault}
 */
export function parseLink(link, { allowHttp = false } = {}) {
  const bytes = bytesOf(link, 'link');
  if (bytes.length > 8192) throw new LinkFault('too-long');
  const text = Buffer.from(bytes).toString('latin1');
  const m = /^wormhole-sync:([^?]*)\?appid=([^&]*)&relay=([^]*)$/.exec(text);
  if (!m) throw new LinkFault('bad-form');
  const [, code, hex, escaped] = m;
  if (!/^[0-9a-z-]*$/.test(code) || !isExactCode(code)) throw new LinkFault('bad-code');
  const appid = fromHex(hex);
  if (!appid || !appidAllowed(appid)) throw new LinkFault('bad-appid');
  const relay = escaped.replace(/%([0-9A-F]{2})/g, (_, h) => String.fromCharCode(parseInt(h, 16)));
  if (escapeRelay(relay) !== escaped || !parseRendezvous(relay, allowHttp)) throw new LinkFault('bad-relay');
  return { code, appid, relay };
}

/**
 * LINK-5: are these two addresses the same?
 * @param {string} a @param {string} b
 */
export function sameRelay(a, b) {
  const less = (s) => (s.endsWith('/') ? s.slice(0, -1) : s);
  return less(a) === less(b);
}
