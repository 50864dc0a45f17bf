/** The letters of the text, in their order: those from # to } but for quotes, the dollar, < and the backslash. */
const LETTERS = Array.from({ length: 91 }, (_, i) => String.fromCharCode(35 + i))
  .filter((letter) => !"$'<\\`".includes(letter))
  .join('');
const SINGLES = LETTERS.length - 2;

/**
 * The bytes that a text of `textOfBytes` (src/page/binaryText.mjs) stands for. The build writes a call of it for each `.wasm`
 * file that a worker carries.
 *
 * @param text all 256 bytes in hexadecimal digits, then a letter for each of the first 84 of them, and a pair for each other
 */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  const placeOf = new Uint8Array(128);
  for (let i = 0; i < LETTERS.length; i++) placeOf[LETTERS.charCodeAt(i)] = i;
  const order = Uint8Array.from({ length: 256 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
  const bytes = new Uint8Array(text.length - 512);
  let to = 0;
  for (let at = 512; at < text.length; at++) {
    const place = placeOf[text.charCodeAt(at)];
    bytes[to++] =
      order[
        place < SINGLES
          ? place
          : SINGLES + (place - SINGLES) * LETTERS.length + placeOf[text.charCodeAt(++at)]
      ];
  }
  return bytes.slice(0, to);
}
