// Builds the page: a folder for a static host, one file that opens from anywhere, and the element.

import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { interpolateCividis } from 'd3-scale-chromatic';
import { build } from 'esbuild';
import { textOfBytes } from './binaryText.mjs';
import { fontPackage, fontRule, mathFont, withEvenFormulas } from './formulas.mjs';

const folder = 'dist/page';
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * The page's content security policy: its own scripts, WebAssembly and workers, the weights that lie beside it (`files`), pictures
 * it makes itself, nothing else.
 */
export function policyOf({ script, style, worker, font, files }) {
  return [
    "default-src 'none'",
    `script-src ${script} 'wasm-unsafe-eval'`,
    `style-src ${style}`,
    `worker-src ${worker}`,
    ...(files ? [`connect-src ${files}`] : []),
    'img-src data: blob:',
    `font-src ${font}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** The policy of the folder, whose files come from one place. */
export const ownFiles = {
  script: "'self'",
  style: "'self'",
  worker: "'self'",
  font: "'self'",
  files: "'self'",
};

/** Has bundles carry no `.wasm` files. */
const withoutBinaries = {
  name: 'without-binaries',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path, namespace: 'no-wasm' }));
    onLoad({ filter: /.*/, namespace: 'no-wasm' }, () => ({ contents: 'export default new Uint8Array(0);' }));
  },
};

/**
 * What a link to the page shows where it is shared: its picture, which lies beside it. Sites that show such pictures want
 * addresses in full, so where the page is published must be known; the folder says where its picture is in any case.
 *
 * @param address where the page is published, as package.json says by `page`
 */
export function previewOf(address, { isFolder }) {
  const lines = [];
  const picture = address ? `${address}/preview.jpg` : 'preview.jpg';
  if (address || isFolder) {
    lines.push(
      `<meta property="og:image" content="${picture}">`,
      '<meta property="og:image:width" content="1200">',
      '<meta property="og:image:height" content="630">',
      '<meta property="og:image:alt" content="Particles that have gathered into a drawn five, and the settings beside them">',
    );
  }
  if (address)
    lines.push(`<meta property="og:url" content="${address}/">`, `<link rel="canonical" href="${address}/">`);
  const card = lines.length > 0 ? 'summary_large_image' : 'summary';
  return [...lines, `<meta name="twitter:card" content="${card}">`].join('\n    ');
}

/** Has bundles carry `.wasm` files as text that packs better than base64: a quarter less, gzipped. */
const packedBinaries = {
  name: 'packed-binaries',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\.wasm$/ }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      namespace: 'packed-wasm',
    }));
    onLoad({ filter: /.*/, namespace: 'packed-wasm' }, async ({ path }) => ({
      contents: `import { bytesOfText } from './src/page/worker/bytesOfText.js';
        export default bytesOfText(${JSON.stringify(textOfBytes(await readFile(path)))});`,
      resolveDir: '.',
    }));
  },
};

/** Weights that come with the page, by name: safetensors files that `weights/make.mjs` made. */
async function weights() {
  const from = 'src/page/weights';
  const names = (await readdir(from)).filter((name) => name.endsWith('.safetensors'));
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(`${from}/${name}`) })));
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

/** The scripts that are loaded with one, and it. */
function withImports({ outputs }, path, found = new Set()) {
  found.add(path);
  for (const { path: other, kind } of outputs[path].imports)
    if (kind === 'import-statement' && !found.has(other)) withImports({ outputs }, other, found);
  return found;
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
    return `<li><a href="#chapter-${chapterNames[i]}">${short}</a></li>`;
  });
  return { words: withEvenFormulas(words.join('\n')), links: links.join('') };
}

/**
 * @param shared the options all bundles share
 * @param notices the packages of the page's bundles, which a plugin among those options collects
 */
export async function buildPage(shared, notices) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const small = { ...shared, platform: 'browser', minify: true, write: false };
  const textOf = ({ outputFiles }) => outputFiles[0].text;
  const workerOf = async (entry, options = {}) =>
    textOf(
      await build({
        ...small,
        entryPoints: [entry],
        format: 'iife',
        define: { HAS_BINARIES: 'true' },
        plugins: [packedBinaries, ...small.plugins],
        ...options,
      }),
    );
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
      define: {
        WORKER_TEXT: JSON.stringify(workerText),
        THREAD_FILE: JSON.stringify(workerText === '' ? 'thread.js' : ''),
        CIVIDIS: JSON.stringify(cividis()),
      },
      ...options,
    });

  // The folder, with scripts as files: the page and what it shares with others come first. The chapters below the first
  // screen and the film encoder are loaded when they are needed, at the latest some seconds after the page (main.ts), so that
  // a page that is left open needs its server no more.
  const { outputFiles, metafile } = await bundle('src/page/main.ts', '', {
    splitting: true,
    outdir: folder,
    entryNames: 'page',
    chunkNames: '[name]-[hash]',
    metafile: true,
  });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  const scripts = withImports(metafile, `${folder}/page.js`);
  const nameOf = (path) => path.split('/').at(-1);
  const preloads = Object.keys(metafile.outputs)
    .filter((path) => path !== `${folder}/page.js`)
    .map((path) =>
      scripts.has(path)
        ? `<link rel="modulepreload" href="${nameOf(path)}">`
        : `<meta name="later" content="${nameOf(path)}">`,
    );
  // The folder's worker loads the one binary that its engine runs, in place of carrying both.
  const lean = await workerOf('src/page/worker.ts', {
    define: { HAS_BINARIES: 'false' },
    plugins: [withoutBinaries, ...small.plugins],
  });
  await writeFile(`${folder}/worker.js`, lean);
  for (const name of ['relaxed', 'strict']) await copyFile(`dist/${name}.wasm`, `${folder}/${name}.wasm`);
  await copyFile('dist/worker.js', `${folder}/thread.js`);
  await copyFile('src/page/preview.jpg', `${folder}/preview.jpg`);
  const trained = await weights();
  for (const { name, bytes } of trained) await writeFile(`${folder}/${name}`, bytes);
  const template = await readFile('src/page/index.html', 'utf8');
  const { words, links } = await chapters();
  const font = await mathFont(words);
  await writeFile(`${folder}/math.woff2`, font);
  await writeFile(`${folder}/page.css`, fontRule('math.woff2') + css);
  const { page: address } = JSON.parse(await readFile('package.json', 'utf8'));
  const fill = (policy, style, script, licences, isFolder = false) =>
    template
      .replace('PREVIEW', () => previewOf(address, { isFolder }))
      .replace('NOTICES', () => licences)
      .replace('NAV', () => links)
      .replace('CHAPTERS', () => words)
      .replace('POLICY', () => policy)
      .replace('STYLE', () => style)
      .replace('SCRIPT', () => script);
  await writeFile(
    `${folder}/index.html`,
    fill(
      policyOf(ownFiles),
      ['<link rel="stylesheet" href="page.css">', ...preloads].join('\n    '),
      '<script type="module" src="page.js"></script>',
      'The licences of what is inside: NOTICES.txt',
      true,
    ),
  );

  // The colours and the font are of packages too, though no file of them is bundled.
  notices.add('node_modules/d3-scale-chromatic/package.json');
  notices.add(`${fontPackage}/package.json`);
  await writeFile(`${folder}/NOTICES.txt`, notices.text());

  // One file with everything inside; the policy allows its scripts and styles by their hash.
  const script = inlined(textOf(await bundle('src/page/main.ts', worker)));
  const style = fontRule(`data:font/woff2;base64,${font.toString('base64')}`) + css.trim();
  // The page reads the text of such an element when it needs the weights; no browser takes it for a script.
  const data = trained.map(
    ({ name, bytes }) =>
      `<script type="text/plain" id="weights-${name.replace('.safetensors', '')}">${bytes.toString('base64')}</script>`,
  );
  await writeFile(
    'dist/scorefield.html',
    fill(
      policyOf({ script: hashOf(script), style: hashOf(style), worker: 'blob:', font: 'data:' }),
      `<style>${style}</style>`,
      [...data, `<script type="module">${script}</script>`].join('\n    '),
      // Two hyphens and a bracket would end the comment.
      notices.text({ isShort: true }).replaceAll('-->', '-- >'),
    ),
  );

  // The element, and its worker also as a file, for pages whose policy forbids workers from blobs. It exports nothing, so
  // that the same file is a module and a classic script: pages opened from a disk may load no modules.
  const own = await workerOf('src/page/elementWorker.ts');
  await writeFile(
    'dist/score-field.js',
    textOf(
      await bundle('src/page/element.ts', own, {
        format: 'iife',
        banner: { js: '/* Licences of what is inside: NOTICES.txt */' },
      }),
    ),
  );
  await writeFile('dist/score-field.worker.js', own);
}
