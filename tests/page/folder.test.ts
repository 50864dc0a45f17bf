import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { dist, serve } from './help.js';

const folder = dist('page');
const size = (path: string) => gzipSync(readFileSync(path)).length;

describe('dist/page', () => {
  it('is less than 260 KB gzipped for the first view, 368 before weights, 560 of these; the element less than 136', () => {
    const sum = (names: string[]) => names.reduce((total, name) => total + size(join(folder, name)), 0);
    const names = readdirSync(folder);
    const weights = names.filter((name) => name.endsWith('.safetensors'));
    // The licences lie beside the page and are not loaded with it; an engine loads one of the two binaries.
    const unused = ['NOTICES.txt', 'strict.wasm', 'preview.jpg', ...weights];
    const scripts = names.filter((name) => !unused.includes(name));
    expect(weights).toHaveLength(6);
    expect(sum(weights)).toBeLessThan(560 * 1024);
    expect(sum(scripts)).toBeGreaterThan(100 * 1024);
    expect(sum(scripts)).toBeLessThan(368 * 1024);
    // The chapters below the first screen and the film encoder are loaded after it.
    const later = names.filter((name) => /^(?:below|encoder)-/.test(name));
    expect(later).toHaveLength(2);
    expect(sum(scripts) - sum(later)).toBeLessThan(260 * 1024);
    // The single file carries the weights as text, which packs to a little less than their bytes.
    const bytes = weights.reduce((total, name) => total + statSync(join(folder, name)).size, 0);
    expect(size(dist('scorefield.html'))).toBeLessThan(400 * 1024 + bytes);
    expect(size(dist('score-field.js'))).toBeLessThan(136 * 1024);
  });

  it('shows a picture where links to it are shared, in full addresses once it is known where it is', async () => {
    const page = readFileSync(join(folder, 'index.html'), 'utf8');
    const { data, width, height } = jpeg.decode(readFileSync(join(folder, 'preview.jpg')));
    expect([width, height]).toEqual([1200, 630]);
    expect(new Set(data).size).toBeGreaterThan(100);
    for (const property of ['title', 'description', 'image', 'image:alt'])
      expect(page).toMatch(new RegExp(`<meta property="og:${property}" content="[^"]+">`));
    expect(page).toContain('<meta name="twitter:card" content="summary_large_image">');
    const { previewOf } = (await import(String(new URL('../../src/page/build.mjs', import.meta.url)))) as {
      previewOf(address: string | undefined, options: { isFolder: boolean }): string;
    };
    expect(previewOf('https://a.example/b', { isFolder: false })).toContain(
      '<meta property="og:image" content="https://a.example/b/preview.jpg">',
    );
    expect(previewOf('https://a.example/b', { isFolder: true })).toContain(
      '<meta property="og:url" content="https://a.example/b/">',
    );
    // A single file that lies anywhere has no picture beside it.
    expect(previewOf(undefined, { isFolder: false })).toBe('<meta name="twitter:card" content="summary">');
  });

  it('is served with a strict policy, and nothing outside it is', async () => {
    const { origin, server } = await serve(folder);
    try {
      const page = await fetch(origin);
      expect(page.status).toBe(200);
      const policy = page.headers.get('content-security-policy') ?? '';
      expect(policy).toContain(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; worker-src 'self'",
      );
      // On a host that sets no headers, the page states the same itself.
      expect(await page.text()).toContain(`content="${policy}"`);
      for (const path of ['../index.js', '%2e%2e/index.js', '..%2findex.js', 'none', '%', '/etc/passwd']) {
        const { status } = await fetch(new Request(origin + path));
        expect(status, path).toBe(404);
      }
      expect((await fetch(origin, { method: 'POST' })).status).toBe(405);
      expect((await fetch(`${origin}page.js`, { method: 'HEAD' })).headers.get('content-type')).toBe(
        'text/javascript',
      );
    } finally {
      server.close();
    }
  });
});
