// What the matrices of bundlers and runtimes share: the packed package in fresh folders, programs run there, a table.

import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from 'puppeteer-core';

const root = fileURLToPath(new URL('../..', import.meta.url));
const APPLICATION = ['app.js', 'browser.js', 'node.js', 'key.js'];

/** The parts of the package that the application tries. */
export const PARTS = ['core', 'threads', 'plots', 'images', 'element'];

/** A folder for all that a script makes, removed when the program ends. */
export const work = await mkdtemp(join(tmpdir(), 'scorefield-packaging-'));
export const clean = () => rm(work, { recursive: true, force: true, maxRetries: 3 });

/**
 * Runs a program; it is killed after five minutes.
 *
 * @returns its status (null if it was killed or could not be started) and what it printed
 */
export function run(command, args, { cwd = work, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    });
    let stdout = '';
    let output = '';
    child.stdout.on('data', (data) => {
      stdout += data;
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('error', (error) => resolve({ status: null, stdout, output: error.message }));
    child.on('close', (status) => resolve({ status, stdout, output }));
  });
}

let tarball;

/** Packs the package as it would be published. */
async function pack() {
  const { status, output } = await run('npm', ['pack', '--silent', '--pack-destination', work], {
    cwd: root,
  });
  if (status !== 0) throw new Error(`npm pack: ${output}`);
  return join(
    work,
    (await readdir(work)).find((name) => name.endsWith('.tgz')),
  );
}

/**
 * A fresh folder with the application, the packed package and other packages.
 *
 * @param files more files by name
 * @returns its path; undefined, and the reason is printed, if the packages cannot be had
 */
export async function folderWith(packages, files = {}) {
  tarball ??= await pack();
  const folder = await mkdtemp(join(work, 'application-'));
  for (const name of APPLICATION) await copyFile(new URL(name, import.meta.url), join(folder, name));
  const manifest = JSON.stringify({ private: true, type: 'module' });
  for (const [name, text] of Object.entries({ 'package.json': manifest, ...files })) {
    await writeFile(join(folder, name), text);
  }
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', tarball, ...packages];
  const { status, output } = await run('npm', install, { cwd: folder });
  if (status === 0) return folder;
  console.error(`skipped: ${packages.join(', ')} cannot be installed (${output.match(/error.*/g)?.at(0)})`);
  return undefined;
}

export async function versionOf(folder, name) {
  return JSON.parse(await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** What the application has printed: its report; else the first line of what went wrong, for every part. */
export function reported({ stdout, output }) {
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (line) return JSON.parse(line);
  const reason = output.match(/^.*error.*$/im)?.[0].trim() ?? 'printed nothing';
  return Object.fromEntries(PARTS.map((part) => [part, reason]));
}

const TYPES = { '.js': 'text/javascript', '.html': 'text/html', '.wasm': 'application/wasm' };

/** Serves a folder's files; `/` is its index.html, or a page that runs `script`. */
function serve(folder, script) {
  const page = `<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="/${script}"></script>`;
  const server = createServer(async ({ url }, response) => {
    const path = url === '/' ? '/index.html' : url;
    const body = await readFile(join(folder, path)).catch(() => (url === '/' ? page : undefined));
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
    });
    response.end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** Opens an address in Chromium; what the application reports there, and what the browser says beside it. */
export async function visit(address) {
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  const browser = await launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const page = await browser.newPage();
    const said = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(address);
    await page.waitForFunction('globalThis.report', { timeout: 30_000 }).catch(() => {});
    const report = await page.evaluate('globalThis.report');
    const missing = said[0] ?? 'the script did not run';
    return { report: report ?? Object.fromEntries(PARTS.map((part) => [part, missing])), said };
  } finally {
    await browser.close();
  }
}

/** Opens a script in Chromium, served from its folder. */
export async function visitScript(path) {
  const server = await serve(dirname(path), path.split('/').at(-1));
  try {
    return await visit(`http://127.0.0.1:${server.address().port}/`);
  } finally {
    server.close();
  }
}

/** A table in Markdown; a cell that is no 'ok' is kept as it is, on one line. */
export function table(columns, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}
