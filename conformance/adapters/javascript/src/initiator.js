// The initiator (section 11.4).
import { INITIATOR } from './initiator-table.js';
import { Run } from './run.js';
import { deferred, needed } from './deferred.js';
import { eventOfSame } from './question.js';
import { WrongState } from './errors.js';
import { ORDINARY } from './sources.js';
import { Pake, BadElement } from './pake.js';
import { deriveKeys } from './keys.js';
import { isSealedLength, open, sealBlob, unpad } from './seal.js';
import { formatCode, passwordOf, wordsOf } from './code.js';
import { writeBody } from './messages.js';
import { wipe } from './bytes.js';

/** The run of an initiator, for the classes of this file and of test-hooks.js. */
export class InitiatorRun extends Run {
  code = deferred();
  peer = deferred();
  #count;
  #compare;
  /** @type {string[]} */
  #words = [];

  /**
   * @param {import('./index.js').InitiatorOptions} options
   * @param {import('./sources.js').Sources} sources
   * @param {import('./run.js').ByHand} [byHand]
   */
  constructor(options, sources, byHand = {}) {
    super('initiator', INITIATOR, options, sources, byHand);
    this.#count = this.options.words ?? 2;
    this.#compare = this.options.compare;
    this.waiting = [this.code, this.peer];
  }

  /** @returns {import('./run.js').End | null} */
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
    if (name === 'allocate') return writeBody(needed(this.pake).message);
    const keys = needed(this.keys);
    const body = sealBlob(keys.initiatorBlob, keys.th, this.blob);
    wipe(keys.initiatorBlob);
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
        const keys = needed(this.keys);
        const plain = open(keys.receipt, keys.th, message.body);
        return plain?.length === 0 ? 'receipt-opened' : 'receipt-unopened';
      }
      default:
        return 'stored';
    }
  }

  /** SEAL-6 */
  #readAnswer(answer) {
    const pake = needed(this.pake);
    try {
      if (!isSealedLength(answer.length - 33)) return 'answer-malformed';
      const answerMessage = answer.subarray(0, 33);
      const key = pake.finish(answerMessage);
      const [channel, offer] = [needed(this.channel), pake.message];
      const keys = deriveKeys({ key, appid: this.appid, channel, offer, answerMessage });
      this.setKeys(keys);
      const padded = open(keys.receiverBlob, keys.th, answer.subarray(33));
      wipe(keys.receiverBlob);
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

  /** @param {string} state @param {string | null} from @returns {void | 'later'} */
  entered(state, from) {
    if (state === 'waiting-for-answer' && from === 'allocating') {
      this.code.resolve(formatCode(needed(this.channel), this.#words));
      this.#words = [];
      return 'later';
    }
    if (state === 'holding' && from === 'waiting-for-answer') {
      const [verifier, blob, compare] = [needed(this.verifier), needed(this.peerBlob), this.#compare];
      this.peer.resolve({ verifier, blob });
      if (compare) this.ask(['holding'], async (signal) => compare(verifier, { blob, signal }), eventOfSame, 'cancel');
    }
  }

  mayExport() {
    return this.peerBlob !== null;
  }
}

/** What the initiator's class and the one under test share. */
export class InitiatorBase {
  #run;

  /** @param {InitiatorRun} run */
  constructor(run) {
    this.#run = run;
  }

  /**
   * Begins the exchange.
   * @returns {Promise<string>} the code to show
   */
  start() {
    try {
      this.#run.begin('allocating', 'allocate');
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#run.code.promise;
  }

  /** The end. @returns {Promise<import('./index.js').Result>} rejects with a WormholeError, unless `done` */
  async finish() {
    if (this.#run.state === null) throw new WrongState('start comes before finish: it gives the code');
    return /** @type {any} */ (await this.#run.result());
  }

  /** Section 6.2. @param {string | Uint8Array} label @param {number} length @throws {WrongState | RangeError} */
  exportKey(label, length) {
    return this.#run.exportKey(label, length);
  }

  /** Cancels what goes on, and wipes the exporter's key. */
  dispose() {
    this.#run.dispose();
  }

  /** The relay's address. */
  get rendezvous() {
    return this.#run.rendezvous;
  }
}

/** The initiator. Its options and methods are described in index.d.ts. */
export class Initiator extends InitiatorBase {
  /** @param {import('./index.js').InitiatorOptions} options */
  constructor(options) {
    super(new InitiatorRun(options, ORDINARY));
  }
}
