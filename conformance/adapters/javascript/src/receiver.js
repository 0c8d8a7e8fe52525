// The receiver (section 11.5).
import { RECEIVER } from './receiver-table.js';
import { Run } from './run.js';
import { deferred, needed } from './deferred.js';
import { eventOfSame } from './question.js';
import { WrongState } from './errors.js';
import { ORDINARY } from './sources.js';
import { Pake, BadElement } from './pake.js';
import { deriveKeys } from './keys.js';
import { isSealedLength, open, seal, sealBlob, unpad } from './seal.js';
import { parseCode, passwordOf, CodeFault } from './code.js';
import { writeBody, writeClaim } from './messages.js';
import { concat, wipe } from './bytes.js';

/** The run of a receiver, for the classes of this file and of test-hooks.js. */
export class ReceiverRun extends Run {
  verifierReady = deferred();
  blobReady = deferred();
  /** @type {string | Uint8Array | undefined} */
  #input;
  /** @type {string[]} */
  #words = [];
  #compare;
  #take;
  #takeTime;

  /**
   * @param {import('./index.js').ReceiverOptions} options
   * @param {import('./sources.js').Sources} sources
   * @param {import('./run.js').ByHand} [byHand]
   */
  constructor(options, sources, byHand = {}) {
    super('receiver', RECEIVER, options, sources, byHand);
    this.#input = this.options.code;
    delete this.options.code;
    this.#compare = this.options.compare;
    this.#take = this.options.take;
    this.#takeTime = byHand.takeTime === true;
    this.waiting = [this.verifierReady, this.blobReady];
  }

  /** @returns {import('./run.js').End | null} */
  checkCode() {
    try {
      const { channel, words } = parseCode(needed(this.#input));
      this.channel = channel;
      this.#words = words;
      return null;
    } catch (error) {
      if (!(error instanceof CodeFault)) throw error;
      return { outcome: 'bad-code', codeFault: error };
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
    const keys = needed(this.keys);
    if (name === 'put answer') {
      const sealed = sealBlob(keys.receiverBlob, keys.th, this.blob);
      wipe(keys.receiverBlob);
      return writeBody(concat(needed(this.pake).message, sealed));
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
    const pake = needed(this.pake);
    try {
      if (offer.length !== 33) return 'offer-malformed';
      const key = pake.finish(offer);
      const [channel, answerMessage] = [needed(this.channel), pake.message];
      this.setKeys(deriveKeys({ key, appid: this.appid, channel, offer, answerMessage }));
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
    const keys = needed(this.keys);
    const padded = open(keys.initiatorBlob, keys.th, finish);
    wipe(keys.initiatorBlob);
    if (!padded) return 'finish-unopened';
    const blob = unpad(padded);
    wipe(padded);
    if (!blob) return 'finish-malformed';
    this.peerBlob = blob;
    return 'finish-opened';
  }

  /** @param {string} state @param {string | null} from */
  entered(state, from) {
    if (state === 'comparing' && from === 'answering') {
      const [verifier, compare] = [needed(this.verifier), this.#compare];
      this.verifierReady.resolve(verifier);
      const states = ['comparing', 'opened'];
      if (compare) this.ask(states, async (signal) => compare(verifier, { signal }), eventOfSame, 'cancel');
    }
    if (state === 'taking') {
      // A copy: the run wipes its own when it ends without `done`, and the application may be at work.
      const blob = Uint8Array.from(needed(this.peerBlob));
      this.blobReady.resolve(blob);
      if (this.#takeTime) return;
      const take = this.#take ?? (() => true);
      const eventOf = (kept) => (kept === false ? 'not-taken' : 'taken');
      this.ask(['taking'], async (signal) => take(blob, { signal }), eventOf, 'not-taken');
    }
  }

  mayExport() {
    return this.peerBlob !== null && ['taking', 'sending-receipt', 'ended'].includes(/** @type {string} */ (this.state));
  }
}

/** What the receiver's class and the one under test share. */
export class ReceiverBase {
  #run;

  /** @param {ReceiverRun} run */
  constructor(run) {
    this.#run = run;
  }

  /**
   * Begins the exchange.
   * @returns {Promise<string>} the verifier, when the receiver's answer is stored
   */
  start() {
    try {
      this.#run.begin('claiming', 'claim');
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#run.verifierReady.promise;
  }

  /** The end. @returns {Promise<import('./index.js').Result>} rejects with a WormholeError, unless `done` */
  async finish() {
    if (this.#run.state === null) this.start();
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

/** The receiver. Its options and methods are described in index.d.ts. */
export class Receiver extends ReceiverBase {
  /** @param {import('./index.js').ReceiverOptions} options */
  constructor(options) {
    super(new ReceiverRun(options, ORDINARY));
  }
}
