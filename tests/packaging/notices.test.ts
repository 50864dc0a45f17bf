// Whose work is in dist, and that its licence goes with it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
// @ts-expect-error A script of the build, without types.
import { Notices } from '../../src/notices.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');
const notices = read('dist/NOTICES.txt');
const entries = (text: string) => text.split(`\n\n${'-'.repeat(80)}\n\n`);
const has = (text: string, name: string) => entries(text).some((entry) => entry.startsWith(`${name} `));

/** The packages whose files esbuild names in the comments of a bundle that is not minified. */
const namedIn = (path: string) =>
  new Set(
    [...read(path).matchAll(/^\s*\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)/gm)].map(([, name]) => name),
  );

describe('dist/NOTICES.txt', () => {
  it.each([
    ['dist/index.js', 1],
    ['dist/plots.js', 20],
    ['dist/plots.browser.js', 12],
    ['dist/cli.js', 22],
  ])('has every package of %s, at least %d', (path, least) => {
    const names = namedIn(path);
    expect(names.size).toBeGreaterThanOrEqual(least);
    for (const name of names) expect(has(notices, name), name).toBe(true);
  });

  it('has the font and what the page alone bundles', () => {
    for (const name of [
      '@expo-google-fonts/inter',
      '@fontsource/stix-two-math',
      'uplot',
      'mediabunny',
      'gifenc',
      '@assemblyscript/loader',
    ])
      expect(has(notices, name), name).toBe(true);
    // One file of linkedom's carries other packages, which esbuild cannot name.
    for (const name of ['htmlparser2', 'css-select', 'nth-check', 'cssom', 'entities', 'uhyphen'])
      expect(has(notices, name), name).toBe(true);
    expect(notices).toContain('Changed by scorefield: it makes no TextDecoder');
    expect(notices).toContain('SIL OPEN FONT LICENSE Version 1.1');
    expect(notices).toContain('Apache License');
    expect(notices).toContain('Mozilla Public License Version 2.0');
  });

  it('says of every package its version, licence, source and the text, and begins with our own', () => {
    const [own, , ...packages] = entries(notices);
    expect(own).toContain(read('LICENSE').trim());
    for (const entry of packages) {
      const [head, licence, source, empty, ...text] = entry.split('\n');
      expect(head).toMatch(/^\S+ \d+\.\d+\.\d+/);
      expect(licence, head).toMatch(
        /^Licence: (MIT|ISC|BSD-2-Clause|Apache-2\.0|MPL-2\.0|OFL-1\.1|MIT AND OFL-1\.1)$/,
      );
      expect(source, head).toMatch(/^Source: .*npm pack /);
      expect(empty).toBe('');
      expect(text.join('\n').length, head).toBeGreaterThan(400);
    }
  });

  it('goes with the page: as a file with the folder and in the single file', () => {
    const ofPage = read('dist/page/NOTICES.txt');
    const inside = read('dist/scorefield.html').split('<!--').at(-1) ?? '';
    for (const name of ['uplot', 'mediabunny', 'gifenc', '@assemblyscript/loader', 'd3-scale-chromatic']) {
      expect(has(ofPage, name), name).toBe(true);
      expect(inside, name).toContain(`\n${name} `);
    }
    // The Mozilla Public License asks for where the source is, and for its text only with source.
    expect(inside).toMatch(
      /mediabunny .*\nLicence: MPL-2\.0\nSource: https:.*\n\nhttps:\/\/www\.mozilla\.org/,
    );
    expect(read('dist/page/index.html')).toContain('NOTICES.txt');
    expect(read('dist/score-field.js').slice(0, 80)).toContain('NOTICES.txt');
  });
});

describe('the build', () => {
  it('fails with the name of a package that has no licence text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'scorefield-notices-'));
    try {
      const bare = join(folder, 'node_modules', 'bare');
      mkdirSync(bare, { recursive: true });
      writeFileSync(join(bare, 'package.json'), '{"name":"bare","version":"1.0.0","license":"MIT"}');
      writeFileSync(join(bare, 'index.js'), 'console.log(1);');
      const notices = new Notices();
      const stdin = { contents: "import 'bare'", resolveDir: folder };
      await build({ stdin, bundle: true, write: false, plugins: [notices.plugin] });
      expect(() => notices.text()).toThrow(
        /^notices: .*node_modules\/bare is bundled and has no licence file/,
      );
      writeFileSync(join(bare, 'LICENSE'), 'Do as you like.');
      expect(notices.text()).toMatch(/\nbare 1\.0\.0\nLicence: MIT\nSource: .*\n\nDo as you like\.\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
