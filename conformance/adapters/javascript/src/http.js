// One attempt of one request (section 11.1, CLIENT-13, TIME-2).
import http from 'node:http';
import https from 'node:https';

export const BODY_BOUND = 262144; // CLIENT-5
const HEADER_BOUND = 131072; // CLIENT-10: from 8 192 to 262 144

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {[string, string][]} headers names in lowercase, every line of its own
 * @property {Uint8Array} body
 * @property {boolean} tooLong
 */

/**
 * @typedef {{ lost: true, certificate: boolean } | { lost: false, answer: Answer }} Came
 */

/**
 * Makes one attempt and never rejects.
 * @param {object} request
 * @param {import('./values.js').Rendezvous} request.relay
 * @param {string} request.method
 * @param {string} request.target path and query, behind the relay's own path
 * @param {string} request.authorization
 * @param {Uint8Array | null} request.body
 * @param {number} request.milliseconds time of the attempt
 * @param {AbortSignal} [request.signal]
 * @param {string | Buffer} [request.ca] certificate authorities instead of the system's
 * @returns {Promise<Came>}
 */
export function attempt({ relay, method, target, authorization, body, milliseconds, signal, ca }) {
  return new Promise((resolve) => {
    const module = relay.secure ? https : http;
    // An agent of its own: no kept connections (CLIENT-9), no cached sessions.
    const agent = relay.secure
      ? new https.Agent({ keepAlive: false, maxCachedSessions: 0 })
      : new http.Agent({ keepAlive: false });
    /** @type {http.ClientRequest | undefined} */
    let req;
    /** @type {import('node:net').Socket | undefined} */
    let socket;
    let settled = false;
    const settle = (/** @type {Came} */ came) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(came);
      req?.destroy();
      agent.destroy();
    };
    const lost = () => {
      // @ts-ignore a TLS socket has authorizationError once a certificate or name was refused
      settle({ lost: true, certificate: relay.secure && socket?.authorizationError != null });
    };
    const onAbort = () => settle({ lost: true, certificate: false });
    const timer = setTimeout(onAbort, Math.min(milliseconds, 2 ** 31 - 1));
    if (signal?.aborted) return onAbort();
    signal?.addEventListener('abort', onAbort);

    /** @type {Record<string, string | number>} */
    const headers = { Authorization: authorization, Accept: 'application/json, application/problem+json' };
    headers['Accept-Encoding'] = 'identity';
    if (body) {
      headers['Content-Type'] = 'application/json';
      headers['Content-Length'] = body.length;
    }
    const complete = (res, bytes, tooLong) => {
      const lines = /** @type {[string, string][]} */ ([]);
      const raw = res.rawHeaders;
      for (let i = 0; i + 1 < raw.length; i += 2) lines.push([raw[i].toLowerCase(), raw[i + 1]]);
      settle({ lost: false, answer: { status: res.statusCode, headers: lines, body: bytes, tooLong } });
    };
    const none = new Uint8Array(0);
    try {
      req = module.request({
        agent,
        hostname: relay.host,
        port: relay.port,
        method,
        path: relay.path + target,
        headers,
        maxHeaderSize: HEADER_BOUND,
        insecureHTTPParser: false,
        // @ts-ignore of net.connect; the default of 250 ms is too short for slow networks
        autoSelectFamilyAttemptTimeout: 2500,
        ...(relay.secure ? { rejectUnauthorized: true, ...(ca ? { ca } : {}) } : {}),
      });
    } catch {
      return lost();
    }
    req.maxHeadersCount = 0; // no bound on their number; their size has one
    req.on('socket', (s) => (socket = s));
    req.on('error', lost);
    req.on('close', lost);
    // A 101 is an answer, complete with its header section.
    req.on('upgrade', (res, s) => {
      complete(res, none, false);
      s.destroy();
    });
    req.on('response', (res) => {
      const status = /** @type {number} */ (res.statusCode);
      res.on('error', lost);
      res.on('aborted', lost);
      // By RFC 9112 these have no body, whatever their fields say.
      if (status === 204 || status === 304 || status === 101) return complete(res, none, false);
      // llhttp takes no answer with two lengths, or a length beside chunks.
      for (let i = 0; i + 1 < res.rawHeaders.length; i += 2) {
        if (
          res.rawHeaders[i].toLowerCase() === 'content-length' &&
          /^[0-9]+$/.test(res.rawHeaders[i + 1]) &&
          BigInt(res.rawHeaders[i + 1]) > BigInt(BODY_BOUND)
        ) {
          return complete(res, none, true);
        }
      }
      /** @type {Buffer[]} */
      const chunks = [];
      let size = 0;
      res.on('data', (chunk) => {
        size += chunk.length;
        if (size > BODY_BOUND) return complete(res, none, true);
        chunks.push(chunk);
      });
      res.on('end', () => {
        if (!res.complete) return lost();
        complete(res, new Uint8Array(Buffer.concat(chunks)), false);
      });
    });
    if (body) req.end(body);
    else req.end();
  });
}
