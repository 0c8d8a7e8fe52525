// wormhole-sync/1: the client, both roles. index.d.ts describes what is here.
export { Initiator } from './initiator.js';
export { Receiver } from './receiver.js';
export { WormholeError, WrongState } from './errors.js';
export { parseCode, CodeFault } from './code.js';
export { formatLink, parseLink, sameRelay, LinkFault } from './link.js';
export { SENTENCES } from './outcome.js';
export { DEFAULT_RENDEZVOUS, RENDEZVOUS_VARIABLE } from './address.js';
