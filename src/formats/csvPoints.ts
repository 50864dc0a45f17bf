// Points in text: a line a point, numbers with separators.

import type { PointSet } from '../core/score.js';
import { pointSet } from '../data/pointSet.js';
import { checkBytes } from './bytes.js';
import { fileKind, isText } from './fileKind.js';

/** A number as programs write it: no hexadecimal digits, no words. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * How a number begins, also a mistyped one, or what some programs write where there is no finite one: in the first line, no
 * header but data.
 */
const BEGINS = /^[+\-\u2212]*(\.?\d|(nan|inf|infinity)$)/i;

/**
 * What separates numbers, in the order in which a line is asked for it: a comma may be within a line of semicolons, a
 * space in all.
 */
const SEPARATORS = [/;/, /,/, /\t/, /\s+/];

interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

/** What separates the numbers of the file, by its second line, since the first may be a header of another kind. */
function separatorOf(lines: readonly Line[]): RegExp {
  const { text } = lines[1] ?? lines[0];
  return SEPARATORS.find((separator) => separator.test(text)) ?? SEPARATORS[0];
}

/** What to say of a field that is no number. */
function hint(field: string): string {
  if (/^[+-]?\d+,\d+$/.test(field)) return ': write decimal points, not commas';
  return field === '' ? ': fill it in, or leave the line out' : '';
}

/** The text of a file, in UTF-8 or, where it has a mark that says so, UTF-16. @throws Error where it is none */
function textOf(bytes: Uint8Array, name: string): string {
  const order = String.fromCharCode(...bytes.subarray(0, 2));
  const wide = order === '\xff\xfe' ? 'utf-16le' : order === '\xfe\xff' ? 'utf-16be' : undefined;
  if (!wide && bytes.length > 0 && !isText(bytes)) {
    const kind = fileKind(bytes);
    // Nothing but white space begins as no text.
    if (!/^[\s\ufeff]*$/.test(new TextDecoder().decode(bytes.subarray(0, 200)))) {
      throw new Error(`readCsvPoints: ${name} must hold points as text, one a line, got ${kind}`);
    }
  }
  return new TextDecoder(wide ?? 'utf-8').decode(bytes);
}

interface Row {
  readonly fields: readonly string[];
  /** Of its line, from 1. */
  readonly number: number;
}

/**
 * Whether a header names other columns than there are: R leaves out the name of its row names, which are no coordinates. One word
 * is a title, and so are many with spaces in between.
 */
function isOther(names: readonly string[], dim: number, separator: RegExp): boolean {
  const isTitle =
    (names.length === 1 && !BEGINS.test(names[0])) || (names.length > dim && separator.test(' '));
  return names.length !== dim && !isTitle;
}

/** The name that pandas gives its index, as it is or in quotes. */
const NO_NAME = /^("")?$/;

/**
 * Whether the first row is a header. Where columns have no names, pandas numbers them, 0,1,2: such a row is a point where it
 * has at most two fields and another row is made of integers alone, as it is.
 */
function isHeader([first, ...rest]: readonly Row[]): boolean {
  if (!first.fields.some((field) => BEGINS.test(field))) return true;
  const names = NO_NAME.test(first.fields[0]) ? first.fields.slice(1) : first.fields;
  if (rest.length === 0 || !names.every((field, i) => field.replace(/^"(.*)"$/, '$1') === String(i)))
    return false;
  if (names.length > 2 || names.length < first.fields.length) return true;
  return rest.every(({ fields }) => fields.some((field) => !/^[+-]?\d+$/.test(field)));
}

/** @throws Error where pandas wrote the numbers of the rows as a column, which are no coordinates */
function checkIndex(header: readonly string[], rows: readonly Row[], name: string): void {
  if (!NO_NAME.test(header[0]) || header.length < 2) return;
  if (rows.every(({ fields }, i) => Number(fields[0]) === i)) {
    throw new Error(
      `readCsvPoints: ${name}: its first column has no name and counts the rows, as pandas writes its index: save it with index=False`,
    );
  }
}

/**
 * Points in text as a distribution that draws each equally often. A line is a point: numbers with commas, semicolons, tabs or
 * spaces in between, the same in every line. The first line may be a header, if none of its fields begins like a number, or if it
 * numbers the columns from 0, as pandas does. Empty lines, what follows a #, and a byte order mark are passed over; lines end in LF
 * or CRLF. Bytes are UTF-8, or UTF-16 with its mark. `name` stands for the file in errors.
 *
 * @param bytes the whole file
 * @param name what messages call the file
 * @throws Error, naming the line, for a field that is no finite float32 number or another count of them than in the first
 *   line; when there is no point; and for a file that is no text.
 */
export function readCsvPoints(bytes: Uint8Array | string, name = 'the file'): PointSet {
  if (typeof bytes !== 'string') checkBytes('readCsvPoints', name, bytes);
  const all = typeof bytes === 'string' ? bytes.replace(/^\ufeff/, '') : textOf(bytes, name);
  const written = all.split(/\r\n|\n|\r/).map((text, i): Line => ({ text: text.trim(), number: i + 1 }));
  const lines = written
    .map(({ text, number }) => ({ text: text.replace(/#.*/, '').trim(), number }))
    .filter(({ text }) => text !== '');
  if (lines.length === 0) {
    const comment = written.find(({ text }) => text !== '')?.text;
    const got = comment ? `only ${JSON.stringify(comment.slice(0, 40))}` : 'none';
    throw new Error(`readCsvPoints: ${name} must hold points, one a line, got ${got}`);
  }
  const separator = separatorOf(lines);
  const rows = lines.map(({ text, number }): Row => {
    return { fields: text.split(separator).map((field) => field.trim()), number };
  });
  const header = isHeader(rows) ? rows.shift()?.fields : undefined;
  if (rows.length === 0) {
    throw new Error(
      `readCsvPoints: ${name} must hold points, one a line, got only ${JSON.stringify(lines[0].text.slice(0, 40))}`,
    );
  }
  if (header) checkIndex(header, rows, name);
  const dim = rows[0].fields.length;
  if (header && isOther(header, dim, separator)) {
    throw new Error(
      `readCsvPoints: ${name}: line ${rows[0].number} must hold ${header.length} numbers, as many as the header has names, got ${dim}`,
    );
  }
  const points = new Float32Array(rows.length * dim);
  rows.forEach(({ fields, number }, row) => {
    if (fields.length !== dim) {
      throw new Error(
        `readCsvPoints: ${name}: line ${number} must hold ${dim} numbers, as line ${rows[0].number} does, ` +
          `got ${fields.length}`,
      );
    }
    fields.forEach((field, d) => {
      points[row * dim + d] = Number(field);
      if (!NUMBER.test(field) || !Number.isFinite(points[row * dim + d])) {
        throw new Error(
          `readCsvPoints: ${name}: line ${number} must hold finite numbers, got ${JSON.stringify(field.slice(0, 40))}${hint(field)}`,
        );
      }
    });
  });
  return pointSet({ dim, points });
}
