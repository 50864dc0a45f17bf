import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { figureDocument } from '../../src/plots/drawing/document.browser.js';

const plots = fileURLToPath(new URL('../../src/plots', import.meta.url));

describe('the browser build', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('needs nothing of Node, no SVG renderer and no font', async () => {
    const { metafile } = await build({
      entryPoints: [resolve(plots, 'index.ts')],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'esm',
      plugins: [
        {
          name: 'browser-files',
          setup: ({ onResolve }) =>
            onResolve({ filter: /\/(document|raster)\.js$/ }, ({ path, importer }) =>
              importer.startsWith(plots)
                ? { path: resolve(dirname(importer), path.replace(/\.js$/, '.browser.ts')) }
                : undefined,
            ),
        },
      ],
    });
    const inputs = Object.keys(metafile.inputs);
    expect(inputs.filter((path) => /linkedom|resvg|expo-google-fonts|^node:|video/.test(path))).toEqual([]);
    expect(inputs.filter((path) => path.endsWith('.browser.ts'))).toHaveLength(2);
  });

  it('takes the page for its document and says so where there is none', () => {
    expect(() => figureDocument()).toThrow(
      new Error('plots: no document here; draw figures on the page, not in a worker'),
    );
    const page = {};
    vi.stubGlobal('document', page);
    expect(figureDocument()).toBe(page);
  });
});
