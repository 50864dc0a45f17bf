import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
// @ts-expect-error A script, without types.
import { publishedReadme, releasedChangelog, releasedManifest } from '../../src/release.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name: string) => readFileSync(`${root}/${name}`, 'utf8');
const manifest = JSON.parse(read('package.json'));
const files = ['package.json', 'package-lock.json', 'CHANGELOG.md', 'README.md'];
const release = (...words: string[]) => run(process.execPath, ['src/release.mjs', ...words], { cwd: root });

describe('version', () => {
  it('is that of package-lock.json, and CHANGELOG has it or what is to be the first', () => {
    const lock = JSON.parse(read('package-lock.json'));
    expect([lock.version, lock.packages[''].version]).toEqual([manifest.version, manifest.version]);
    const [unreleased, ...released] = [...read('CHANGELOG.md').matchAll(/^## (\S+)/gm)].map(
      ([, name]) => name,
    );
    expect(unreleased).toBe('Unreleased');
    expect(released[0] ?? manifest.version).toBe(manifest.version);
  });
});

describe('npm run release', () => {
  const repository = 'https://example.org/scorefield';

  it('--dry-run says what would change, and changes nothing', async () => {
    const before = files.map(read);
    const words = ['--version', '99.0.0', '--repository', `${repository}/`, '--raw', `${repository}/raw`];
    const { stdout, stderr } = await release(...words, '--dry-run');
    expect(stderr).toBe('');
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toBe(`scorefield ${manifest.version} becomes 99.0.0`);
    expect(lines[1]).toBe(`repository: ${repository}`);
    expect(lines[4]).toBe('page: none');
    expect(lines[5]).toMatch(/^pictures of README: \d+, at https:\/\/example\.org\/scorefield\/raw\/$/);
    expect(lines[6]).toMatch(/^files: \d+, [\d.]+ MB packed, [\d.]+ MB unpacked$/);
    expect(lines[7]).toBe('nothing was changed');
    expect(files.map(read)).toEqual(before);
  });

  it.each([
    [[], /^release: --version must be like 1\.2\.3, got none$/],
    [['--version', '1.2'], /^release: --version must be like 1\.2\.3, got 1\.2$/],
    [['--version', '0.0.1'], /^release: --version must follow \d+\.\d+\.\d+, got 0\.0\.1$/],
    [
      ['--version', '99.0.0', '--repository', 'git@x'],
      /^release: --repository must be an address .* got git@x$/,
    ],
  ])('%j ends with one line', async (words, message) => {
    const { stderr, code } = await release(...words, '--dry-run').then(
      () => expect.unreachable(),
      (error) => error as { stderr: string; code: number },
    );
    expect(code).toBe(1);
    expect(stderr.trim()).toMatch(message);
  });
});

describe('a release', () => {
  it('keeps addresses that are known, and asks for the first', () => {
    const known = { name: 'a', version: '1.9.0', description: 'b', license: 'MIT' };
    expect(() => releasedManifest(known, { version: '1.10.0' })).toThrow(/^release: say by --repository/);
    const first = releasedManifest(known, { version: '1.10.0', repository: 'https://a.example/b' });
    expect(Object.keys(first)).toEqual(['name', 'version', 'description', 'repository', 'license']);
    const bugs = 'https://a.example/b/issues';
    const page = 'https://a.example/page';
    const second = releasedManifest(first, { version: '2.0.0', bugs, page: `${page}/` });
    const addresses = { repository: { url: 'https://a.example/b' }, bugs, page };
    expect(second).toMatchObject({ version: '2.0.0', ...addresses });
    expect(releasedManifest(second, { version: '2.0.1' })).toMatchObject(addresses);
  });

  it('puts its version over what was unreleased', () => {
    const text = '# Changelog\n\n## Unreleased\n\n- One.\n\n## 1.0.0 (2020-01-01)\n\n- Zero.\n';
    expect(releasedChangelog(text, '1.1.0', '2020-02-02')).toBe(
      '# Changelog\n\n## Unreleased\n\n## 1.1.0 (2020-02-02)\n\n- One.\n\n## 1.0.0 (2020-01-01)\n\n- Zero.\n',
    );
    expect(() => releasedChangelog('## Unreleased\n\n## 1.0.0\n\n- Zero.\n', '1.1.0', '')).toThrow(
      /nothing under/,
    );
  });

  it('gives pictures, and no other link, an absolute address', () => {
    expect(
      publishedReadme('![a](x/a.png) [b](b.md) ![c](https://c.example/c.png)', 'https://r.example'),
    ).toBe('![a](https://r.example/x/a.png) [b](b.md) ![c](https://c.example/c.png)');
  });
});
