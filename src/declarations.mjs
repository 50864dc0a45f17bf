// Writes the types of each entry as one file, dist/NAME.d.ts: tsc declares every file of src/ in dist/types, and
// API Extractor rolls up what an entry reaches, with its docstrings. It leaves a model of each entry beside them,
// dist/types/NAME.api.json, from which the reference is made and by which a test finds exports without words.

import { execFileSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Entries of the package and where their declarations start in dist/types. */
const entries = { index: 'index', plots: 'plots/index', images: 'images/index', element: 'page/element' };

/** What the files in `exports` that are not modules of their own are to a program that imports them. */
const files = {
  'address.d.ts':
    '/** The address of the file, as bundlers give it for an asset. */\n' +
    'declare const address: string;\nexport default address;\n',
  'script.d.ts': '// A script that is started by its address, and exports nothing.\nexport {};\n',
};

const silent = { default: { logLevel: 'none' } };

function rollUp(name, entry) {
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      newlineKind: 'lf',
      mainEntryPointFilePath: join(root, 'dist/types', `${entry}.d.ts`),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'ES2022',
            lib: ['ES2022', 'ESNext.Disposable', 'DOM', 'DOM.Iterable'],
            module: 'ESNext',
            moduleResolution: 'bundler',
            strict: true,
            types: [],
          },
          files: [join(root, 'dist/types', `${entry}.d.ts`)],
        },
      },
      apiReport: { enabled: false },
      docModel: { enabled: true, apiJsonFilePath: join(root, 'dist/types', `${name}.api.json`) },
      dtsRollup: { enabled: true, untrimmedFilePath: join(root, 'dist', `${name}.d.ts`) },
      tsdocMetadata: { enabled: false },
      // tsc has compiled these files; docstrings are not TSDoc; types that only other types name stay unexported.
      messages: {
        compilerMessageReporting: silent,
        extractorMessageReporting: silent,
        tsdocMessageReporting: silent,
      },
    },
    packageJsonFullPath: join(root, 'package.json'),
  });
  const { succeeded } = Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      if (message.logLevel !== 'error') message.handled = true;
    },
  });
  if (!succeeded) throw new Error(`declarations: dist/${name}.d.ts cannot be rolled up, see above`);
}

/**
 * What an entry's types need of their surroundings, so that they check in a page, in Node, and where neither is declared:
 * these declarations join those that are there.
 */
const around = `/// <reference lib="esnext.disposable" />
declare global {
  interface AbortSignal {}
  interface URL {}
  namespace WebAssembly {
    interface Module {}
    interface Memory {}
  }
}
`;

/** Arrays have a type parameter from TypeScript 5.7 on: what their constructor gives is the same type before and after. */
const withoutParameters = (text) =>
  text
    .replaceAll(/\b(\w+Array)<ArrayBuffer>/g, "ReturnType<$1Constructor['of']>")
    .replaceAll('ArrayBufferView<ArrayBuffer>', 'ArrayBufferView');

/**
 * Classes stand for types alone: the entries export no constructors, and API Extractor would say that they do. The element's name
 * is declared anew, since it leaves out what an entry declares of globals.
 */
function typesOfClasses(text, name) {
  const names = [...text.matchAll(/^export declare (?:abstract )?class (\w+)/gm)].map(([, found]) => found);
  if (names.length === 0) return text;
  const declared = text.replace(/^export declare ((?:abstract )?class )/gm, 'declare $1');
  const tag =
    "\ndeclare global {\n  interface HTMLElementTagNameMap {\n    'score-field': ScoreField;\n  }\n}\n";
  return `${declared}\nexport type { ${names.join(', ')} };\n${name === 'element' ? tag : ''}`;
}

async function finish(name) {
  const path = join(root, 'dist', `${name}.d.ts`);
  const text = typesOfClasses(withoutParameters(await readFile(path, 'utf8')), name);
  await writeFile(path, name === 'element' ? text : `${around}\n${text}`);
}

await rm(join(root, 'dist/types'), { recursive: true, force: true });
const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
execFileSync(process.execPath, [resolve(dirname(compiler), 'bin/tsc'), '-p', 'src'], {
  cwd: root,
  stdio: 'inherit',
});
for (const [name, entry] of Object.entries(entries)) {
  rollUp(name, entry);
  await finish(name);
}
for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'dist', name), text);
