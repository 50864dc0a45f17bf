// The notices of what is bundled into dist: which packages esbuild put there, and the licence each came with.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package's folder in the path of one of its files. */
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;

/** Where the source stands of packages whose licence wants it said (MPL, section 3.2). */
const sourceOf = ({ name, version, repository, homepage }) => {
  const address = typeof repository === 'string' ? repository : repository?.url;
  const from = address?.replace(/^git\+/, '').replace(/\.git$/, '') ?? homepage;
  return `${from ?? 'no address given'} (also npm pack ${name}@${version})`;
};

/** The ISC licence, for packages that name it and come without its text. */
const isc = (author) => `ISC License

Copyright (c) ${author}

Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby
granted, provided that the above copyright notice and this permission notice appear in all copies.

THE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL
IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT,
INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN
ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF
THIS SOFTWARE.`;

/** Packages that come without the text of their licence, and the folder of their project that has it. */
const ELSEWHERE = { 'node_modules/@assemblyscript/loader': 'node_modules/assemblyscript' };

/** Packages that others carry inside their own files, where esbuild cannot see them. */
const INSIDE = {
  'node_modules/linkedom': [
    ...['boolbase', 'css-select', 'css-what', 'cssom', 'dom-serializer', 'domelementtype', 'domhandler'],
    ...['domutils', 'entities', 'html-escaper', 'htmlparser2', 'nth-check', 'uhyphen'],
  ],
};

/** What the build changes in a package, beside making it smaller. */
const CHANGED = {
  '@assemblyscript/loader':
    'Changed by scorefield: it makes no TextDecoder and sets no Object.hasOwn when it is imported, and fetches nothing.',
};

/** What is in the licence's files of a package's folder. @throws Error when it has none */
function licencesOf(folder, { license, author }) {
  const from = ELSEWHERE[folder] ?? folder;
  const names = readdirSync(from)
    .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name))
    .sort();
  if (names.length === 0 && license === 'ISC' && author) return [isc(author.name ?? author)];
  if (names.length === 0) {
    throw new Error(
      `notices: ${folder} is bundled and has no licence file: name in src/notices.mjs where its text stands, or do without the package`,
    );
  }
  return names.map((name) => readFileSync(join(from, name), 'utf8').trim());
}

/** Collects the packages of every bundle that its plugin sees, and writes their notices. */
export class Notices {
  #folders = new Set();

  /** A plugin of esbuild's that notes which packages a bundle contains. */
  get plugin() {
    return {
      name: 'notices',
      setup: (build) => {
        build.initialOptions.metafile = true;
        build.onEnd(({ metafile }) => {
          for (const { inputs } of Object.values(metafile?.outputs ?? {})) {
            for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
              if (bytesInOutput > 0) this.add(path);
            }
          }
        });
      },
    };
  }

  /** Notes the package of a file, if it is of one. */
  add(path) {
    const folder = PACKAGE.exec(path)?.[0];
    if (!folder || !existsSync(folder)) return;
    this.#folders.add(folder);
    for (const name of INSIDE[folder] ?? []) this.#folders.add(`node_modules/${name}`);
  }

  /**
   * The text of NOTICES.txt.
   *
   * @param isShort leave out the text of the Mozilla Public License, which must go with source only, and say where it is
   * @throws Error when a package has no licence text
   */
  text({ isShort = false } = {}) {
    const packages = [...this.#folders].map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const texts = licencesOf(folder, manifest);
      const isLeftOut = isShort && manifest.license === 'MPL-2.0';
      return { ...manifest, licences: isLeftOut ? ['https://www.mozilla.org/MPL/2.0/'] : texts };
    });
    packages.sort((a, b) => (a.name < b.name ? -1 : 1));
    const parts = packages.map((manifest) =>
      [
        `${manifest.name} ${manifest.version}`,
        `Licence: ${manifest.license}`,
        `Source: ${sourceOf(manifest)}`,
        ...(CHANGED[manifest.name] ? [`\n${CHANGED[manifest.name]}`] : []),
        ...manifest.licences.map((licence) => `\n${licence}`),
      ].join('\n'),
    );
    const own = `scorefield\nLicence: MIT\n\n${readFileSync('LICENSE', 'utf8').trim()}`;
    const head =
      'scorefield contains parts of the packages below, some minified, otherwise as they were published unless it is said.';
    return `${[own, head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
  }
}
