// The rendezvous address of a run: what the program gives, else the environment, else the default.

/** A relay on this machine, as in the reference. */
export const DEFAULT_RENDEZVOUS = 'http://127.0.0.1:4000';

/** The environment variable that overrides the default. */
export const RENDEZVOUS_VARIABLE = 'WORMHOLE_SYNC_RENDEZVOUS';

/** An empty variable counts as none. @param {string | undefined} given @returns {string} not yet checked (RDV-1) */
export const chooseRendezvous = (given) => given ?? (process.env[RENDEZVOUS_VARIABLE] || DEFAULT_RENDEZVOUS);
