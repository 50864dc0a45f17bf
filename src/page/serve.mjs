// npm start: serves dist/page on this machine only, and says where.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ownFiles, policyOf } from './build.mjs';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

/** An HTTP server of the folder's files. */
export function pageServer(folder) {
  return createServer(async (request, response) => {
    const headers = {
      'Content-Security-Policy': policyOf(ownFiles),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    };
    const end = (status, type, body) =>
      response.writeHead(status, { ...headers, 'Content-Type': type }).end(body);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      end(405, 'text/plain', 'only GET\n');
      return;
    }
    try {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const path = normalize(decodeURIComponent(pathname)).replace(/^[/\\]+/, '') || 'index.html';
      if (path.startsWith('..')) throw new Error('outside');
      const body = await readFile(join(folder, path));
      end(
        200,
        types[extname(path)] ?? 'application/octet-stream',
        request.method === 'HEAD' ? undefined : body,
      );
    } catch {
      end(404, 'text/plain', 'not found\n');
    }
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = fileURLToPath(new URL('../../dist/page', import.meta.url));
  const server = pageServer(folder);
  const wanted = Number(process.env.PORT || 8080);
  if (!(Number.isInteger(wanted) && wanted >= 0 && wanted < 65_536)) {
    console.error(
      `scorefield: PORT must be a number from 0 to 65535, got ${JSON.stringify(process.env.PORT)}`,
    );
    process.exit(1);
  }
  server.on('error', (error) => {
    if (error.code === 'EADDRINUSE' && !process.env.PORT) server.listen(0, '127.0.0.1');
    else {
      console.error(`scorefield: cannot serve: ${error.message}`);
      process.exitCode = 1;
    }
  });
  server.on('listening', () => console.log(`http://localhost:${server.address().port}/`));
  server.listen(wanted, '127.0.0.1');
}
