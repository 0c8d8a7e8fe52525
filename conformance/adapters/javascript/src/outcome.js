// Outcomes and what the user is told (section 12).
import { redact } from './redact.js';

const AGAIN = 'start again with a new code';

/** OUT-1, OUT-3. @satisfies {Record<import('./index.js').Outcome, string>} */
const sentences = {
  done: 'Done.',
  'bad-code': 'Check the code with the other user and type it again; it can still be used.',
  'bad-appid': 'Give an application identifier of 1 to 128 bytes.',
  'blob-too-large': 'Send at most 65 535 bytes; for more, send a key this way and the data another way.',
  'bad-rendezvous':
    'Give an address such as https://relay.example.com; plain http works to this machine only, unless you allow it.',
  'no-such-channel':
    'Check the number at the front of the code, and that both use the same relay and application; codes end after a while.',
  crowded: `Somebody else used this code first. If that was not you, somebody may be guessing: ${AGAIN}.`,
  closed: `The other side, or the relay, ended the exchange; ${AGAIN}.`,
  expired: `The code ran out of time; ${AGAIN}.`,
  'wrong-code': `The words did not match: mistyped, or somebody guessed. This code is spent; ${AGAIN}.`,
  'verifier-mismatch':
    'The words differ: somebody may be in between. Use nothing of this exchange, and start again with a new code over another relay.',
  'bad-element':
    'The other side, or the relay, sent something dishonest. Start again with a new code, and if it happens again use another relay.',
  'malformed-message': `The other side speaks the protocol wrongly; update both programs and ${AGAIN}.`,
  'relay-misbehaved': `The address may not be that of a relay, or the relay is broken; check the address, and ${AGAIN}.`,
  'relay-unreachable': `Check the network and the relay's address; ${AGAIN}.`,
  timeout: `The other side did not come in time; ${AGAIN}.`,
  cancelled: 'Cancelled. If the exchange had begun, its code is spent; start again with a new one.',
  'not-taken':
    "The other side's data came and could not be kept; the other side is told. Start again with a new code.",
  internal: `Report this as a fault of the program, and ${AGAIN}.`,
};

/** @type {Readonly<Record<import('./index.js').Outcome, string>>} */
export const SENTENCES = Object.freeze(sentences);

/**
 * How a run ended. The blob and the verifier are no properties of its own, so that printing it shows neither.
 */
export class Result {
  #blob;
  #verifier;

  static {
    redact(this);
  }

  /**
   * @param {{ outcome: import('./index.js').Outcome, delivered: boolean, message: string, reason?: string,
   *   fault?: string, blob?: Uint8Array, verifier?: string }} parts
   */
  constructor({ outcome, delivered, message, reason, fault, blob, verifier }) {
    this.outcome = outcome;
    this.delivered = delivered;
    if (reason !== undefined) this.reason = reason;
    if (fault !== undefined) this.fault = fault;
    this.message = message;
    this.#blob = blob;
    this.#verifier = verifier;
  }

  /** The peer's blob, where it is handed over. */
  get blob() {
    return this.#blob;
  }

  /** Eight words, with the blob. */
  get verifier() {
    return this.#verifier;
  }
}

/**
 * @param {'initiator' | 'receiver'} role
 * @param {{ outcome: import('./index.js').Outcome, delivered: boolean, reason?: string, detail?: string }} end
 * @returns {string}
 */
export function messageOf(role, { outcome, delivered, reason, detail }) {
  if (outcome === 'bad-code' && role === 'initiator') return 'A code has 2 to 8 words.';
  if (outcome === 'done' && role === 'initiator' && !delivered) {
    return reason === 'not-taken'
      ? "You have the other side's data, but the relay says that the other side could not keep yours; ask the other user."
      : "You have the other side's data, but it is not confirmed that yours arrived; ask the other user.";
  }
  if (outcome === 'closed' && (reason === 'wrong-code' || reason === 'verifier-mismatch')) {
    return `The relay says: ${SENTENCES[reason]}`;
  }
  return detail ? `${detail} ${SENTENCES[outcome]}` : SENTENCES[outcome];
}
