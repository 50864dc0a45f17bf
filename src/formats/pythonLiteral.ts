// Python's literals, as far as headers of npy files have them.

/** A dictionary has no prototype, so that no key is there but those that were written. */
export type Literal = string | boolean | number | null | Literal[] | { [key: string]: Literal };

const TOKEN =
  /\s*(?:(?<integer>[+-]?(?:0[xX][\da-fA-F]+|0(?:_?0)*|[1-9](?:_?\d)*))(?<long>[lL]?)(?![\w.])|[uU]?(?:'(?<single>[^'\\\n]*)'|"(?<double>[^"\\\n]*)")|(?<word>True|False|None)(?!\w)|(?<mark>[{}()[\]:,]))/y;

type Groups = Record<'integer' | 'long' | 'single' | 'double' | 'word' | 'mark', string | undefined>;

const WORDS: Record<string, Literal> = { True: true, False: false, None: null };
const CLOSE: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** Brackets in brackets that are followed; numpy writes two. */
const MOST_DEPTH = 50;

function tokensOf(text: string): Groups[] {
  const tokens: Groups[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found)
      throw new Error(`no literal of Python at ${JSON.stringify(text.slice(at, at + 20)).slice(0, 40)}`);
    tokens.push(found.groups as Groups);
  }
  return tokens;
}

/**
 * The value of a literal: a dictionary with keys that are strings, tuples and lists (both arrays here), strings without escapes,
 * True, False, None, and integers, also Python 2's long ones (`2L`), but not those that begin with 0, which are octal there.
 *
 * @throws Error where the text is no such literal.
 */
export function pythonLiteral(text: string, { isPython3 = false } = {}): Literal {
  const tokens = tokensOf(text);
  let at = 0;
  const mark = () => tokens[at]?.mark;
  const expect = (wanted: string) => {
    if (mark() !== wanted) throw new Error(`"${wanted}" is missing`);
    at++;
  };

  function value(depth: number): Literal {
    const token = tokens[at++];
    if (!token || depth > MOST_DEPTH) throw new Error('it ends early');
    const { integer, long, single, double, word } = token;
    if (isPython3 && long) throw new Error('its integers are those of Python 2');
    if (integer !== undefined) return Number(integer.replaceAll('_', ''));
    if (word !== undefined) return WORDS[word];
    const string = single ?? double;
    if (string !== undefined) return string;
    const close = CLOSE[token.mark as string];
    if (!close) throw new Error(`"${token.mark}" is out of place`);
    return close === '}' ? dictionary(depth) : sequence(close, depth);
  }

  function dictionary(depth: number): Literal {
    const found: { [key: string]: Literal } = Object.create(null);
    while (mark() !== '}') {
      const key = value(depth + 1);
      if (typeof key !== 'string') throw new Error('a key is no string');
      expect(':');
      found[key] = value(depth + 1);
      if (mark() !== '}') expect(',');
    }
    at++;
    return found;
  }

  function sequence(close: string, depth: number): Literal {
    const found: Literal[] = [];
    let commas = 0;
    while (mark() !== close) {
      found.push(value(depth + 1));
      if (mark() === close) break;
      expect(',');
      commas++;
    }
    at++;
    // Parentheses around one value are no tuple.
    return close === ')' && found.length === 1 && commas === 0 ? found[0] : found;
  }

  const result = value(0);
  if (at < tokens.length) throw new Error('something follows it');
  return result;
}
