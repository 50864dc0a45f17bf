// The types as a user's program sees them, by the compiler that is here; `npm run types` tries the others.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

const surroundings: [string, { lib: string[]; types: string[] }][] = [
  ['a page', { lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: [] }],
  ['Node', { lib: ['ES2022'], types: ['node'] }],
  ['neither', { lib: ['ES2022'], types: [] }],
];

describe('a program that imports everything', () => {
  it.each(surroundings)(
    'has no error among the types of %s, with those of this package checked',
    async (_, around) => {
      const folder = mkdtempSync(join(root, 'dist', 'types-'));
      try {
        const compilerOptions = {
          ...{ target: 'ES2022', module: 'NodeNext', strict: true, skipLibCheck: false, noEmit: true },
          ...{ exactOptionalPropertyTypes: true, typeRoots: [join(root, 'node_modules/@types')] },
          ...around,
        };
        const files = [join(root, 'tests/packaging/program.ts')];
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
        const tsc = join(root, 'node_modules/typescript/bin/tsc');
        const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error) => error);
        expect(stdout).toBe('');
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );

  it('reads declarations that import nothing', () => {
    for (const name of ['index', 'plots', 'images', 'element'])
      expect(readFileSync(join(root, `dist/${name}.d.ts`), 'utf8')).not.toMatch(/^import |import\(/m);
  });
});
