// A user's program: compiled against the installed package, never run.
import {
  CodeFault,
  DEFAULT_RENDEZVOUS,
  Initiator,
  LinkFault,
  Receiver,
  SENTENCES,
  WormholeError,
  WrongState,
  formatLink,
  parseCode,
  parseLink,
  sameRelay,
} from 'wormhole-sync';
import type { CloseReason, Failure, InitiatorOptions, Outcome, Result } from 'wormhole-sync';

const options: InitiatorOptions = {
  appid: 'example.com/app1',
  blob: new Uint8Array(3),
  rendezvous: process.env['RELAY'],
  signal: AbortSignal.any([AbortSignal.timeout(1000)]),
  timeout: 1000,
  compare: async (verifier, { blob, signal }) => verifier.length > 0 && blob.length > 0 && !signal.aborted,
};

export async function initiate(): Promise<Uint8Array> {
  const initiator = new Initiator(options);
  const code: string = await initiator.start();
  const link: string = formatLink({ code, appid: 'example.com/app1', relay: initiator.rendezvous });
  const { blob, delivered, message, verifier }: Result = await initiator.finish();
  const key: Uint8Array = initiator.exportKey('label', 32);
  initiator.dispose();
  console.log(link, delivered ? key.length : message, verifier.split(' '));
  return blob;
}

export async function receive(code: string): Promise<Uint8Array | undefined> {
  const take = async (blob: Uint8Array, { signal }: { signal: AbortSignal }) => blob.length > 0 && !signal.aborted;
  const receiver = new Receiver({ appid: Buffer.from('x'), blob: '', code, take, compare: () => true });
  try {
    const verifier: string = await receiver.start();
    console.log(verifier);
    return (await receiver.finish()).blob;
  } catch (error) {
    if (error instanceof WrongState) return undefined;
    if (!(error instanceof WormholeError)) throw error;
    const reason: CloseReason | undefined = error.reason;
    console.log(advice(error.outcome), reason, error.code === 'ERR_WORMHOLE_WRONG_CODE', error.explanation);
    if (error.cause instanceof CodeFault) console.log(error.cause.suggestions.join(), error.fault === 'unknown-word');
    return error.result.blob;
  }
}

/** Complete, or it does not compile. */
function advice(outcome: Failure): string {
  switch (outcome) {
    case 'bad-code':
      return 'type it again';
    case 'bad-appid':
    case 'blob-too-large':
    case 'bad-rendezvous':
      return 'nothing was sent';
    case 'no-such-channel':
    case 'crowded':
    case 'closed':
    case 'expired':
    case 'wrong-code':
    case 'verifier-mismatch':
    case 'bad-element':
    case 'malformed-message':
    case 'relay-misbehaved':
    case 'relay-unreachable':
    case 'timeout':
    case 'cancelled':
    case 'not-taken':
    case 'internal':
      return SENTENCES[outcome];
  }
}

export function linked(text: string): { channel: number; own: boolean } {
  try {
    const { code, relay } = parseLink(text, { allowHttp: false });
    return { channel: parseCode(code).channel, own: sameRelay(relay, DEFAULT_RENDEZVOUS) };
  } catch (error) {
    if (error instanceof LinkFault && error.fault === 'bad-form') return { channel: 0, own: false };
    throw error;
  }
}

export const outcomes: Outcome[] = ['done'];

export function mistakes(error: WormholeError, initiator: Initiator): void {
  // @ts-expect-error the blob is missing
  new Initiator({ appid: 'a' });
  // @ts-expect-error no such option
  new Initiator({ appid: 'a', blob: '', lookFirst: true });
  // @ts-expect-error the code is missing
  new Receiver({ appid: 'a', blob: '' });
  // @ts-expect-error nothing but a boolean
  new Initiator({ appid: 'a', blob: '', compare: () => 'yes' });
  // @ts-expect-error no such outcome
  console.log(error.outcome === 'done');
  // @ts-expect-error no such code
  console.log(error.code === 'ERR_WORMHOLE_DONE');
  // @ts-expect-error perhaps there is none
  console.log(error.result.blob.length);
  // @ts-expect-error it is for the run to make
  new WormholeError();
  // @ts-expect-error for the suite alone
  initiator.release();
}
