// TEST HOOKS (section 13). Not for ordinary programs: made-up random values are no secrets.
import { InitiatorBase } from './initiator.js';
import { ReceiverBase } from './receiver.js';
import { ORDINARY } from './sources.js';
import { littleEndian, L } from './pake.js';

/**
 * @typedef {object} Hooks
 * @property {Uint8Array | null} [side]
 * @property {Uint8Array | null} [words]
 * @property {Uint8Array | null} [pake_scalar] little-endian
 * @property {number} [second] milliseconds
 *
 * A value that is null has a source that fails; one that is not given is drawn as ever.
 */

const form = (ok, what) => {
  if (!ok) throw new TypeError(`test hook: ${what}`);
};

/** @param {Hooks} hooks @param {number} [words] @returns {import('./sources.js').Sources} */
function sourcesOf(hooks, words) {
  const given = (name, ordinary, read = (v) => v) => {
    const value = hooks[name];
    if (value === undefined) return ordinary;
    if (value === null) {
      return () => {
        throw new Error('the source fails');
      };
    }
    form(value instanceof Uint8Array, name);
    const copy = Uint8Array.from(value);
    return () => read(Uint8Array.from(copy));
  };
  const { side, pake_scalar: scalar, second = 1000 } = hooks;
  if (side) form(side.length === 16, 'side has 16 bytes');
  if (hooks.words && words !== undefined && words >= 2 && words <= 8) {
    form(hooks.words.length === words, 'one byte for each word');
  }
  if (scalar) form(scalar.length === 32 && littleEndian(scalar) < L, 'pake_scalar is 32 bytes below L');
  form(Number.isFinite(second) && second > 0, 'second');
  return {
    side: given('side', ORDINARY.side),
    words: given('words', ORDINARY.words),
    scalar: given('pake_scalar', ORDINARY.scalar, littleEndian),
    second,
  };
}

export class InitiatorUnderTest extends InitiatorBase {
  /** @param {ConstructorParameters<typeof InitiatorBase>[0]} options @param {Hooks} hooks */
  constructor(options, hooks) {
    super(options, sourcesOf(hooks, options.words ?? 2));
  }
}

export class ReceiverUnderTest extends ReceiverBase {
  /** @param {ConstructorParameters<typeof ReceiverBase>[0]} options @param {Hooks} hooks */
  constructor(options, hooks) {
    super(options, sourcesOf(hooks));
  }
}
