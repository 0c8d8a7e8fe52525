// Time (section 2, TIME-10): a clock that never goes back and goes on while the machine sleeps.
import { uptime } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

// process.hrtime stands still in sleep, os.uptime (CLOCK_BOOTTIME on Linux) does not, but is coarse:
// the fine clock is used, and what the coarse one is ahead of it by is added.
const fine = () => Number(process.hrtime.bigint()) / 1e6;
const coarse = () => {
  try {
    return uptime() * 1000;
  } catch {
    return NaN;
  }
};
const drift0 = coarse() - fine();
let slept = 0;

/** @returns {number} milliseconds */
export function now() {
  const f = fine();
  const ahead = coarse() - f - drift0;
  if (ahead > slept + 500) slept = ahead;
  return f + slept;
}

const SLICE = 2000;

/**
 * Sleeps until a moment of `now`. Sliced, so that it ends soon after the machine has woken.
 * @param {number} until
 * @param {AbortSignal} [signal]
 */
export async function sleepUntil(until, signal) {
  for (;;) {
    const rest = until - now();
    if (rest <= 0) return;
    await delay(Math.min(SLICE, Math.ceil(rest)), undefined, { signal });
  }
}

/**
 * Calls back at a moment of `now`.
 * @param {number} until
 * @param {() => void} callback
 * @returns {() => void} stops it
 */
export function alarm(until, callback) {
  const controller = new AbortController();
  sleepUntil(until, controller.signal).then(
    () => controller.signal.aborted || callback(),
    () => {},
  );
  return () => controller.abort();
}
