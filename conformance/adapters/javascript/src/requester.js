// One request with its repeats (section 11.3).
import { attempt } from './http.js';
import { interpret } from './interpret.js';
import { now, sleepUntil } from './clock.js';

const ATTEMPT = 10;
const ATTEMPT_GET = 40;
const WINDOW = 60;
const WINDOW_RECEIPT = 30;
const PACE = 1;
const CUT_OFF = 3;

/** Makes the requests of one run, one at a time. */
export class Requester {
  #relay;
  #prefix;
  #authorization;
  #second;
  #ca;
  #wait = 25;
  /** @type {{ name: string, start: number } | null} the attempt that began last */
  #last = null;

  /**
   * @param {{ relay: import('./values.js').Rendezvous, appidHex: string, sideHex: string, second: number, ca?: any }} o
   */
  constructor({ relay, appidHex, sideHex, second, ca }) {
    this.#relay = relay;
    this.#prefix = `/v1/${appidHex}`;
    this.#authorization = `Bearer ${sideHex}`;
    this.#second = second;
    this.#ca = ca;
  }

  /**
   * Makes a request until it has an event.
   * @param {{ name: string, method: string, path: string, body: Uint8Array | null }} request
   * @param {AbortSignal} signal
   * @returns {Promise<import('./interpret.js').Read>} rejects when it is abandoned
   */
  async make({ name, method, path, body }, signal) {
    const second = this.#second;
    const poll = method === 'GET';
    const length = (name === 'put receipt' ? WINDOW_RECEIPT : WINDOW) * second;
    /** @type {number | null} */
    let windowStart = null;
    let failures = 0;
    if (poll && this.#last?.name === name) await sleepUntil(this.#last.start + PACE * second, signal);
    for (let first = true; ; first = false) {
      signal.throwIfAborted();
      const start = now();
      const w = this.#wait;
      this.#last = { name, start };
      const came = await attempt({
        relay: this.#relay,
        method,
        target: this.#prefix + path + (poll ? `?wait=${w}` : ''),
        authorization: this.#authorization,
        body,
        milliseconds: (poll ? ATTEMPT_GET : ATTEMPT) * second,
        signal,
        ca: this.#ca,
      });
      signal.throwIfAborted();
      const read = interpret(name, came, first);
      if ('event' in read) return read;
      const failed = now();
      if (read.certificate) return { event: 'exhausted' }; // CLIENT-4
      // TIME-8
      if (poll && failed - start >= CUT_OFF * second && failed - start < w * second) this.#wait = Math.ceil(w / 2);
      windowStart ??= failed;
      failures++;
      const d = Math.min(8, 0.5 * 2 ** (failures - 1));
      let next = failed + (d / 2 + Math.random() * (d / 2)) * second;
      next = Math.max(next, failed + read.retryAfter * second);
      if (poll) next = Math.max(next, start + PACE * second);
      if (next > windowStart + length) return { event: 'exhausted' }; // TIME-3
      await sleepUntil(next, signal);
    }
  }
}
