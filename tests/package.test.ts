import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

/** Every path in an `exports` entry: a string, or conditions and their entries. */
function pathsOf(entry: unknown): string[] {
  return typeof entry === 'string' ? [entry] : Object.values(entry as object).flatMap(pathsOf);
}

describe('package.json', () => {
  const paths = [...pathsOf(manifest.exports), ...pathsOf(manifest.bin)];

  it('names files that exist after the build, all of them published', () => {
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths) {
      expect(existsSync(new URL(path, root)), `${path} is missing: run npm run build`).toBe(true);
      const isPublished = path.replace('./', '').startsWith('dist/') || path === './package.json';
      expect(isPublished, `${path} is not in files`).toBe(true);
    }
    expect(manifest.files).toContain('dist');
  });

  it('names the same files to tools that know no exports', () => {
    for (const [name, path] of Object.entries(manifest.alias)) {
      expect(pathsOf(manifest.exports[name]), name).toContain(path);
    }
  });

  it('is ESM without side effects but for the element, for the Node it says, with a command that can be run', () => {
    expect(manifest).toMatchObject({
      type: 'module',
      // The script of the element defines it.
      sideEffects: ['./dist/score-field.js', './dist/score-field.worker.js', './dist/worker.js'],
      license: 'MIT',
      // The first that can require() a module without a warning.
      engines: { node: '^20.19.0 || >=22.13.0' },
      main: manifest.exports['.'].default,
    });
    for (const path of pathsOf(manifest.bin)) {
      expect(readFileSync(new URL(path, root), 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
    }
  });
});

describe('dist/index.js', () => {
  const code = readFileSync(new URL('dist/index.js', root), 'utf8');
  // Comments name the files that were bundled.
  const text = code.replace(/^\s*\/\/.*$/gm, '');

  it('imports nothing and mentions no dependency', () => {
    expect(text).not.toMatch(/^\s*import[\s{*"']/m);
    expect(text).not.toMatch(/\b(?:import|require)\s*\(/);
    expect(text).not.toMatch(/\bfrom\s*["']/);
    for (const name of Object.keys(manifest.dependencies)) expect(text).not.toContain(name);
    // Only the small loader is bundled.
    const bundled = [...code.matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)/gm)].map(([, name]) => name);
    expect(new Set(bundled)).toEqual(new Set(['@assemblyscript/loader']));
  });

  it('an application that trains and samples takes less than 27 KB, all of it less than 96 KB: minified, gzipped, with the script of the threads and without the two binaries', async () => {
    const payload = /"AGFzbQ[A-Za-z0-9+/=]*"/g;
    expect(code.match(payload)?.length).toBe(2);
    const gzipped = async (names: string) => {
      const contents = `export ${names} from './dist/index.js'`;
      const stdin = { contents, resolveDir: fileURLToPath(root) };
      const { outputFiles } = await build({ stdin, bundle: true, minify: true, format: 'esm', write: false });
      return gzipSync(outputFiles[0].text.replace(payload, '""')).length;
    };
    const application = await gzipped('{ loadCore, imageDistribution, network, train, mixture, langevin }');
    expect(application).toBeLessThan(27 * 1024);
    const all = await gzipped('*');
    expect(all).toBeLessThan(96 * 1024);
    expect(all).toBeGreaterThan(application);
  });

  it('a part without loadCore carries no binary and takes less than 24 KB, key alone less than 1.5 KB: minified, gzipped', async () => {
    const names = Object.keys(await import(String(new URL('dist/index.js', root))));
    const { outputFiles } = await build({
      entryPoints: names.map((name) => ({ in: `part:${name}`, out: name })),
      outdir: 'parts',
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      plugins: [
        {
          name: 'parts',
          setup({ onResolve, onLoad }) {
            onResolve({ filter: /^part:/ }, ({ path }) => ({ path: path.slice(5), namespace: 'part' }));
            onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
              contents: `export { ${path} } from './dist/index.js'`,
              resolveDir: fileURLToPath(root),
            }));
          },
        },
      ],
    });
    expect(outputFiles.length).toBe(names.length);
    const sizes = new Map(
      outputFiles.map(({ path, contents }) => [basename(path, '.js'), gzipSync(contents).length]),
    );
    expect(sizes.get('key')).toBeLessThan(1536);
    for (const [name, size] of sizes) {
      if (name !== 'loadCore') expect(size, name).toBeLessThan(24 * 1024);
    }
  });

  it('can be required, as its figures and decoders can, without a warning', () => {
    const program = `
      const [core, plots, images] = ['index', 'plots', 'images'].map((name) => require('./dist/' + name + '.js'));
      core.loadCore().then(({ kernel }) => console.log(kernel, typeof plots.toPng, typeof images.decodeImage));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=commonjs', '-e', program], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ stdout, stderr }).toEqual({ stdout: 'relaxed function function\n', stderr: '' });
  });

  it('works alone, in a folder with nothing else, with the relaxed binary', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scorefield-'));
    try {
      copyFileSync(new URL('dist/index.js', root), join(folder, 'index.mjs'));
      const program = `
        import { loadCore, mixture } from './index.mjs';
        const core = await loadCore();
        const density = mixture(core, { means: [[1, 2]], sds: [[1, 1]] });
        console.log(core.kernel, ...density.score(Float32Array.of(0, 0)));
      `;
      writeFileSync(join(folder, 'main.mjs'), program);
      const printed = execFileSync(process.execPath, ['main.mjs'], { cwd: folder, encoding: 'utf8' });
      expect(printed).toBe('relaxed 1 2\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
