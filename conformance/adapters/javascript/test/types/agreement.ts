// Compiled, never run: what index.d.ts declares is what the sources have, and nothing less.
import type * as declared from '../../src/index.js';
import type * as initiator from '../../src/initiator.js';
import type * as receiver from '../../src/receiver.js';
import type * as errors from '../../src/errors.js';
import type * as code from '../../src/code.js';
import type * as link from '../../src/link.js';
import type * as outcome from '../../src/outcome.js';
import type * as address from '../../src/address.js';

/** The sources' type can be used as the declared one, and has no member that is not declared. */
type Agrees<Made extends Declared, Declared> = [Exclude<keyof Made, keyof Declared>] extends [never] ? true : false;

export type Classes = [
  Agrees<initiator.Initiator, declared.Initiator>,
  Agrees<receiver.Receiver, declared.Receiver>,
  Agrees<typeof initiator.Initiator, typeof declared.Initiator>,
  Agrees<typeof receiver.Receiver, typeof declared.Receiver>,
  Agrees<errors.WormholeError, declared.WormholeError>,
  Agrees<errors.WrongState, declared.WrongState>,
  Agrees<code.CodeFault, declared.CodeFault>,
  Agrees<link.LinkFault, declared.LinkFault>,
];
export type Functions = [
  Agrees<typeof code.parseCode, typeof declared.parseCode>,
  Agrees<typeof link.formatLink, typeof declared.formatLink>,
  Agrees<typeof link.parseLink, typeof declared.parseLink>,
  Agrees<typeof link.sameRelay, typeof declared.sameRelay>,
  Agrees<typeof outcome.SENTENCES, typeof declared.SENTENCES>,
  Agrees<typeof address.DEFAULT_RENDEZVOUS, typeof declared.DEFAULT_RENDEZVOUS>,
  Agrees<typeof address.RENDEZVOUS_VARIABLE, typeof declared.RENDEZVOUS_VARIABLE>,
];
type AllTrue<T extends readonly true[]> = T;
export type Checked = [AllTrue<Classes>, AllTrue<Functions>];
