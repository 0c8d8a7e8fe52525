// `npm install FOLDER` makes a link to this folder, and installs nothing of what is needed in it: that is done here.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const cwd = fileURLToPath(new URL('.', import.meta.url));
if (!existsSync(new URL('node_modules/@noble', import.meta.url))) {
  const args = ['ci', '--prefix', cwd, '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
}
