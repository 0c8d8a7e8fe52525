// wormhole-sync/1: the client, both roles.
import { InitiatorBase } from './initiator.js';
import { ReceiverBase } from './receiver.js';
import { ORDINARY } from './sources.js';

export { RunEnded, WrongState } from './run.js';
export { parseCode, CodeFault } from './code.js';
export { formatLink, parseLink, sameRelay, LinkFault } from './link.js';
export { SENTENCES } from './outcome.js';

/**
 * const i = new Initiator({ appid, blob, rendezvous });
 * show(await i.start());
 * const result = await i.finish();
 */
export class Initiator extends InitiatorBase {
  /** @param {ConstructorParameters<typeof InitiatorBase>[0]} options */
  constructor(options) {
    super(options, ORDINARY);
  }
}

/**
 * const r = new Receiver({ appid, blob, rendezvous, code, take: (blob) => writeFile(...) });
 * show(await r.start()); // the verifier
 * const result = await r.finish();
 */
export class Receiver extends ReceiverBase {
  /** @param {ConstructorParameters<typeof ReceiverBase>[0]} options */
  constructor(options) {
    super(options, ORDINARY);
  }
}
