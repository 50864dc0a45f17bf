// Serves the page, its bundle, the peers' .wasm files and the problem to Chromium, from memory.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { basename, extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { tfjsAssets } from './node.mjs';
import { nodeOnly } from './nodeOnly.mjs';

const MIME = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const PAGE =
  '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>';
/** What makes SharedArrayBuffer, and so the peers' threads, available. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

let bundle;

/** page.mjs with its imports, one chunk a system: name -> bytes. */
async function pageFiles() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page.mjs', import.meta.url))],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: '/',
    write: false,
    logLevel: 'error',
    external: nodeOnly,
  });
  return new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]));
}

/** @param isolated whether pages may use SharedArrayBuffer */
export async function startServer(isolated) {
  bundle ??= pageFiles();
  const files = await bundle;
  let problem = new Uint8Array();
  let outputs;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    const reply = (status, type, body = '') =>
      response.writeHead(status, { 'Content-Type': type, ...(isolated ? ISOLATION : {}) }).end(body);
    if (path === '/') return reply(200, 'text/html', PAGE);
    if (path === '/problem') return reply(200, 'application/octet-stream', problem);
    if (path === '/outputs') {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      outputs = new Uint8Array(Buffer.concat(chunks)).buffer;
      return reply(204, 'text/plain');
    }
    const body = path.startsWith('/tfjs/')
      ? await readFile(tfjsAssets + basename(path)).catch(() => undefined)
      : files.get(path);
    return body
      ? reply(200, MIME[extname(path)] ?? 'application/octet-stream', body)
      : reply(404, 'text/plain');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    setProblem(bytes) {
      problem = bytes;
    },
    takeOutputs() {
      const taken = outputs;
      outputs = undefined;
      return taken;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
