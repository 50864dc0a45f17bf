// The reference: that everything exported has words, that its links lead somewhere and its examples run.
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
// @ts-expect-error A script of the build, without types.
import { exportsOf, parseDoc, typesIn, wordsOf, writeReference } from '../../src/reference.mjs';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));

interface Range {
  startIndex: number;
  endIndex: number;
}
interface Item {
  kind: string;
  name: string;
  docComment: string;
  excerptTokens: { kind: string; text: string }[];
  parameters?: { parameterName: string; isOptional: boolean; parameterTypeTokenRange: Range }[];
  members?: Item[];
}
interface Doc {
  words: string;
  params: Map<string, string>;
  examples: string[];
}

const names = ['index', 'plots', 'images', 'element'];
const entries = await Promise.all(
  names.map(async (name) => ({ name, items: (await exportsOf(name)) as Item[] })),
);
const read = (item: Item): Doc => parseDoc(item.docComment);
const written = new Set(
  entries.flatMap(({ items }) => items.filter((item) => read(item).words).map(({ name }) => name)),
);
const textOf = ({ excerptTokens }: Item, { startIndex, endIndex }: Range) =>
  excerptTokens
    .slice(startIndex, endIndex)
    .map(({ text }) => text)
    .join('');

describe.each(entries)('$name', ({ items }) => {
  it('has words on every export', () => {
    expect(items.length).toBeGreaterThan(0);
    expect(items.map(({ name }) => name).filter((name) => !written.has(name))).toEqual([]);
  });

  it('has words on every parameter, its own or those of its type', () => {
    const bare = items.flatMap((item) => {
      const parameters = item.parameters ?? [];
      const words = wordsOf(parameters, read(item)) as { name: string; words: string }[];
      return words
        .filter(({ words: own }, i) => {
          const types: string[] = typesIn(item, parameters[i].parameterTypeTokenRange);
          return !own && !types.some((type) => written.has(type));
        })
        .map(({ name }) => `${item.name}: ${name}`);
    });
    // The words of an overloaded function stand before its first form.
    const overloaded = items.filter(({ name }, i) => items.findIndex((one) => one.name === name) < i);
    const seconds = new Set(overloaded.map(({ name }) => name));
    expect(bare.filter((line) => !seconds.has(line.split(':')[0]))).toEqual([]);
  });

  it('names every option that has no type of its own', () => {
    const unnamed = items.flatMap((item) =>
      (item.parameters ?? []).flatMap(({ parameterTypeTokenRange: range }, i) => {
        const type = textOf(item, range);
        const own = /^(?:\w+ & )?\{([\s\S]*)\}$/.exec(type)?.[1];
        if (!own || type.includes('=>')) return [];
        const { words } = wordsOf(item.parameters, read(item))[i] as { words: string };
        const all = `${words} ${read(item).words}`;
        return [...own.matchAll(/(\w+)\??:/g)]
          .map(([, option]) => option)
          .filter((option) => !new RegExp(`\\b${option}\\b`).test(all))
          .map((option) => `${item.name}: ${option}`);
      }),
    );
    expect(unnamed).toEqual([]);
  });

  it('has words on every member', () => {
    const bare = items.flatMap(({ name, members = [] }) =>
      members
        .filter(
          (member) =>
            !['Constructor', 'ConstructSignature'].includes(member.kind) &&
            member.name !== '[Symbol.dispose]' &&
            !read(member).words,
        )
        .map((member) => `${name}.${member.name}`),
    );
    expect(bare).toEqual([]);
  });
});

describe('the pages', () => {
  it('link to what is there', async () => {
    await writeReference();
    const pages = ['scorefield', 'plots', 'images', 'element'].map((name) => `${name}.md`);
    const anchors = new Map(
      pages.map((page) => {
        const counts = new Map<string, number>();
        const text = readFileSync(join(root, 'dist/docs', page), 'utf8');
        const found = [...text.matchAll(/^## (\w+)$/gm)].map(([, heading]) => {
          const anchor = heading.toLowerCase();
          const times = counts.get(anchor) ?? 0;
          counts.set(anchor, times + 1);
          return times > 0 ? `${anchor}-${times}` : anchor;
        });
        return [page, { text, found: new Set(found) }];
      }),
    );
    for (const [page, { text }] of anchors) {
      expect(text).not.toContain('{@link');
      for (const [, file, anchor] of text.matchAll(/\]\(([\w.]*)#([\w-]+)\)/g))
        expect(anchors.get(file || page)?.found, `${page}: ${file}#${anchor}`).toContain(anchor);
    }
  });
});

const examples = entries.flatMap(({ items }) =>
  items.flatMap((item) => read(item).examples.map((code) => ({ name: item.name, code }))),
);

describe('examples', () => {
  it('are there for the main functions', () => {
    const have = new Set(examples.map(({ name }) => name));
    for (const name of ['loadCore', 'mixture', 'fromFunction', 'network', 'train', 'langevin', 'collect'])
      expect(have, name).toContain(name);
    for (const name of ['trainDenoiser', 'denoiserScores', 'reverseDiffusion', 'summary', 'toPng'])
      expect(have, name).toContain(name);
  });

  it.each(examples)('of $name run', async ({ code }) => {
    const program = /^```js\n([\s\S]*)\n```$/.exec(code)?.[1] ?? '';
    const file = join(root, 'dist', `example-${process.pid}-${Math.random().toString(36).slice(2)}.mjs`);
    writeFileSync(file, program);
    try {
      const { stdout, stderr } = await run(process.execPath, [file]);
      expect(stdout).not.toBe('');
      expect(stderr).toBe('');
    } finally {
      rmSync(file);
    }
  });
});
