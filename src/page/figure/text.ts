// Widths of words, which both pens need and only a canvas knows.
let measuring: CanvasRenderingContext2D | undefined;

/** How wide a text is, in the units of its font's size. */
export function widthOf(text: string, font: string): number {
  measuring ??= document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
  measuring.font = font;
  return measuring.measureText(text).width;
}

/** A text in lines that are at most this wide; a word that is wider has a line of its own. */
export function linesOf(text: string, width: number, font: string): string[] {
  const lines: string[] = [];
  // What equals what stays in one line.
  for (const word of text.replaceAll(' = ', '\u00a0=\u00a0').split(' ')) {
    const line = lines.length > 0 ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length === 0 || widthOf(line, font) > width) lines.push(word);
    else lines[lines.length - 1] = line;
  }
  return lines.map((line) => line.replaceAll('\u00a0=\u00a0', ' = '));
}
