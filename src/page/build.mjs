// Builds the page: a folder for a static host, one file that opens from anywhere, and the element.

import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { interpolateCividis } from 'd3-scale-chromatic';
import { build } from 'esbuild';

const folder = 'dist/page';
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The page's content security policy: its own scripts, WebAssembly and workers, pictures it makes itself, nothing else. */
export function policyOf({ script, style, worker }) {
  return [
    "default-src 'none'",
    `script-src ${script} 'wasm-unsafe-eval'`,
    `style-src ${style}`,
    `worker-src ${worker}`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** Escapes a script's text so that it does not close the script element it is put into. */
const inlined = (text) => text.replaceAll('</script', '<\\/script').trim();

/** 256 colours of cividis as hexadecimal digits; the package they come from would be a tenth of the page. */
function cividis() {
  const bytes = Array.from({ length: 256 }, (_, i) =>
    interpolateCividis(i / 255)
      .match(/\d+/g)
      .map(Number),
  ).flat();
  return Buffer.from(bytes).toString('hex');
}

/** The chapters' words in the order of the page, and the contents that link to them. */
async function chapters() {
  const { outputFiles } = await build({
    entryPoints: ['src/page/state/chapters.ts'],
    format: 'esm',
    write: false,
  });
  const { chapterNames } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`);
  const words = await Promise.all(
    chapterNames.map((name) => readFile(`src/page/chapters/${name}/words.html`, 'utf8')),
  );
  const links = words.map((text, i) => {
    const [, short] = /^<section [^>]*data-nav="([^"]*)"/.exec(text) ?? [];
    if (!short) throw new Error(`${chapterNames[i]}/words.html must begin with a section that has data-nav`);
    return `<li><a href="#${chapterNames[i]}">${short}</a></li>`;
  });
  return { words: words.join('\n'), links: links.join('') };
}

/** @param shared the options all bundles share */
export async function buildPage(shared) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const small = { ...shared, platform: 'browser', minify: true, sourcemap: false, write: false };
  const textOf = ({ outputFiles }) => outputFiles[0].text;
  const workerOf = async (entry) => textOf(await build({ ...small, entryPoints: [entry], format: 'iife' }));
  const worker = await workerOf('src/page/worker.ts');
  const css = (
    await build({
      ...small,
      entryPoints: ['src/page/page.css', 'node_modules/uplot/dist/uPlot.min.css'],
      outdir: folder,
    })
  ).outputFiles
    .map(({ text }) => text)
    .join('');
  const bundle = (entry, workerText, options = {}) =>
    build({
      ...small,
      entryPoints: [entry],
      define: { WORKER_TEXT: JSON.stringify(workerText), CIVIDIS: JSON.stringify(cividis()) },
      ...options,
    });

  // The folder, with scripts as files. The film encoder is preloaded with the page and runs when the first film is made.
  const { outputFiles } = await bundle('src/page/main.ts', '', {
    splitting: true,
    outdir: folder,
    entryNames: 'page',
    chunkNames: 'encoder-[hash]',
  });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  const names = outputFiles.map(({ path }) => path.split('/').at(-1));
  const preloads = names
    .filter((name) => name !== 'page.js')
    .map((name) => `<link rel="modulepreload" href="${name}">`);
  await writeFile(`${folder}/worker.js`, worker);
  await writeFile(`${folder}/page.css`, css);
  await copyFile('dist/worker.js', `${folder}/thread.js`);
  const template = await readFile('src/page/index.html', 'utf8');
  const { words, links } = await chapters();
  const fill = (policy, style, script) =>
    template
      .replace('NAV', () => links)
      .replace('CHAPTERS', () => words)
      .replace('POLICY', () => policy)
      .replace('STYLE', () => style)
      .replace('SCRIPT', () => script);
  await writeFile(
    `${folder}/index.html`,
    fill(
      policyOf({ script: "'self'", style: "'self'", worker: "'self'" }),
      ['<link rel="stylesheet" href="page.css">', ...preloads].join('\n    '),
      '<script type="module" src="page.js"></script>',
    ),
  );

  // One file with everything inside; the policy allows its scripts and styles by their hash.
  const script = inlined(textOf(await bundle('src/page/main.ts', worker)));
  const style = css.trim();
  await writeFile(
    'dist/scorefield.html',
    fill(
      policyOf({ script: hashOf(script), style: hashOf(style), worker: 'blob:' }),
      `<style>${style}</style>`,
      `<script type="module">${script}</script>`,
    ),
  );

  // The element, and its worker also as a file, for pages whose policy forbids workers from blobs. It exports nothing, so
  // that the same file is a module and a classic script: pages opened from a disk may load no modules.
  const own = await workerOf('src/page/elementWorker.ts');
  await writeFile(
    'dist/score-field.js',
    textOf(await bundle('src/page/element.ts', own, { format: 'iife' })),
  );
  await writeFile('dist/score-field.worker.js', own);
}
