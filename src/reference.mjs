// Writes the reference, a page for each entry of the package, from the models that declarations.mjs left in dist/types:
//
//   npm run docs            # dist/docs/scorefield.md, plots.md, images.md, element.md

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const root = new URL('..', import.meta.url);
const entries = {
  index: 'scorefield',
  plots: 'scorefield/plots',
  images: 'scorefield/images',
  element: 'scorefield/element',
};
const pageOf = (name) => `${name === 'index' ? 'scorefield' : name}.md`;

/** A docstring's text and its tags. */
export function parseDoc(comment = '') {
  const text = comment
    .replace(/^\/\*\*|\s*\*\/\s*$/g, '')
    .replace(/^ ?\* ?/gm, '')
    .trim();
  const [words, ...tags] = text.split(/^(?=@[a-z]+)/m);
  const doc = { words: words.trim(), params: new Map(), returns: '', throws: [], examples: [] };
  for (const tag of tags) {
    const [, name, rest] = /^@([a-z]+)\s*([\s\S]*)$/.exec(tag);
    if (name === 'param') {
      const [, param, meaning] = /^(\w+)(?:\s+-)?\s+([\s\S]*)$/.exec(rest.trim());
      doc.params.set(param, meaning.replace(/\s+/g, ' '));
    } else if (name === 'returns') doc.returns = rest.trim();
    else if (name === 'throws') doc.throws.push(rest.trim());
    else if (name === 'example') doc.examples.push(rest.trim());
  }
  return doc;
}

const kindOf = ({ kind }) => (kind === 'Function' ? 'function' : '');

/**
 * The exports of an entry: their models, as API Extractor writes them, but with docstrings as they were written, since it joins
 * the lines of formulas.
 */
export async function exportsOf(name) {
  const model = JSON.parse(await readFile(new URL(`dist/types/${name}.api.json`, root), 'utf8'));
  const declarations = await readFile(new URL(`dist/${name}.d.ts`, root), 'utf8');
  const written = new Map();
  for (const [, comment, kind, item] of declarations.matchAll(
    /(?:^(\/\*\*(?:(?!\*\/)[\s\S])*\*\/)\n)?^(?:export )?declare (?:abstract )?(function|interface|class|const|type) (\w+)/gm,
  )) {
    const key = `${kind === 'function' ? 'function' : ''} ${item}`;
    written.set(key, [...(written.get(key) ?? []), comment ?? '']);
  }
  return model.members[0].members.map((item) => ({
    ...item,
    // A destructured parameter is there twice: as it is written, without a type, and as it is declared.
    parameters: item.parameters?.filter(({ parameterTypeTokenRange: { endIndex } }) => endIndex > 0),
    // A constant that is an arrow is a function to API Extractor.
    docComment: (written.get(`${kindOf(item)} ${item.name}`) ?? written.get(` ${item.name}`))?.shift() ?? '',
  }));
}

/** What stands in an item's code, without the words that every declaration has. */
const codeOf = ({ excerptTokens }) =>
  excerptTokens
    .map(({ text }) => text)
    .join('')
    .replace(/^export (?:declare )?/, '')
    .replace(/\binput\d?(?=\??:)/g, 'options')
    .trim();

/** A parameter's name as a caller thinks of it; destructured ones are options. */
const nameOf = ({ parameterName }) => (/^[{]|^input\d?$/.test(parameterName) ? 'options' : parameterName);

/**
 * The words of a parameter: its own, or, where the docstring calls a destructured one by another name, the words that no
 * other parameter took.
 */
export function wordsOf(parameters, doc) {
  const taken = new Set(parameters.map(nameOf));
  const free = [...doc.params.keys()].filter((name) => !taken.has(name));
  return parameters.map((parameter) => {
    const name = nameOf(parameter);
    const words =
      doc.params.get(name) ?? (name === 'options' && free.length > 0 ? doc.params.get(free.shift()) : '');
    return { name, words: words ?? '', isOptional: parameter.isOptional };
  });
}

/** Names of the exports that a type mentions. */
export const typesIn = ({ excerptTokens }, { startIndex, endIndex }) =>
  excerptTokens
    .slice(startIndex, endIndex)
    .filter(({ kind }) => kind === 'Reference')
    .map(({ text }) => text.split('.')[0]);

function page(title, items, places) {
  const link = (name, text = `\`${name}\``) => (places.has(name) ? `[${text}](${places.get(name)})` : text);
  const prose = (text) => text.replace(/\{@link (\w+)\}/g, (_, name) => link(name));
  const cell = (text) => prose(text.replace(/\s+/g, ' ').replaceAll('|', '\\|'));
  const typeOf = (item, range) =>
    item.excerptTokens
      .slice(range.startIndex, range.endIndex)
      .map(({ text }) => text)
      .join('')
      .replace(/\/\*\*[\s\S]*?\*\//g, '')
      .replace(/\s+/g, ' ');
  const code = (text) => `\`${text.replaceAll('|', '\\|')}\``;
  const typed = (item, range) => {
    const names = [...new Set(typesIn(item, range))].filter((name) => places.has(name));
    const also = names.length > 0 ? ` ${names.map((name) => link(name)).join(', ')}` : '';
    const text = typeOf(item, range);
    return names.length === 1 && text === names[0]
      ? link(text)
      : `${code(text)}${also && ` (${also.trim()})`}`;
  };
  const table = (head, rows) =>
    [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n');

  const section = (item) => {
    const doc = parseDoc(item.docComment);
    const parts = [`## ${item.name}`];
    // A formula stands in lines of its own, indented: four spaces make it code.
    const paragraphs = doc.words
      .split(/\n[ \t]*\n/)
      .map((text) => (/^ {2}/.test(text) ? text.replace(/^/gm, '  ') : prose(text)));
    if (item.kind === 'Function' || item.kind === 'Variable' || item.kind === 'TypeAlias') {
      parts.push(`\`\`\`ts\n${codeOf(item)}\n\`\`\``);
    } else {
      const parents = (item.extendsTokenRanges ?? [item.extendsTokenRange]).filter(Boolean);
      const names = parents.flatMap((range) => typesIn(item, range)).filter((name) => places.has(name));
      if (names.length > 0)
        parts.push(`With the members of ${names.map((name) => link(name)).join(' and ')}.`);
    }
    parts.push(...paragraphs);
    if (item.parameters?.length > 0) {
      const words = wordsOf(item.parameters, doc);
      const rows = item.parameters.map((parameter, i) => {
        const { name, words: own, isOptional } = words[i];
        const [type] = typesIn(item, parameter.parameterTypeTokenRange).filter((type) => places.has(type));
        const meaning = own || (type ? `see {@link ${type}}` : '');
        return `| \`${name}\`${isOptional ? ' (optional)' : ''} | ${typed(item, parameter.parameterTypeTokenRange)} | ${cell(meaning)} |`;
      });
      parts.push(table(['parameter', 'type', 'meaning'], rows));
    }
    if (doc.returns) parts.push(`Returns ${prose(doc.returns)}`);
    const members = (item.members ?? []).filter(({ kind }) => kind !== 'Constructor');
    if (members.length > 0) {
      const rows = members.map((member) => {
        const words = member.name === '[Symbol.dispose]' ? 'For `using`.' : parseDoc(member.docComment).words;
        const range = member.propertyTypeTokenRange ?? {
          startIndex: 0,
          endIndex: member.excerptTokens.length,
        };
        const name = member.propertyTypeTokenRange
          ? `${member.name}${member.isOptional ? '?' : ''}`
          : `${member.name}()`;
        return `| \`${name}\` | ${typed(member, range)} | ${cell(words)} |`;
      });
      parts.push(table(['member', 'type', 'meaning'], rows));
    }
    for (const words of doc.throws) parts.push(`Throws ${prose(words)}`);
    for (const example of doc.examples)
      parts.push(example.startsWith('```') ? example : `\`\`\`js\n${example}\n\`\`\``);
    return parts.join('\n\n');
  };

  const kinds = {
    Function: 'functions',
    Variable: 'values',
    Class: 'classes',
    Interface: 'types',
    TypeAlias: 'types',
  };
  const lists = ['functions', 'values', 'classes', 'types'].flatMap((kind) => {
    const names = new Set(items.filter((item) => kinds[item.kind] === kind).map(({ name }) => name));
    return names.size > 0 ? [`**${kind}:** ${[...names].map((name) => link(name)).join(', ')}`] : [];
  });
  return `${[`# ${title}`, ...lists, ...items.map(section)].join('\n\n')}\n`;
}

/** Writes all pages. */
export async function writeReference() {
  const folder = new URL('dist/docs/', root);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const all = {};
  for (const name of Object.keys(entries)) all[name] = await exportsOf(name);
  const anchors = {};
  for (const [name, items] of Object.entries(all)) {
    const seen = new Map();
    anchors[name] = items.map((item) => {
      const anchor = item.name.toLowerCase();
      const times = seen.get(anchor) ?? 0;
      seen.set(anchor, times + 1);
      return [item.name, `#${anchor}${times > 0 ? `-${times}` : ''}`];
    });
  }
  for (const [name, title] of Object.entries(entries)) {
    // The first of two overloads, and of two entries the page's own.
    const places = new Map([...anchors[name]].reverse());
    for (const other of Object.keys(entries)) {
      for (const [item, anchor] of anchors[other]) {
        if (!places.has(item)) places.set(item, `${pageOf(other)}${anchor}`);
      }
    }
    await writeFile(new URL(pageOf(name), folder), page(title, all[name], places));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeReference();
