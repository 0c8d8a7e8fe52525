// The relay in Python, where the suite has installed what it needs.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { Script } from './script.js';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const environment = join(root, 'target/conformance-relay-python');

/** The Python of that environment, or null. */
export const pythonOfRelay = existsSync(join(environment, 'requirements-installed.txt'))
  ? join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python3')
  : null;

/** @param {import('node:test').TestContext} t @param {string} python @returns {Promise<string>} its address */
export async function pythonRelay(t, python) {
  const cwd = join(root, 'conformance/relays/python');
  const relay = new Script(t, python, ['-B', '-m', 'relay', '--listen', '127.0.0.1:0'], { cwd });
  return (await relay.said(/^listening on (http:\S+)$/m))[1];
}
