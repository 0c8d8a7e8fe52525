// Strict JSON (JSON-1 to JSON-3): JSON.parse takes doubled names and hides how numbers are written.

/** A number as it was written. */
export class JsonNumber {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.value = Number(text);
  }
}

export class JsonFault extends Error {}

const MAX_DEPTH = 16;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  space() {
    const t = this.text;
    while (this.at < t.length && ' \t\n\r'.includes(t[this.at])) this.at++;
  }

  /** @param {string} c */
  take(c) {
    if (this.text[this.at] !== c) throw new JsonFault('syntax');
    this.at++;
  }

  /** @param {number} depth level of an array or object that begins here */
  value(depth) {
    const c = this.text[this.at];
    if (c === '{') return this.object(depth);
    if (c === '[') return this.array(depth);
    if (c === '"') return this.string();
    for (const [word, value] of /** @type {[string, unknown][]} */ ([['true', true], ['false', false], ['null', null]])) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    NUMBER.lastIndex = this.at;
    const m = NUMBER.exec(this.text);
    if (!m) throw new JsonFault('syntax');
    this.at += m[0].length;
    const number = new JsonNumber(m[0]);
    if (!Number.isFinite(number.value)) throw new JsonFault('number');
    return number;
  }

  object(depth) {
    if (depth > MAX_DEPTH) throw new JsonFault('depth');
    /** @type {Map<string, unknown>} */
    const out = new Map();
    this.at++;
    this.space();
    if (this.text[this.at] === '}') {
      this.at++;
      return out;
    }
    for (;;) {
      this.space();
      const name = this.string();
      if (out.has(name)) throw new JsonFault('doubled name');
      this.space();
      this.take(':');
      this.space();
      out.set(name, this.value(depth + 1));
      this.space();
      if (this.text[this.at] === ',') this.at++;
      else {
        this.take('}');
        return out;
      }
    }
  }

  array(depth) {
    if (depth > MAX_DEPTH) throw new JsonFault('depth');
    const out = [];
    this.at++;
    this.space();
    if (this.text[this.at] === ']') {
      this.at++;
      return out;
    }
    for (;;) {
      this.space();
      out.push(this.value(depth + 1));
      this.space();
      if (this.text[this.at] === ',') this.at++;
      else {
        this.take(']');
        return out;
      }
    }
  }

  string() {
    this.take('"');
    const parts = [];
    for (;;) {
      PLAIN.lastIndex = this.at;
      const plain = /** @type {RegExpExecArray} */ (PLAIN.exec(this.text))[0];
      parts.push(plain);
      this.at += plain.length;
      const c = this.text[this.at++];
      if (c === '"') break;
      if (c !== '\\') throw new JsonFault('string');
      const e = this.text[this.at++];
      if (e === 'u') {
        const hex = this.text.slice(this.at, this.at + 4);
        if (!/^[0-9A-Fa-f]{4}$/.test(hex)) throw new JsonFault('escape');
        parts.push(String.fromCharCode(parseInt(hex, 16)));
        this.at += 4;
      } else if (e !== undefined && Object.hasOwn(ESCAPES, e)) parts.push(ESCAPES[e]);
      else throw new JsonFault('escape');
    }
    const out = parts.join('');
    // The text is UTF-8, so that a lone surrogate can come of an escape only.
    if (!out.isWellFormed()) throw new JsonFault('surrogate');
    return out;
  }
}

/**
 * Reads a text whose top level is an object. Objects are Maps, numbers are JsonNumber.
 * @param {Uint8Array} bytes
 * @returns {Map<string, any>}
 * @throws {JsonFault}
 */
export function readJson(bytes) {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new JsonFault('utf-8');
  }
  const reader = new Reader(text);
  reader.space();
  if (text[reader.at] !== '{') throw new JsonFault('top level');
  const value = reader.object(1);
  reader.space();
  if (reader.at !== text.length) throw new JsonFault('after the value');
  return value;
}
