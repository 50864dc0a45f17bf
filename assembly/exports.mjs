// Writes src/core/exports.ts, the types of what the module exports, from the declarations that the compiler wrote beside
// it: a misspelt export or a missing argument then fails `tsc`.
import { readFile, rm, writeFile } from 'node:fs/promises';

const declarations = await readFile('dist/strict.d.ts', 'utf8');
const functions = [...declarations.matchAll(/^ {2}export function (.+);$/gm)].map(
  ([, signature]) => signature,
);
await writeFile(
  'src/core/exports.ts',
  `// Written by assembly/exports.mjs from what the compiler declared.

/** What \`assembly/index.ts\` exports: pointers and sizes are byte counts into the memory. */
export type WasmExports = {
${functions.map((signature) => `  ${signature};`).join('\n')}
};
`,
);
await Promise.all(['dist/strict.d.ts', 'dist/strict.js'].map((file) => rm(file)));
