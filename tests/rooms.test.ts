import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('..', import.meta.url);
const files = ['src', 'assembly'].flatMap((top) =>
  (readdirSync(new URL(top, root), { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${top}/${name.replaceAll('\\', '/')}`),
);

type Graph = Map<string, Set<string>>;

/** Which files each file imports or exports from, types too. */
function imports(): Graph {
  const graph: Graph = new Map();
  for (const file of files) {
    const text = readFileSync(new URL(file, root), 'utf8');
    // from './a', import './a' and import('./a')
    const named = [...text.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g)];
    const paths = named.map(([, path]) => posix.join(posix.dirname(file), path));
    // TypeScript names the compiled file, AssemblyScript leaves the ending out.
    const found = paths.map((path) => `${path.replace(/\.(js|ts)$/, '')}.ts`);
    graph.set(file, new Set(found.filter((path) => files.includes(path))));
  }
  return graph;
}

/** The folder of a file: below src and assembly one level, two in the rooms that have rooms of their own. */
function roomOf(file: string): string {
  const folders = file.split('/').slice(0, -1);
  return folders.slice(0, ['cli', 'page', 'plots'].includes(folders[1]) ? 3 : 2).join('/');
}

/** Which rooms the files of each room import from. */
function roomImports(graph: Graph): Graph {
  const rooms: Graph = new Map();
  for (const [file, imported] of graph) {
    const room = roomOf(file);
    const others = rooms.get(room) ?? new Set();
    for (const other of imported) if (roomOf(other) !== room) others.add(roomOf(other));
    rooms.set(room, others);
  }
  return rooms;
}

/** Paths that lead back to where they begin, as text: one for each edge that closes a circle. */
function circles(graph: Graph): string[] {
  const found: string[] = [];
  const visited = new Set<string>();
  const visit = (node: string, path: readonly string[]) => {
    const at = path.indexOf(node);
    if (at >= 0) found.push([...path.slice(at), node].join(' -> '));
    if (visited.has(node)) return;
    visited.add(node);
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

describe('the imports of src and assembly', () => {
  const graph = imports();

  it('are read: the page reaches the library, and the library its WebAssembly calls', () => {
    expect(graph.get('src/page/state/picture.ts')).toContain('src/data/builtIn.ts');
    expect(graph.get('src/index.ts')).toContain('src/core/load.ts');
    expect(graph.get('assembly/samplers/langevin.ts')).toContain('assembly/samplers/draws.ts');
  });

  it('form no circle of files', () => {
    expect(circles(graph)).toEqual([]);
  });

  it('form no circle of folders', () => {
    expect(circles(roomImports(graph))).toEqual([]);
  });
});

it('finds the circle in a graph that has one, and a way out', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c', 'd'])],
    ['c', new Set(['a'])],
    ['d', new Set<string>()],
  ]);
  expect(circles(graph)).toEqual(['a -> b -> c -> a']);
});
