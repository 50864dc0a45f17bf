import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Tests that drive a browser, which has work for every core: one file runs at a time. The others run two at a time. */
const DRIVING = ['tests/page/**/*.test.ts', 'tests/browser.test.ts', 'tests/workers.test.ts'];

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  plugins: [
    {
      // As in the build: a .wasm file is its bytes.
      name: 'wasm-bytes',
      enforce: 'pre',
      load(id) {
        if (!id.endsWith('.wasm')) return null;
        const base64 = readFileSync(id).toString('base64');
        return `export default new Uint8Array(Buffer.from('${base64}', 'base64'));`;
      },
    },
  ],
  test: {
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'library',
          include: ['tests/**/*.test.ts'],
          exclude: DRIVING,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'browsers', include: DRIVING, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.browser.ts'],
      reporter: ['text'],
    },
  },
});
