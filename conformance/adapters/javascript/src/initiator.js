// The initiator (section 11.4).
import { INITIATOR } from './initiator-table.js';
import { Run, WrongState, deferred } from './run.js';
import { Pake, BadElement } from './pake.js';
import { deriveKeys } from './keys.js';
import { isSealedLength, open, sealBlob, unpad } from './seal.js';
import { formatCode, passwordOf, wordsOf } from './code.js';
import { writeBody } from './messages.js';
import { wipe } from './bytes.js';

class InitiatorRun extends Run {
  code = deferred();
  peer = deferred();
  #count;
  #words = [];

  constructor(options, sources) {
    super('initiator', INITIATOR, options, sources);
    this.#count = options.words ?? 2;
    this.waiting = [this.code, this.peer];
  }

  checkCode() {
    const n = this.#count;
    return Number.isInteger(n) && n >= 2 && n <= 8 ? null : { outcome: 'bad-code' };
  }

  draw() {
    const bytes = this.sources.words(this.#count);
    this.#words = wordsOf(bytes);
    wipe(bytes);
    this.pake = new Pake('A', passwordOf(this.#words), this.sources.scalar());
  }

  makeBody(name) {
    if (name === 'allocate') return writeBody(this.pake.message);
    const body = sealBlob(this.keys.initiatorBlob, this.keys.th, this.blob);
    wipe(this.keys.initiatorBlob);
    return writeBody(body);
  }

  read(name, message) {
    switch (name) {
      case 'allocate':
        this.channel = message.channel;
        this.setLife(message.ttl);
        return 'allocated';
      case 'get answer':
        return this.#readAnswer(message.body);
      case 'get receipt': {
        // INIT-6: in `holding` it is not opened.
        if (this.state === 'holding') return 'receipt-unopened';
        const plain = open(this.keys.receipt, this.keys.th, message.body);
        return plain?.length === 0 ? 'receipt-opened' : 'receipt-unopened';
      }
      default:
        return 'stored';
    }
  }

  /** SEAL-6 */
  #readAnswer(answer) {
    const { pake } = this;
    try {
      if (!isSealedLength(answer.length - 33)) return 'answer-malformed';
      const answerMessage = answer.subarray(0, 33);
      const key = pake.finish(answerMessage);
      this.setKeys(
        deriveKeys({ key, appid: this.appid, channel: this.channel, offer: pake.message, answerMessage }),
      );
      const padded = open(this.keys.receiverBlob, this.keys.th, answer.subarray(33));
      wipe(this.keys.receiverBlob);
      if (!padded) return 'answer-unopened';
      const blob = unpad(padded);
      wipe(padded);
      if (!blob) return 'answer-malformed';
      this.peerBlob = blob;
      return 'answer-opened';
    } catch (error) {
      if (error instanceof BadElement) return 'answer-bad-element';
      throw error;
    } finally {
      pake.wipe(); // PAKE-10
    }
  }

  entered(state, from) {
    if (state === 'waiting-for-answer' && from === 'allocating') {
      this.code.resolve(formatCode(this.channel, this.#words));
      this.#words = [];
      return 'later';
    }
    if (state === 'holding' && from === 'waiting-for-answer') {
      this.peer.resolve({ verifier: this.verifier, blob: this.peerBlob });
    }
  }

  mayExport() {
    return this.peerBlob !== null;
  }
}

export class InitiatorBase {
  #run;

  /**
   * @param {import('./run.js').CommonOptions & { words?: number }} options
   * @param {import('./sources.js').Sources} sources
   */
  constructor(options, sources) {
    this.#run = new InitiatorRun(options, sources);
  }

  /**
   * Begins the exchange.
   * @returns {Promise<string>} the code to show; rejects with RunEnded when the run ended without one
   */
  start() {
    this.#run.begin('allocating', 'allocate');
    return this.#run.code.promise;
  }

  /**
   * The verifier and the receiver's blob, as soon as the answer has opened. Who looks first shows the
   * verifier and then calls `release`, `mismatch` or `cancel`.
   * @returns {Promise<{ verifier: string, blob: Uint8Array }>}
   */
  peer() {
    return this.#run.peer.promise;
  }

  /** The user agrees. @throws {WrongState} */
  release() {
    this.#run.tell('release');
  }

  /** The user says that the other side shows other words. @throws {WrongState} */
  mismatch() {
    this.#run.tell('mismatch');
  }

  /** The user gives up. */
  cancel() {
    this.#run.cancel();
  }

  /** The outcome; it never rejects once the run has begun. @returns {Promise<import('./outcome.js').Result>} */
  finish() {
    if (this.#run.state === null) return Promise.reject(new WrongState('not started'));
    return this.#run.result();
  }

  /** Section 6.2. @param {string | Uint8Array} label @param {number} length @throws {WrongState | RangeError} */
  exportKey(label, length) {
    return this.#run.exportKey(label, length);
  }

  /** Wipes the exporter's key after the end. */
  dispose() {
    this.#run.dispose();
  }

  /** The state of the table, for programs that show it. */
  get state() {
    return this.#run.state;
  }
}
