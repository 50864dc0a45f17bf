import { FONT, FONT_SIZE, INK, PAPER, TITLE_SIZE } from './theme.js';

const NUMERIC = /^(d|transform|x|y|x1|y1|x2|y2|cx|cy|r|dx|dy|width|height|points|stroke-width)$/;
const TRANSLATE = /^translate\((-?[\d.]+),\s*(-?[\d.]+)\)$/;
const LONG_NUMBER = /-?\d*\.\d{3,}(?:e[-+]?\d+)?|-?\d+(?:\.\d+)?e[-+]?\d+/gi;

// What XML cannot hold, and more control characters: all but tabs and ends of lines, halves of surrogate pairs, two that are no
// characters.
const NO_XML = /[^\P{Cc}\t\n\r]|[\ufffe\uffff]|\p{Surrogate}/gu;

/** Escapes text for an XML text node or attribute; what XML cannot hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  const legal = text.replace(NO_XML, '\ufffd');
  return legal.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** A pixel coordinate with at most two decimals and no negative zero. */
export function px(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

/**
 * Writes the content of a node as XML, the same text in every DOM; outerHTML would differ between a browser and linkedom.
 * Coordinates are rounded to two decimals, which hides differences in the last bits between engines.
 */
export function innerXml(node: Node): string {
  let text = '';
  for (let child = node.firstChild; child; child = child.nextSibling) text += nodeXml(child);
  return text;
}

function nodeXml(node: Node): string {
  if (node.nodeType === 3) return escapeXml(node.nodeValue ?? '');
  if (node.nodeType !== 1) return '';
  const element = node as Element;
  const name = element.localName;
  if (name === 'style') return ''; // Plot's page defaults; every figure states its own
  // DOMs differ in the order they list attributes in
  const listed = Array.from(element.attributes).sort((a, b) => (a.name < b.name ? -1 : 1));
  let attributes = '';
  for (const { name: key, value } of listed) {
    if (key.startsWith('aria-') || key === 'class' || key === 'xmlns') continue;
    const exact = key === 'transform' ? wholeShift(name, value) : value;
    if (exact === '') continue;
    const clean = NUMERIC.test(key) ? exact.replace(LONG_NUMBER, (s) => px(Number(s))) : exact;
    attributes += ` ${key}="${escapeXml(clean.replace(/currentColor/gi, INK))}"`;
  }
  const inside = innerXml(element);
  if (name === 'g' && inside === '') return '';
  return inside === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inside}</${name}>`;
}

/**
 * Plot moves whole marks by half a pixel more on screens of ordinary density than elsewhere; their own shifts
 * are whole numbers, so rounding down gives the same figure everywhere.
 */
function wholeShift(name: string, transform: string): string {
  const shift = name === 'g' || name === 'rect' ? TRANSLATE.exec(transform) : null;
  if (!shift) return transform;
  const [x, y] = [Math.floor(Number(shift[1])), Math.floor(Number(shift[2]))];
  return x === 0 && y === 0 ? '' : `translate(${x},${y})`;
}

/** Moves a piece of SVG and hands it the settings Plot's marks expect to inherit. */
export function placed(x: number, y: number, inside: string): string {
  return `<g transform="translate(${px(x)},${px(y)})" fill="${INK}" text-anchor="middle">${inside}</g>`;
}

export interface TextStyle {
  size?: number;
  weight?: 400 | 600;
  anchor?: 'start' | 'middle' | 'end';
  fill?: string;
}

/** One line of text with its baseline at (x, y). */
export function label(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = FONT_SIZE, weight = 400, anchor = 'start', fill = INK } = style;
  return (
    `<text x="${px(x)}" y="${px(y)}" font-size="${px(size)}" font-weight="${weight}" fill="${fill}" ` +
    `text-anchor="${anchor}">${escapeXml(text)}</text>`
  );
}

/** A generous estimate of a text's width in Inter, in pixels: no engine that draws it is at hand. */
export function textWidth(text: string, size: number, weight: 400 | 600 = 400): number {
  let em = 0;
  for (const c of text) em += /[ilj.,:;'|!]/.test(c) ? 0.3 : /[A-Zmw@%0-9+=]/.test(c) ? 0.68 : 0.58;
  return em * size * (weight === 600 ? 1.05 : 1);
}

/** A title that fits into width: smaller down to 9 px, then cut with an ellipsis. */
export function fittedLabel(x: number, y: number, text: string, width: number, style: TextStyle): string {
  let { size = FONT_SIZE, weight = 400 } = style;
  let shown = text;
  while (size > 9 && textWidth(shown, size, weight) > width) size -= 0.5;
  while (shown.length > 1 && textWidth(shown, size, weight) > width) shown = `${shown.slice(0, -2)}\u2026`;
  return label(x, y, shown, { ...style, size });
}

/** The height a figure's title takes above its panels, in pixels. */
export function titleHeight(title: string | undefined): number {
  return title ? 32 : 10;
}

/** The least width of a figure that shows its title whole, up to 480 pixels; 0 without one. */
export function titleWidth(title: string | undefined, margin: number): number {
  return title ? Math.min(480, Math.ceil(textWidth(title, TITLE_SIZE, 600)) + 2 * margin) : 0;
}

/** Draws a figure's title at its top left. */
export function titleLine(title: string | undefined, x: number, width: number): string {
  return title ? fittedLabel(x, 21, title, width - x - 8, { size: TITLE_SIZE, weight: 600 }) : '';
}

/** The whole SVG: white paper, a title for screen readers, then the body. Contains no ids. */
export function sheet(width: number, height: number, name: string, body: string): string {
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" ` +
    `font-family="${FONT}" font-size="${FONT_SIZE}"><title>${escapeXml(name)}</title>` +
    `<rect width="${w}" height="${h}" fill="${PAPER}"/>${body}</svg>`
  );
}
