// Binaries as text that packs well: a byte keeps its own letter wherever it stands, which base64 takes from it.

/** What a text is made of: printable ASCII without what strings and markup would escape. src/page/worker/bytesOfText.ts knows it too. */
const LETTERS = Array.from({ length: 91 }, (_, i) => String.fromCharCode(35 + i)).filter(
  (letter) => !"$'<\\`".includes(letter),
);
/** Letters that stand for a byte alone. The last two begin a pair, for the 172 bytes that are rarer. */
const SINGLES = LETTERS.length - 2;

/**
 * Bytes as text: first all 256 bytes as hexadecimal digits, the most frequent before others, then for each byte the letter or
 * the pair of its place among them.
 */
export function textOfBytes(bytes) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte]++;
  const order = [...counts.keys()].sort((a, b) => counts[b] - counts[a]);
  const words = [];
  order.forEach((byte, rank) => {
    const rest = rank - SINGLES;
    words[byte] =
      rest < 0
        ? LETTERS[rank]
        : LETTERS[SINGLES + Math.floor(rest / LETTERS.length)] + LETTERS[rest % LETTERS.length];
  });
  return Buffer.from(order).toString('hex') + Array.from(bytes, (byte) => words[byte]).join('');
}
