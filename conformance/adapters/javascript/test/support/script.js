// Scripts as real processes, with a deadline on every wait.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/** Milliseconds: long enough for a busy machine, and never waited for in a test that passes. */
export const DEADLINE = 120_000;

/**
 * A promise with a deadline.
 * @template T
 * @param {Promise<T>} promise @param {() => string} what
 * @returns {Promise<T>}
 */
export async function inTime(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`in vain: ${what()}`)), DEADLINE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Script {
  out = '';
  err = '';
  #child;
  #exit;
  #closed = false;
  #wake = () => {};

  /** @param {import('node:test').TestContext} t @param {string} command @param {string[]} args @param {object} options */
  constructor(t, command, args, options) {
    this.#child = spawn(command, args, { ...options, stdio: 'pipe' });
    this.#exit = once(this.#child, 'close').then(([status]) => status);
    t.after(() => this.#child.kill('SIGKILL'));
    for (const name of ['out', 'err']) {
      this.#child[`std${name}`].setEncoding('utf8').on('data', (text) => {
        this[name] += text;
        this.#wake();
      });
    }
    const closed = () => {
      this.#closed = true;
      this.#wake();
    };
    this.#exit.then(closed, closed);
    this.#child.stdin.on('error', () => {});
  }

  #told() {
    return `${this.#child.spawnargs.join(' ')}\n${this.out}\n${this.err}`;
  }

  /** Waits until its standard output has this. @param {RegExp} pattern */
  async said(pattern) {
    const match = async () => {
      for (;;) {
        const found = pattern.exec(this.out);
        if (found) return found;
        if (this.#closed) throw new Error(`it ended without ${pattern}: ${this.#told()}`);
        await new Promise((wake) => (this.#wake = () => wake(undefined)));
      }
    };
    return inTime(match(), () => `${pattern} of ${this.#told()}`);
  }

  /** @param {string} line */
  type(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    this.#child.kill(signal);
  }

  /** The exit status. */
  ended() {
    return inTime(this.#exit, () => `the end of ${this.#told()}`);
  }
}

const run = promisify(execFile);

/** npm as a user calls it: without the settings that the npm above this test hands down, its `--prefix` first of all. */
export function npm(args, cwd) {
  const keep = /^npm_config_(registry|cache|userconfig|globalconfig|proxy|https_proxy|noproxy|cafile|offline)$/i;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || keep.test(name)));
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--prefer-offline'];
  return run('npm', [...args, ...quiet], { cwd, env, timeout: DEADLINE, shell: process.platform === 'win32' });
}
