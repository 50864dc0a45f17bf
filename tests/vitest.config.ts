import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/**
 * Of these, one file runs at a time: a browser has work for every core, and a test of the package reads all of `dist`, where other
 * tests put programs to run. The rest run two at a time.
 */
const ALONE = [
  'tests/page/**/*.test.ts',
  'tests/packaging/**/*.test.ts',
  'tests/browser.test.ts',
  'tests/workers.test.ts',
];

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
          name: 'together',
          include: ['tests/**/*.test.ts'],
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } },
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
