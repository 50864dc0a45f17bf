// Prepares a release, and leaves publishing to whoever has the right to:
//
//   npm run release -- --version 0.2.0 --repository URL [--homepage URL] [--bugs URL] [--page URL]
//     [--raw URL] [--dry-run]
//
// The version goes into package.json, package-lock.json and over what CHANGELOG has under "Unreleased"; addresses go into
// package.json, and are taken from there the next time. Then the package is built and packed, with README's pictures at
// absolute addresses where `--raw` says where the repository's files are served. `--dry-run` says what would change, and
// changes nothing.

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

const run = promisify(execFile);

/** Whether `next` follows `last`, both as MAJOR.MINOR.PATCH. */
function follows(next, last) {
  const [a, b] = [next, last].map((version) => version.split('.').map(Number));
  const at = a.findIndex((number, i) => number !== b[i]);
  return at >= 0 && a[at] > b[at];
}

/** An address that somebody gave, without a slash at its end. @throws Error unless it is https */
function address(name, text) {
  if (text === undefined) return undefined;
  if (!URL.canParse(text) || new URL(text).protocol !== 'https:') {
    throw new Error(`release: --${name} must be an address that begins with https://, got ${text}`);
  }
  return text.replace(/\/$/, '');
}

/**
 * The manifest of a release.
 *
 * @throws Error on a version that does not follow the last one, an address that is none, or no repository at all
 */
export function releasedManifest(manifest, options) {
  const { version } = options;
  if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) {
    throw new Error(`release: --version must be like 1.2.3, got ${version ?? 'none'}`);
  }
  if (!follows(version, manifest.version)) {
    throw new Error(`release: --version must follow ${manifest.version}, got ${version}`);
  }
  const url = address('repository', options.repository) ?? manifest.repository?.url;
  if (!url) throw new Error('release: say by --repository where the source is: no address is known yet');
  const homepage = address('homepage', options.homepage) ?? manifest.homepage;
  const bugs = address('bugs', options.bugs) ?? manifest.bugs;
  const page = address('page', options.page) ?? manifest.page;
  const { name, version: _, description, ...rest } = manifest;
  return {
    ...{ name, version, description },
    repository: { type: 'git', url },
    ...(homepage && { homepage }),
    ...(bugs && { bugs }),
    ...(page && { page }),
    ...Object.fromEntries(
      Object.entries(rest).filter(([key]) => !['repository', 'homepage', 'bugs', 'page'].includes(key)),
    ),
  };
}

/** CHANGELOG with what was unreleased under its version. @throws Error when nothing is */
export function releasedChangelog(text, version, date) {
  const [, entries] = /^## Unreleased\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(text) ?? [];
  if (!entries?.trim()) throw new Error('release: CHANGELOG.md has nothing under "Unreleased"');
  return text.replace(/^## Unreleased\n/m, () => `## Unreleased\n\n## ${version} (${date})\n`);
}

/** README with the addresses of pictures under `raw`, so that a registry, which has no pictures, shows them. */
export const publishedReadme = (text, raw) =>
  text.replace(/(!\[[^\]]*\]\()(?!https:)([^)\s]+)/g, (_, start, path) => `${start}${raw}/${path}`);

async function main() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const text = { type: 'string' };
  const { values } = parseArgs({
    options: {
      version: text,
      repository: text,
      homepage: text,
      bugs: text,
      page: text,
      raw: text,
      'dry-run': { type: 'boolean' },
    },
  });
  const isDry = values['dry-run'] ?? false;
  const read = (name) => readFile(join(root, name), 'utf8');
  const written = (value) => `${JSON.stringify(value, null, 2)}\n`;
  const manifest = JSON.parse(await read('package.json'));
  const lock = JSON.parse(await read('package-lock.json'));
  const raw = address('raw', values.raw);
  const next = releasedManifest(manifest, values);
  const { version } = next;
  const changelog = releasedChangelog(
    await read('CHANGELOG.md'),
    version,
    new Date().toISOString().slice(0, 10),
  );
  const pictures = (await read('README.md')).match(/!\[[^\]]*\]\((?!https:)/g)?.length ?? 0;

  console.log(`${manifest.name} ${manifest.version} becomes ${version}`);
  console.log(`repository: ${next.repository.url}`);
  console.log(`homepage: ${next.homepage ?? 'none'}`);
  console.log(`bugs: ${next.bugs ?? 'none'}`);
  console.log(`page: ${next.page ?? 'none'}`);
  console.log(
    `pictures of README: ${pictures}, ${raw ? `at ${raw}/` : 'which a registry will not show without --raw'}`,
  );
  if (isDry) {
    const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
    const [{ entryCount, size, unpackedSize }] = JSON.parse(stdout);
    const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
    console.log(`files: ${entryCount}, ${megabytes(size)} MB packed, ${megabytes(unpackedSize)} MB unpacked`);
    if (!existsSync(join(root, 'dist/index.js'))) console.log('not built: npm run build tells its size');
    console.log('nothing was changed');
    return;
  }

  const { stdout: changes } = await run('git', ['status', '--porcelain'], { cwd: root });
  if (changes) throw new Error('release: commit or put away what has changed first (git status)');
  lock.version = version;
  lock.packages[''].version = version;
  const names = ['package.json', 'package-lock.json', 'CHANGELOG.md'];
  const before = await Promise.all(names.map(read));
  for (const [i, text] of [written(next), written(lock), changelog].entries()) {
    await writeFile(join(root, names[i]), text);
  }
  const folder = await mkdtemp(join(tmpdir(), 'scorefield-release-'));
  try {
    const pack = async (cwd, to, ...words) => {
      const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', to, ...words], {
        cwd,
        maxBuffer: 1 << 26,
      });
      return stdout.trim().split('\n').at(-1);
    };
    // The build runs before npm packs.
    const file = await pack(root, folder);
    await run('tar', ['-xzf', file], { cwd: folder });
    const readme = join(folder, 'package', 'README.md');
    if (raw) await writeFile(readme, publishedReadme(await readFile(readme, 'utf8'), raw));
    await pack(join(folder, 'package'), root, '--ignore-scripts');
    console.log(`packed ${file}. Look at it, commit, tag v${version}, and: npm publish ${file}`);
  } catch (error) {
    // A release that was not packed has not been made: the next try begins from the same files.
    for (const [i, text] of before.entries()) await writeFile(join(root, names[i]), text);
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  });
}
