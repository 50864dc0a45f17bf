// npm runs this after an install in a clone, and before it packs a clone that somebody installs from git: that one must be
// built. After `npm ci` it is not: whoever works in a clone builds by what they run next.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const isBuilt = existsSync(new URL('../dist/index.d.ts', import.meta.url));
if (!isBuilt && process.env.npm_command !== 'ci') {
  execFileSync('npm', ['run', '--silent', 'build'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
}
