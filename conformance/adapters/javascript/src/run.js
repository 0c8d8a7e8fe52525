// What both roles share: the machine's loop, its timers and its end (sections 11.3 to 11.5, 12).
import { bytesOf, toHex, wipe } from './bytes.js';
import { appidAllowed, blobAllowed, parseRendezvous } from './values.js';
import { writeClose } from './messages.js';
import { exportKey, verifierWords } from './keys.js';
import { Result, messageOf } from './outcome.js';
import { WormholeError, WrongState } from './errors.js';
import { chooseRendezvous } from './address.js';
import { checkOptions } from './options.js';
import { Question } from './question.js';
import { deferred, needed } from './deferred.js';
import { Requester } from './requester.js';
import { now, alarm } from './clock.js';

/**
 * @typedef {{ lookFirst?: boolean, takeTime?: boolean }} ByHand the user's part is not done by callbacks, but
 *   by events from outside (test-hooks.js)
 * @typedef {{ outcome: import('./index.js').Outcome, reason?: string,
 *   codeFault?: import('./code.js').CodeFault }} End
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
  #sources;
  #byHand;
  #relay;
  /** @type {Requester | undefined} */
  #requester;
  #cancelled = false;
  #begun = 0;
  /** @type {End | null} */
  #fixed = null;
  #delivered = false;
  /** @type {string | undefined} */
  #doneReason;
  /** @type {{ name: string, controller: AbortController } | null} */
  #inHand = null;
  /** @type {Question | null} what the application is being asked */
  #question = null;
  /** @type {Map<string, unknown>} an outcome and what brought the application to it */
  #causes = new Map();
  #stopDeadline = () => {};
  #stopReceipt = () => {};
  #deadlineAt = Infinity;
  #bodies = new Map();
  #ended = deferred();
  #disposed = false;
  #onAbort = () => this.cancel(this.options.signal?.reason);
  /** @type {import('./deferred.js').Deferred<any>[]} Promises that reject when the run ends without them. */
  waiting = [];

  /**
   * @param {'initiator' | 'receiver'} role
   * @param {import('./table.js').Table} table
   * @param {import('./index.js').InitiatorOptions | import('./index.js').ReceiverOptions} options
   * @param {import('./sources.js').Sources} sources
   * @param {ByHand} byHand
   */
  constructor(role, table, options, sources, byHand) {
    const { blob, ...others } = checkOptions(role, options);
    this.role = role;
    this.#table = table;
    this.options = others;
    this.#sources = sources;
    this.#byHand = byHand;
    this.#relay = chooseRendezvous(others.rendezvous);
    this.appid = bytesOf(others.appid, 'appid');
    this.blob = bytesOf(blob, 'blob');
  }

  /** The relay's address. */
  get rendezvous() {
    return this.#relay;
  }

  get sources() {
    return this.#sources;
  }

  get lookFirst() {
    return this.options.compare !== undefined || this.#byHand.lookFirst === true;
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
    const { signal, timeout } = this.options;
    if (signal?.aborted) this.cancel(signal.reason);
    if (this.#cancelled) return this.#conclude({ outcome: 'cancelled' });
    if (timeout === 0) return this.#conclude({ outcome: 'timeout' });
    signal?.addEventListener('abort', this.#onAbort);
    if (timeout !== undefined) this.#setDeadline(this.#begun + (timeout / 1000) * this.second);
    this.state = state;
    this.#request(request);
  }

  /** @returns {End | null} */
  #check() {
    if (!blobAllowed(this.blob)) return { outcome: 'blob-too-large' };
    if (!appidAllowed(this.appid)) return { outcome: 'bad-appid' };
    const relay = parseRendezvous(this.#relay, this.options.allowHttp === true);
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
        ca: this.options.ca,
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
    this.#stopDeadline = alarm(at, () => this.#deadlineCame());
  }

  /** In `taking` it comes once the application has answered; in `closing` it is not set. @returns {boolean} */
  #deadlineCame() {
    if (now() < this.#deadlineAt || ['taking', 'closing', 'ended'].includes(needed(this.state))) return false;
    this.dispatch('deadline');
    return true;
  }

  /** The user, or something of this machine. @param {string} event */
  tell(event) {
    this.#deadlineCame(); // it comes before what a user says after it (section 11.3)
    const step = this.#table[/** @type {string} */ (this.state)]?.[event];
    if (!step || step.impossible) throw new WrongState(`${event} is not asked for now`);
    this.dispatch(event);
  }

  /** The user gives up. @param {unknown} [cause] */
  cancel(cause) {
    this.#cancelled = true;
    if (!this.#causes.has('cancelled')) this.#causes.set('cancelled', cause);
    if (this.state === null || !this.#table[this.state]) return;
    if (!this.#deadlineCame()) this.dispatch('cancel');
  }

  /**
   * Asks the application something, as long as the run is in one of these states.
   * @param {string[]} states
   * @param {(signal: AbortSignal) => Promise<unknown>} ask
   * @param {(answer: unknown) => string} eventOf
   * @param {'cancel' | 'not-taken'} failed the event when it throws
   */
  ask(states, ask, eventOf, failed) {
    const question = new Question(states);
    this.#question = question;
    const say = (event, cause) => {
      if (this.#question !== question) return;
      this.#question = null;
      if (event === 'cancel') return this.cancel(cause);
      if (cause !== undefined) this.#causes.set(event, cause);
      this.tell(event);
    };
    // Not in this very step: the machine has to have arrived in the state.
    Promise.resolve()
      .then(() => (this.#question === question ? ask(question.signal).then(eventOf) : failed))
      .then((event) => say(event), (error) => say(failed, error))
      .catch((error) => {
        if (!(error instanceof WrongState)) this.#fail(error);
      });
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

  /** @param {string} event @param {{ reason?: string }} [with_] @returns {void} */
  #dispatch(event, { reason } = {}) {
    const from = needed(this.state);
    const step = this.#table[from]?.[event];
    if (!step || step.impossible) throw new Error(`impossible: ${event} in ${from}`);
    const request = step.request?.replace(' (repeat)', '') ?? null;
    const goesOn = this.#inHand !== null && this.#inHand.name === request;
    if (!goesOn) this.#abandon();
    this.state = /** @type {string} */ (step.next);
    if (this.#question && !this.#question.standsIn(this.state)) this.#withdraw();
    if (step.outcome) {
      if (step.outcome === 'closed (lost)') this.#fixed = { outcome: 'closed', reason: 'lost' };
      else {
        const outcome = /** @type {End['outcome']} */ (step.outcome);
        this.#fixed = { outcome, ...(outcome === 'closed' ? { reason } : {}) };
      }
      if (event === 'receipt-opened' && step.outcome === 'done') this.#delivered = true; // INIT-5
      if (event === 'taken') this.#delivered = true; // RECV-2
      if (step.outcome === 'done' && event === 'closed' && reason === 'not-taken') this.#doneReason = reason; // INIT-8
    }
    this.#stopReceipt();
    if (this.state === 'closing' || this.state === 'ended') this.#stopDeadline();
    if (this.state === 'ended') return this.#conclude(needed(this.#fixed));
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
      const hand = { name: needed(request), controller: new AbortController() };
      this.#inHand = hand;
      setImmediate(() => {
        if (this.#inHand === hand) this.#request(hand.name);
      });
      return;
    }
    if (request && !goesOn) this.#request(request);
  }

  #receiptAt = 0;

  #withdraw() {
    this.#question?.withdraw();
    this.#question = null;
  }

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
    needed(this.#requester).make(request, controller.signal).then(
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

  /** @param {End} end */
  #conclude({ outcome, reason, codeFault }) {
    this.state = 'ended';
    this.#withdraw();
    this.#abandon();
    this.#stopDeadline();
    this.#stopReceipt();
    this.options.signal?.removeEventListener('abort', this.#onAbort);
    this.pake?.wipe();
    const handed = this.peerBlob !== null && (this.role === 'initiator' || outcome === 'done'); // OUT-2, INIT-3
    if (!handed) wipe(this.peerBlob);
    if (!handed) this.peerBlob = null;
    if (this.keys) {
      const { exporter, th, ...others } = this.keys;
      wipe(...Object.values(others));
      if (!handed || this.#disposed) {
        wipe(exporter);
        this.keys = null;
      }
    }
    wipe(this.blob);
    this.#bodies.clear();
    const delivered = outcome === 'done' && this.#delivered;
    reason ??= outcome === 'done' ? this.#doneReason : undefined;
    const end = { outcome, delivered, reason };
    const given = handed ? { blob: needed(this.peerBlob), verifier: needed(this.verifier) } : {};
    const message = messageOf(this.role, { ...end, detail: codeFault?.message });
    const result = new Result({ ...end, ...given, fault: codeFault?.fault, message });
    if (outcome === 'done') return this.#ended.resolve(result);
    const cause = codeFault ?? this.#causes.get(outcome);
    const explanation = codeFault && messageOf(this.role, { ...end, detail: codeFault.explanation });
    const error = new WormholeError(result, { cause, explanation });
    for (const d of [this.#ended, ...this.waiting]) d.reject(error);
  }

  /** @returns {Promise<Result>} it rejects with a WormholeError, unless the outcome is `done` */
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

  /** Cancels what goes on, and wipes what is left for exporting. */
  dispose() {
    this.#disposed = true;
    if (this.state !== 'ended') return this.cancel();
    wipe(this.keys?.exporter);
    this.keys = null;
  }

  // What the roles fill in.
  /** @returns {End | null} */
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
