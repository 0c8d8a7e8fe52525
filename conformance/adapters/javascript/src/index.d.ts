// The package's types. test/types/agreement.ts fails when they and the sources differ.

/** Text is taken as its UTF-8. */
export type Bytes = string | Uint8Array;

/** The outcomes of section 12. */
export type Outcome =
  | 'done'
  | 'bad-code'
  | 'bad-appid'
  | 'blob-too-large'
  | 'bad-rendezvous'
  | 'no-such-channel'
  | 'crowded'
  | 'closed'
  | 'expired'
  | 'wrong-code'
  | 'verifier-mismatch'
  | 'bad-element'
  | 'malformed-message'
  | 'relay-misbehaved'
  | 'relay-unreachable'
  | 'timeout'
  | 'cancelled'
  | 'not-taken'
  | 'internal';

/** Every outcome but `done`. */
export type Failure = Exclude<Outcome, 'done'>;

/** Why the channel was closed, by the relay's word; `lost`: the relay has forgotten the channel. */
export type CloseReason =
  | 'done'
  | 'wrong-code'
  | 'bad-element'
  | 'malformed-message'
  | 'verifier-mismatch'
  | 'not-taken'
  | 'cancelled'
  | 'timeout'
  | 'relay-misbehaved'
  | 'other'
  | 'lost';

/** What is wrong with a code that was typed (section 4). */
export type CodeFaultName =
  | 'too-long'
  | 'bad-character'
  | 'bad-channel'
  | 'word-count'
  | 'swapped-words'
  | 'unknown-word';

/** What is wrong with a link (LINK-2). */
export type LinkFaultName = 'too-long' | 'bad-form' | 'bad-code' | 'bad-appid' | 'bad-relay';

/** The options of both roles. An option that is not known, or of another type, throws a `TypeError`. */
export interface CommonOptions {
  /** The name of the application, such as `example.com/app1`: 1 to 128 bytes, the same on both sides. */
  appid: Bytes;
  /** The own blob: at most 65 535 bytes. It is copied, and the copy is wiped at the end. */
  blob: Bytes;
  /** The relay's address; else that of the environment variable `WORMHOLE_SYNC_RENDEZVOUS`, else `DEFAULT_RENDEZVOUS`. */
  rendezvous?: string | undefined;
  /** The user allows plain `http` to other machines. */
  allowHttp?: boolean | undefined;
  /** Certificate authorities (PEM) in place of the system's. */
  ca?: Bytes | undefined;
  /** Milliseconds from the beginning. When they have passed, the run ends as `timeout`, and the other side hears so. */
  timeout?: number | undefined;
  /** Its abort cancels the run. */
  signal?: AbortSignal | undefined;
}

export interface InitiatorOptions extends CommonOptions {
  /** The number of words of the code: 2 to 8, 2 unless given. */
  words?: number | undefined;
  /**
   * Lets the user compare the verifier before anything is sent: `true` goes on, `false` says that the other
   * side shows other words. When it throws, the run is cancelled.
   */
  compare?:
    | ((verifier: string, more: { blob: Uint8Array; signal: AbortSignal }) => boolean | PromiseLike<boolean>)
    | undefined;
}

export interface ReceiverOptions extends CommonOptions {
  /** The code as the user typed it. */
  code: Bytes;
  /**
   * Lets the user compare the verifier before the initiator's blob is handed over: `true` goes on, `false`
   * says that the other side shows other words. When it throws, the run is cancelled.
   */
  compare?: ((verifier: string, more: { signal: AbortSignal }) => boolean | PromiseLike<boolean>) | undefined;
  /**
   * Takes the initiator's blob for good, for example into a file. The initiator hears that its blob arrived
   * once this has returned. When it throws, or gives `false`, the run ends as `not-taken` on both sides.
   */
  take?: ((blob: Uint8Array, more: { signal: AbortSignal }) => unknown) | undefined;
}

/** The end of a run that is `done`. */
export interface Result {
  readonly outcome: 'done';
  /** Did the own blob certainly arrive? */
  readonly delivered: boolean;
  /** With an initiator's `delivered: false`: the relay says that the other side could not keep the blob. */
  readonly reason?: 'not-taken';
  /** The sentence for the user. */
  readonly message: string;
  /** The other side's blob. Printing the result does not show it. */
  get blob(): Uint8Array;
  /** Eight words that are the same on both sides, unless somebody is in between. */
  get verifier(): string;
}

/** The end of any other run. */
export interface FailedResult {
  readonly outcome: Failure;
  readonly delivered: false;
  readonly reason?: CloseReason;
  readonly fault?: CodeFaultName;
  /** The sentence for the user. */
  readonly message: string;
  /** The receiver's blob, at an initiator to whom it had come before the end (INIT-3). */
  get blob(): Uint8Array | undefined;
  /** With the blob. */
  get verifier(): string | undefined;
}

/** One side that shows a code. An object is good for one run. */
export class Initiator {
  constructor(options: InitiatorOptions);
  /** Begins the exchange, and gives the code to show. */
  start(): Promise<string>;
  /** The end. It rejects with a `WormholeError`, unless the outcome is `done`. */
  finish(): Promise<Result>;
  /**
   * A further key, the same on both sides for the same label and length (section 6.2). There is one from
   * `compare` on, where the receiver's blob is.
   * @throws {WrongState} before that; {RangeError} for a label of 0 or over 255 bytes, a length outside 1 to 8160
   */
  exportKey(label: Bytes, length: number): Uint8Array;
  /** Cancels a run that goes on (a second time: without telling the relay), and wipes the key behind `exportKey`. */
  dispose(): void;
  /** The relay's address, as for `formatLink`. */
  get rendezvous(): string;
}

/** One side whose user types the code in. An object is good for one run. */
export class Receiver {
  constructor(options: ReceiverOptions);
  /** Begins the exchange, and gives the verifier as soon as there is one. `finish` begins it as well. */
  start(): Promise<string>;
  /** The end. It rejects with a `WormholeError`, unless the outcome is `done`. */
  finish(): Promise<Result>;
  /**
   * A further key, the same on both sides for the same label and length (section 6.2). There is one in `take`,
   * and after `done`.
   * @throws {WrongState} before that; {RangeError} for a label of 0 or over 255 bytes, a length outside 1 to 8160
   */
  exportKey(label: Bytes, length: number): Uint8Array;
  /** Cancels a run that goes on (a second time: without telling the relay), and wipes the key behind `exportKey`. */
  dispose(): void;
  /** The relay's address. */
  get rendezvous(): string;
}

type Shouted<S extends string> = S extends `${infer A}-${infer B}` ? `${Uppercase<A>}_${Shouted<B>}` : Uppercase<S>;

/**
 * A run ended otherwise than as `done`. `message` is the specification's sentence for the user, and may be
 * logged. `cause` is what brought the run to this end on this side, where there is such a thing: the reason
 * of the `signal`, what `compare` or `take` threw, the `CodeFault`.
 */
export class WormholeError extends Error {
  private constructor();
  readonly code: `ERR_WORMHOLE_${Shouted<Failure>}`;
  readonly outcome: Failure;
  /** With `closed`. */
  readonly reason?: CloseReason;
  /** With a receiver's `bad-code`. */
  readonly fault?: CodeFaultName;
  /** How the run ended, with the receiver's blob of INIT-3. Printing the error does not show it. */
  get result(): FailedResult;
  /** As `message`; with `bad-code`, it names what the user typed. It is for the user alone, not for logs. */
  get explanation(): string;
}

/** A call that the state of the run does not allow; the run is as it was. */
export class WrongState extends Error {
  private constructor();
  readonly code: 'ERR_WORMHOLE_WRONG_STATE';
}

/** A text that is no code. `message` may be logged. */
export class CodeFault extends Error {
  private constructor();
  readonly code: 'ERR_WORMHOLE_BAD_CODE';
  readonly fault: CodeFaultName;
  /** With `unknown-word` and `swapped-words`: the word, counted from 0. */
  readonly position?: number;
  /** With `bad-character`: such as `U+00F6`, or `0xF6` for a byte that is no text. */
  readonly character?: string;
  /** As `message`, and names what the user typed. It is for the user alone, not for logs. */
  get explanation(): string;
  /** With `unknown-word`: the nearest words. */
  get suggestions(): readonly string[];
}

/** A text that is no link. */
export class LinkFault extends Error {
  private constructor();
  readonly code: 'ERR_WORMHOLE_BAD_LINK';
  readonly fault: LinkFaultName;
}

/** Reads a code as a receiver does, for programs that check it while it is typed. @throws {CodeFault} */
export function parseCode(input: Bytes): { channel: number; words: string[]; code: string };

/** The link of a code (section 4.1), as secret as the code. */
export function formatLink(parts: { code: string; appid: Bytes; relay: string }): string;

/**
 * Reads a link. A link begins nothing: LINK-4 to LINK-6 say what its user is asked before a run.
 * @param options `allowHttp`: the user's own permission for plain `http`, never the link's
 * @throws {LinkFault}
 */
export function parseLink(
  link: Bytes,
  options?: { allowHttp?: boolean },
): { code: string; appid: Uint8Array; relay: string };

/** Are these two addresses the same relay? (LINK-5) */
export function sameRelay(a: string, b: string): boolean;

/** The sentence of each outcome. */
export const SENTENCES: Readonly<Record<Outcome, string>>;

/** The address of the relay when nobody gives one: one on this machine. */
export const DEFAULT_RENDEZVOUS: string;

/** The name of the environment variable that overrides it. */
export const RENDEZVOUS_VARIABLE: string;
