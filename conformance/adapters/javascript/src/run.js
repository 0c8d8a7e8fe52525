// What both roles share: the machine's loop, its timers and its end (sections 11.3 to 11.5, 12).
import { bytesOf, toHex, wipe } from './bytes.js';
import { appidAllowed, blobAllowed, parseRendezvous } from './values.js';
import { writeClose } from './messages.js';
import { exportKey, verifierWords } from './keys.js';
import { messageOf } from './outcome.js';
import { Requester } from './requester.js';
import { now, alarm } from './clock.js';

/** A run ended before it had what was asked for. `result` says how. */
export class RunEnded extends Error {
  /** @param {import('./outcome.js').Result} result */
  constructor(result) {
    super(result.message);
    this.name = 'RunEnded';
    this.result = result;
  }
}

/** A call that the state of the run does not allow; the run is as it was. */
export class WrongState extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'WrongState';
  }
}

/** A promise that may be asked for or not. */
export function deferred() {
  let resolve, reject;
  const promise = new Promise((a, b) => {
    resolve = a;
    reject = b;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/**
 * @typedef {object} CommonOptions
 * @property {string | Uint8Array} appid
 * @property {string | Uint8Array} blob own blob
 * @property {string} rendezvous address of the relay
 * @property {boolean} [allowHttp] the user allows plain http to other machines
 * @property {boolean} [lookFirst] the user compares the verifier first
 * @property {number} [deadline] seconds from `start`
 * @property {AbortSignal} [signal] its abort is the user's cancel
 * @property {string | Buffer} [ca] certificate authorities instead of the system's
 */

export class Run {
  /** @type {'initiator' | 'receiver'} */
  role;
  /** @type {string | null} */
  state = null;
  /** @type {import('./keys.js').Keys | null} */
  keys = null;
  /** @type {Uint8Array | null} the peer's blob */
  peerBlob = null;
  /** @type {string | null} */
  verifier = null;
  /** @type {number | null} */
  channel = null;
  /** @type {import('./pake.js').Pake | null} */
  pake = null;
  #table;
  #options;
  #sources;
  #requester;
  #cancelled = false;
  #begun = 0;
  /** @type {{ outcome: string, reason?: string } | null} */
  #fixed = null;
  #delivered = false;
  #doneReason;
  #inHand = null;
  #stopDeadline = () => {};
  #stopReceipt = () => {};
  #deadlineAt = Infinity;
  #bodies = new Map();
  #ended = deferred();
  #onAbort = () => this.cancel();
  /** Promises that reject when the run ends without them. */
  waiting = [];

  /**
   * @param {'initiator' | 'receiver'} role
   * @param {import('./table.js').Table} table
   * @param {CommonOptions} options
   * @param {import('./sources.js').Sources} sources
   */
  constructor(role, table, options, sources) {
    this.role = role;
    this.#table = table;
    this.#options = options;
    this.#sources = sources;
    this.appid = bytesOf(options.appid, 'appid');
    this.blob = bytesOf(options.blob, 'blob');
    const { deadline } = options;
    if (deadline !== undefined && !(typeof deadline === 'number' && deadline >= 0)) {
      throw new TypeError('deadline must be a number of seconds');
    }
  }

  get sources() {
    return this.#sources;
  }

  get lookFirst() {
    return this.#options.lookFirst === true;
  }

  get second() {
    return this.#sources.second;
  }

  /** Checks and first request. @param {string} state @param {string} request */
  begin(state, request) {
    if (this.state !== null) throw new WrongState('a run begins once');
    this.#begun = now();
    this.state = 'checking';
    const fault = this.#check();
    if (fault) return this.#conclude(fault);
    const { signal, deadline } = this.#options;
    if (this.#cancelled || signal?.aborted) return this.#conclude({ outcome: 'cancelled' });
    if (deadline === 0) return this.#conclude({ outcome: 'timeout' });
    signal?.addEventListener('abort', this.#onAbort);
    if (deadline !== undefined) this.#setDeadline(this.#begun + deadline * this.second);
    this.state = state;
    this.#request(request);
  }

  #check() {
    if (!blobAllowed(this.blob)) return { outcome: 'blob-too-large' };
    if (!appidAllowed(this.appid)) return { outcome: 'bad-appid' };
    const relay = parseRendezvous(this.#options.rendezvous, this.#options.allowHttp === true);
    if (!relay) return { outcome: 'bad-rendezvous' };
    const fault = this.checkCode();
    if (fault) return fault;
    try {
      const side = this.#sources.side();
      this.draw();
      this.#requester = new Requester({
        relay,
        appidHex: toHex(this.appid),
        sideHex: toHex(side),
        second: this.second,
        ca: this.#options.ca,
      });
      return null;
    } catch {
      return { outcome: 'internal' };
    }
  }

  /** Life from an answer that was read just now (TIME-5). @param {number} ttl */
  setLife(ttl) {
    this.#setDeadline(now() + ttl * this.second);
  }

  #setDeadline(at) {
    if (at >= this.#deadlineAt) return;
    this.#deadlineAt = at;
    this.#stopDeadline();
    this.#stopDeadline = alarm(at, () => {
      // In `taking` it comes once the application has answered; in `closing` it is not set.
      if (!['taking', 'closing', 'ended'].includes(this.state)) this.dispatch('deadline');
    });
  }

  /** The user, or something of this machine. @param {string} event */
  tell(event) {
    const step = this.#table[this.state]?.[event];
    if (!step || step.impossible) throw new WrongState(`${event} is not asked for now`);
    this.dispatch(event);
  }

  /** The user gives up. */
  cancel() {
    this.#cancelled = true;
    if (this.state !== null && this.#table[this.state]) this.dispatch('cancel');
  }

  /**
   * @param {string} event
   * @param {{ reason?: string }} [with_]
   */
  dispatch(event, with_ = {}) {
    try {
      this.#dispatch(event, with_);
    } catch (error) {
      this.#fail(error);
    }
  }

  #dispatch(event, { reason } = {}) {
    const step = this.#table[/** @type {string} */ (this.state)]?.[event];
    if (!step || step.impossible) throw new Error(`impossible: ${event} in ${this.state}`);
    const from = this.state;
    const request = step.request?.replace(' (repeat)', '') ?? null;
    const goesOn = this.#inHand !== null && this.#inHand.name === request;
    if (!goesOn) this.#abandon();
    this.state = /** @type {string} */ (step.next);
    if (step.outcome) {
      if (step.outcome === 'closed (lost)') this.#fixed = { outcome: 'closed', reason: 'lost' };
      else this.#fixed = { outcome: step.outcome, ...(step.outcome === 'closed' ? { reason } : {}) };
      if (event === 'receipt-opened' && step.outcome === 'done') this.#delivered = true; // INIT-5
      if (event === 'taken') this.#delivered = true; // RECV-2
      if (step.outcome === 'done' && event === 'closed' && reason === 'not-taken') this.#doneReason = reason; // INIT-8
    }
    this.#stopReceipt();
    if (this.state === 'closing' || this.state === 'ended') this.#stopDeadline();
    if (this.state === 'ended') return this.#conclude(/** @type {any} */ (this.#fixed));
    if (this.state === 'waiting-for-receipt') {
      if (from === 'finishing') this.#receiptAt = now() + 30 * this.second;
      this.#stopReceipt = alarm(this.#receiptAt, () => this.dispatch('receipt-wait-over'));
    }
    // INIT-2, RECV-5: who does not look first goes on before the request is made.
    if (!this.lookFirst && (this.state === 'holding' || this.state === 'comparing')) {
      this.entered(this.state, from);
      return this.#dispatch('release');
    }
    if (this.state === 'sending-receipt' && now() >= this.#deadlineAt) return this.#dispatch('deadline'); // TIME-5
    if (this.entered(this.state, from) === 'later') {
      // CODE-3: the code is shown before the first request for the answer.
      const hand = { name: request, controller: new AbortController() };
      this.#inHand = hand;
      setImmediate(() => {
        if (this.#inHand === hand) this.#request(/** @type {string} */ (request));
      });
      return;
    }
    if (request && !goesOn) this.#request(request);
  }

  #receiptAt = 0;

  #abandon() {
    this.#inHand?.controller.abort();
    this.#inHand = null;
  }

  /** @param {string} name as in the table */
  #request(name) {
    const controller = new AbortController();
    const hand = { name, controller };
    this.#inHand = hand;
    const [verb, what] = name.split(' ');
    const base = this.channel === null ? '/channels' : `/channels/${this.channel}`;
    let path = base;
    let body = null;
    if (verb === 'close') {
      path = `${base}/close`;
      body = writeClose(what);
    } else {
      if (verb === 'claim') path = `${base}/claim`;
      if (what) path = `${base}/${what}`;
      if (verb !== 'get') {
        // SEAL-4: a message is made once.
        if (!this.#bodies.has(name)) this.#bodies.set(name, this.makeBody(name));
        body = this.#bodies.get(name);
      }
    }
    const method = verb === 'get' ? 'GET' : verb === 'put' ? 'PUT' : 'POST';
    const request = { name: verb === 'close' ? 'close' : name, method, path, body };
    this.#requester.make(request, controller.signal).then(
      (read) => {
        if (this.#inHand !== hand) return;
        this.#inHand = null;
        try {
          let event = /** @type {string} */ (read.event);
          if (event === 'success') event = this.read(name, /** @type {any} */ (read.message));
          this.#dispatch(event, { reason: read.reason });
        } catch (error) {
          this.#fail(error);
        }
      },
      (error) => {
        if (this.#inHand === hand && !controller.signal.aborted) this.#fail(error);
      },
    );
  }

  /** The machine failed the program (section 11.3, last paragraph). @param {unknown} error */
  #fail(error) {
    if (this.state === 'ended' || this.state === null) return;
    this.failure = error; // for a debugger; it is shown nowhere
    const maybeStored = this.state === 'finishing' || this.state === 'waiting-for-receipt';
    this.#conclude(this.#fixed ?? { outcome: maybeStored ? 'done' : 'internal' });
  }

  /** @param {{ outcome: string, reason?: string, fault?: string, detail?: string, extra?: object }} end */
  #conclude({ outcome, reason, fault, detail, extra }) {
    this.state = 'ended';
    this.#abandon();
    this.#stopDeadline();
    this.#stopReceipt();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.pake?.wipe();
    const handed = this.peerBlob !== null && (this.role === 'initiator' || outcome === 'done'); // OUT-2, INIT-3
    if (!handed) wipe(this.peerBlob);
    if (!handed) this.peerBlob = null;
    if (this.keys) {
      const { exporter, th, ...others } = this.keys;
      wipe(...Object.values(others));
      if (!handed) {
        wipe(exporter);
        this.keys = null;
      }
    }
    wipe(this.blob);
    this.#bodies.clear();
    const delivered = outcome === 'done' && this.#delivered;
    reason ??= outcome === 'done' ? this.#doneReason : undefined;
    /** @type {import('./outcome.js').Result} */
    const result = {
      outcome,
      delivered,
      ...(reason !== undefined ? { reason } : {}),
      ...(fault !== undefined ? { fault } : {}),
      ...(extra ?? {}),
      ...(handed ? { blob: /** @type {Uint8Array} */ (this.peerBlob), verifier: /** @type {string} */ (this.verifier) } : {}),
      message: messageOf(this.role, { outcome, delivered, reason, detail }),
    };
    this.#ended.resolve(result);
    for (const d of this.waiting) d.reject(new RunEnded(result));
  }

  /** @returns {Promise<import('./outcome.js').Result>} */
  result() {
    return this.#ended.promise;
  }

  /** @param {import('./keys.js').Keys} keys */
  setKeys(keys) {
    this.keys = keys;
    this.verifier = verifierWords(keys.verifier);
    wipe(keys.verifier);
  }

  /** KEY-4 to KEY-6. @param {string | Uint8Array} label @param {number} length */
  exportKey(label, length) {
    if (!this.keys || !this.mayExport()) throw new WrongState('there are no keys to export');
    return exportKey(this.keys.exporter, bytesOf(label, 'label'), length);
  }

  /** Wipes what is left for exporting. */
  dispose() {
    if (this.state === 'ended' && this.keys) {
      wipe(this.keys.exporter);
      this.keys = null;
    }
  }

  // What the roles fill in.
  /** @returns {{ outcome: string, fault?: string, detail?: string, extra?: object } | null} */
  checkCode() {
    return null;
  }
  draw() {}
  /** @param {string} _name @returns {Uint8Array} */
  makeBody(_name) {
    throw new Error('no body');
  }
  /** @param {string} _name @param {Record<string, any>} _message @returns {string} the event */
  read(_name, _message) {
    return 'misbehaved';
  }
  /** @param {string} _state @param {string | null} _from @returns {void | 'later'} */
  entered(_state, _from) {}
  mayExport() {
    return false;
  }
}
