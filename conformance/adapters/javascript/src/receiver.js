// The receiver (section 11.5).
import { RECEIVER } from './receiver-table.js';
import { Run, WrongState, deferred } from './run.js';
import { Pake, BadElement } from './pake.js';
import { deriveKeys } from './keys.js';
import { isSealedLength, open, seal, sealBlob, unpad } from './seal.js';
import { parseCode, passwordOf, CodeFault } from './code.js';
import { writeBody, writeClaim } from './messages.js';
import { concat, wipe } from './bytes.js';

class ReceiverRun extends Run {
  verifierReady = deferred();
  blobReady = deferred();
  #input;
  #words = [];
  #take;
  #takeTime;

  constructor(options, sources) {
    super('receiver', RECEIVER, options, sources);
    this.#input = options.code;
    this.#take = options.take;
    this.#takeTime = options.takeTime === true;
    if (typeof this.#input !== 'string' && !(this.#input instanceof Uint8Array)) {
      throw new TypeError('code must be a string or a Uint8Array');
    }
    this.waiting = [this.verifierReady, this.blobReady];
  }

  checkCode() {
    try {
      const { channel, words } = parseCode(this.#input);
      this.channel = channel;
      this.#words = words;
      return null;
    } catch (error) {
      if (!(error instanceof CodeFault)) throw error;
      const { fault, message, name, stack, ...extra } = /** @type {any} */ (error);
      return { outcome: 'bad-code', fault: error.fault, detail: error.message, extra };
    } finally {
      this.#input = undefined;
    }
  }

  draw() {
    this.pake = new Pake('B', passwordOf(this.#words), this.sources.scalar());
    this.#words = [];
  }

  makeBody(name) {
    if (name === 'claim') return writeClaim();
    const { keys } = this;
    if (name === 'put answer') {
      const sealed = sealBlob(keys.receiverBlob, keys.th, this.blob);
      wipe(keys.receiverBlob);
      return writeBody(concat(this.pake.message, sealed));
    }
    const receipt = seal(keys.receipt, keys.th, new Uint8Array(0));
    wipe(keys.receipt);
    return writeBody(receipt);
  }

  read(name, message) {
    switch (name) {
      case 'claim':
        return this.#readOffer(message);
      case 'get finish':
        return this.#readFinish(message.body);
      default:
        return 'stored';
    }
  }

  /** SEAL-5 */
  #readOffer({ body: offer, ttl }) {
    this.setLife(ttl);
    const { pake } = this;
    try {
      if (offer.length !== 33) return 'offer-malformed';
      const key = pake.finish(offer);
      this.setKeys(
        deriveKeys({ key, appid: this.appid, channel: this.channel, offer, answerMessage: pake.message }),
      );
      return 'offer-good';
    } catch (error) {
      if (error instanceof BadElement) return 'offer-bad-element';
      throw error;
    } finally {
      pake.wipe(); // PAKE-10
    }
  }

  /** SEAL-7 */
  #readFinish(finish) {
    if (!isSealedLength(finish.length)) return 'finish-malformed';
    const padded = open(this.keys.initiatorBlob, this.keys.th, finish);
    wipe(this.keys.initiatorBlob);
    if (!padded) return 'finish-unopened';
    const blob = unpad(padded);
    wipe(padded);
    if (!blob) return 'finish-malformed';
    this.peerBlob = blob;
    return 'finish-opened';
  }

  entered(state, from) {
    if (state === 'comparing' && from === 'answering') this.verifierReady.resolve(this.verifier);
    if (state === 'taking') {
      // A copy: the run wipes its own when it ends without `done`, and the application may be at work.
      const blob = Uint8Array.from(/** @type {Uint8Array} */ (this.peerBlob));
      this.blobReady.resolve(blob);
      if (this.#take) {
        const answer = (event) => this.state === 'taking' && this.dispatch(event);
        // Not in this very step: the machine has to have arrived in `taking`.
        Promise.resolve()
          .then(() => (this.state === 'taking' ? /** @type {any} */ (this.#take)(blob) : false))
          .then(
            (kept) => answer(kept === false ? 'not-taken' : 'taken'),
            () => answer('not-taken'),
          );
      } else if (!this.#takeTime) {
        Promise.resolve().then(() => this.state === 'taking' && this.dispatch('taken'));
      }
    }
  }

  mayExport() {
    return this.peerBlob !== null && ['taking', 'sending-receipt', 'ended'].includes(/** @type {string} */ (this.state));
  }
}

export class ReceiverBase {
  #run;

  /**
   * `take` gets the initiator's blob and resolves when the application has it for good; it rejects, or
   * gives false, when it cannot keep it. With `takeTime` the program itself says `taken` or `notTaken`
   * after `blob`. With neither it is taken at once.
   * @param {import('./run.js').CommonOptions & {
   *   code: string | Uint8Array,
   *   take?: (blob: Uint8Array) => unknown,
   *   takeTime?: boolean,
   * }} options
   * @param {import('./sources.js').Sources} sources
   */
  constructor(options, sources) {
    this.#run = new ReceiverRun(options, sources);
  }

  /**
   * Begins the exchange.
   * @returns {Promise<string>} the verifier, when the receiver's answer is stored; rejects with RunEnded
   */
  start() {
    this.#run.begin('claiming', 'claim');
    return this.#run.verifierReady.promise;
  }

  /** The initiator's blob, to be taken. @returns {Promise<Uint8Array>} */
  blob() {
    return this.#run.blobReady.promise;
  }

  /** The application has the blob for good. @throws {WrongState} */
  taken() {
    this.#run.tell('taken');
  }

  /** The application cannot keep the blob. @throws {WrongState} */
  notTaken() {
    this.#run.tell('not-taken');
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
