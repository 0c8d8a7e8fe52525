// Invitation codes (section 4).
import { bytesOf, ascii } from './bytes.js';
import { redact } from './redact.js';
import { wordOf, isWordOf, nearestWords } from './words.js';

const CHANNEL = /^[1-9][0-9]{0,8}$/;

/**
 * A code that CODE-4 to CODE-7 refuse. `message` holds no word of it and may be logged; `explanation` names
 * what was typed and is for the user alone (RAND-2).
 */
export class CodeFault extends Error {
  #explanation;
  #suggestions;

  static {
    this.prototype.name = 'CodeFault';
    redact(this);
  }

  code = /** @type {const} */ ('ERR_WORMHOLE_BAD_CODE');

  /**
   * @param {import('./index.js').CodeFaultName} fault
   * @param {string} message
   * @param {{ explanation?: string, suggestions?: string[], position?: number, character?: string }} [more]
   */
  constructor(fault, message, { explanation = message, suggestions = [], position, character } = {}) {
    super(message);
    this.fault = fault;
    if (position !== undefined) this.position = position;
    if (character !== undefined) this.character = character;
    this.#explanation = explanation;
    this.#suggestions = suggestions;
  }

  get explanation() {
    return this.#explanation;
  }

  /** The nearest words, with `unknown-word`. */
  get suggestions() {
    return this.#suggestions;
  }
}

/** Length of the well-formed UTF-8 sequence at i (RFC 3629), or 0. */
function utf8Length(b, i) {
  const c = b[i];
  if (c < 0x80) return 1;
  const cont = (k, lo = 0x80, hi = 0xbf) => i + k < b.length && b[i + k] >= lo && b[i + k] <= hi;
  if (c >= 0xc2 && c <= 0xdf) return cont(1) ? 2 : 0;
  if (c >= 0xe0 && c <= 0xef) {
    return cont(1, c === 0xe0 ? 0xa0 : 0x80, c === 0xed ? 0x9f : 0xbf) && cont(2) ? 3 : 0;
  }
  if (c >= 0xf0 && c <= 0xf4) {
    return cont(1, c === 0xf0 ? 0x90 : 0x80, c === 0xf4 ? 0x8f : 0xbf) && cont(2) && cont(3) ? 4 : 0;
  }
  return 0;
}

function readAs(cp) {
  if (cp === 0xa0 || (cp >= 0x2000 && cp <= 0x200a) || cp === 0x202f || cp === 0x205f || cp === 0x3000) return ' ';
  if ((cp >= 0x2010 && cp <= 0x2015) || cp === 0x2212 || cp === 0xff0d) return '-';
  return null;
}

/**
 * Reads what a user typed (CODE-4 to CODE-7).
 * @param {string | Uint8Array} input
 * @returns {{ channel: number, words: string[], code: string }}
 * @throws {CodeFault}
 */
export function parseCode(input) {
  const bytes = bytesOf(input, 'code');
  if (bytes.length > 1024) throw new CodeFault('too-long', 'A code has at most 1024 bytes.');
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const n = utf8Length(bytes, i);
    if (n === 0) {
      const name = '0x' + bytes[i].toString(16).toUpperCase().padStart(2, '0');
      throw new CodeFault('bad-character', `The code has a byte that is no text: ${name}.`, { character: name });
    }
    const char = Buffer.from(bytes.subarray(i, i + n)).toString('utf8');
    const cp = /** @type {number} */ (char.codePointAt(0));
    const plain = cp === 9 || cp === 10 || cp === 13 || (cp >= 0x20 && cp <= 0x7e);
    if (plain) text += char;
    else if (readAs(cp)) text += readAs(cp);
    else if (!(cp === 0xfeff && i === 0)) {
      const name = 'U+' + cp.toString(16).toUpperCase().padStart(4, '0');
      throw new CodeFault('bad-character', `The code has a character that no code has: ${name}.`, { character: name });
    }
    i += n;
  }
  const parts = text
    .replace(/^[\t\n\r ]+/, '')
    .replace(/[\t\n\r ]+$/, '')
    .replace(/[A-Z]/g, (c) => c.toLowerCase())
    .replace(/[\t \-_]+/g, '-')
    .split('-');
  const [channel, ...words] = parts;
  if (!CHANNEL.test(channel) || channel.endsWith('\n')) {
    throw new CodeFault('bad-channel', 'A code begins with a number from 1 to 999999999.');
  }
  if (words.length < 2 || words.length > 8) {
    throw new CodeFault('word-count', 'A code has 2 to 8 words after its number.');
  }
  const i = words.findIndex((word, at) => !isWordOf(at, word));
  if (i >= 0) {
    if (isWordOf(i + 1, words[i]) && i + 1 < words.length && isWordOf(i, words[i + 1])) {
      throw new CodeFault('swapped-words', `Words ${i + 1} and ${i + 2} are swapped.`, {
        explanation: `The words "${words[i]}" and "${words[i + 1]}" are swapped.`,
        position: i,
      });
    }
    const suggestions = nearestWords(i, words[i]);
    throw new CodeFault('unknown-word', `Word ${i + 1} is no word of a code there.`, {
      explanation: `${JSON.stringify(words[i])} is no word of a code here; did you mean ${suggestions.join(', ')}?`,
      position: i,
      suggestions,
    });
  }
  return { channel: Number(channel), words, code: parts.join('-') };
}

/** CODE-3. @param {number} channel @param {string[]} words */
export const formatCode = (channel, words) => [String(channel), ...words].join('-');

/** CODE-2. @param {Uint8Array} bytes */
export const wordsOf = (bytes) => Array.from(bytes, (b, i) => wordOf(i, b));

/** Is the text a code exactly as CODE-3 shows it? @param {string} text */
export function isExactCode(text) {
  try {
    return parseCode(text).code === text;
  } catch (error) {
    if (error instanceof CodeFault) return false;
    throw error;
  }
}

/** PAKE-1. @param {string[]} words */
export const passwordOf = (words) => ascii(words.join('-'));
