// Formulas of the words, made so that engines draw them alike, and a font with their characters.

import { readFile } from 'node:fs/promises';

/** The package of the font of formulas, whose licence goes into the notices. */
export const fontPackage = 'node_modules/@fontsource/stix-two-math';
const FONT = `${fontPackage}/files/stix-two-math-latin-400-normal.woff2`;

const FORMULA = /<math[\s>][\s\S]*?<\/math>/g;
const TAG_AND_TEXT = /<(\/?)([a-z]+)([^>]*)>([^<]*)/g;
const CLOSING = { '(': ')', '[': ']', '‖': '‖' };
const CLOSERS = new Set(Object.values(CLOSING));
/** What is higher than a line of letters. */
const TALL = /<(mfrac|munder|munderover)>/;
const unstretched = (token) => token.replace(/<mo(?: stretchy="false")?>/, '<mo stretchy="false">');

/**
 * A formula whose brackets are as high as what is between them in every engine: around fractions and sums they stretch, in a
 * row of their own with what they hold; others, and the bar of a condition, do not, for stretched ones have other widths in
 * Chromium. Hats are accents.
 *
 * @throws Error when a bracket has no partner among its siblings
 */
function evened(formula) {
  const tokens = [...formula.matchAll(TAG_AND_TEXT)].map(([token]) => token);
  /** For each open element: the brackets that are open in it, as places among the tokens. */
  const levels = [[]];
  const textOf = (token) => token.slice(token.indexOf('>') + 1).trim();
  const made = [...tokens];
  const close = (from, to) => {
    // The closing bracket's text is followed by the end of its element.
    if (TALL.test(tokens.slice(from, to).join(''))) {
      made[from] = `<mrow>${made[from]}`;
      made[to + 1] = made[to + 1].replace('</mo>', '</mo></mrow>');
    } else for (const at of [from, to]) made[at] = unstretched(made[at]);
  };
  tokens.forEach((token, at) => {
    if (token.startsWith('</')) {
      if (levels.pop().length > 0) throw new Error(`a bracket is not closed in ${formula}`);
      return;
    }
    if (token.includes('/>')) return;
    const open = levels.at(-1);
    levels.push([]);
    if (!token.startsWith('<mo>') && !token.startsWith('<mo ')) return;
    const text = textOf(token);
    if (open.length > 0 && CLOSING[textOf(tokens[open.at(-1)])] === text) close(open.pop(), at);
    else if (text in CLOSING) open.push(at);
    else if (CLOSERS.has(text)) throw new Error(`nothing opens ${text} in ${formula}`);
    else if (text === '|' || text === '^') made[at] = unstretched(token);
  });
  return made
    .join('')
    .replace(/<mover>(<mi>[^<]*<\/mi><mo[^>]*>\^<\/mo>)<\/mover>/g, '<mover accent="true">$1</mover>');
}

/** The words with formulas that engines draw alike. */
export const withEvenFormulas = (words) => words.replace(FORMULA, evened);

/** What an engine draws for a variable of one letter. */
function italic(letter) {
  const code = letter.codePointAt(0);
  if (letter === 'h') return 'ℎ';
  if (letter === '∇') return '𝛻';
  if (letter === '∂') return '𝜕';
  const [, first, to] =
    [
      [/[a-z]/, 'a', 0x1d44e],
      [/[A-Z]/, 'A', 0x1d434],
      [/[α-ω]/, 'α', 0x1d6fc],
      [/[Α-Ω]/, 'Α', 0x1d6e2],
    ].find(([letters]) => letters.test(letter)) ?? [];
  return first ? String.fromCodePoint(to + code - first.codePointAt(0)) : '';
}

/** The characters that formulas of these words are drawn with. */
export function charactersOf(words) {
  const letters = new Set();
  for (const [formula] of words.matchAll(FORMULA)) {
    const text = formula
      .replace(/<[^>]*>/g, '')
      .replace(/&#x([\da-f]+);/gi, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)))
      .replace(/&(lt|gt|amp);/g, (_, name) => ({ lt: '<', gt: '>', amp: '&' })[name]);
    for (const letter of text) letters.add(letter);
    if (/<(msqrt|mroot)>/.test(formula)) letters.add('√');
  }
  const plain = [...letters].join('');
  return plain + [...plain].map(italic).join('');
}

/**
 * STIX Two Math with what formulas of these words need, as woff2: their characters, the larger brackets, sums and roots, and
 * the table that says where a formula's parts go. HarfBuzz, compiled to WebAssembly, leaves out the rest.
 */
export async function mathFont(words) {
  const { default: subsetFont } = await import('subset-font');
  return subsetFont(await readFile(FONT), charactersOf(words), {
    targetFormat: 'woff2',
    noHinting: true,
    // Letters of indices and exponents are drawn for their size.
    keepFeatures: ['ssty'],
  });
}

/** The rule by which a style sheet takes the font from an address. */
export const fontRule = (address) =>
  `@font-face{font-family:"STIX Two Math";font-display:swap;src:url(${address}) format("woff2")}`;
