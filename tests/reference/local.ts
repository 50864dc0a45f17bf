/** Pictures [count, height, width, channels]. */
export interface Pictures {
  count: number;
  height: number;
  width: number;
  channels: number;
  pixels: ArrayLike<number>;
}

/** The rows or columns of the patch of radius r around i, of n: what lies in the picture. */
function clipped(i: number, r: number, n: number): [first: number, end: number] {
  return [Math.max(0, i - r), Math.min(n, i + r + 1)];
}

/**
 * The local score at y [height, width, channels]: of each pixel, the mean of the pictures' pixels by how much the patches around them
 * resemble the one around it, less y, over sigma^2. size: pixels of a patch's side, Infinity the whole picture; reach: how many pixels a
 * patch may be moved.
 */
export function localScore(
  { count, height, width, channels, pixels }: Pictures,
  { sigma, size, reach = 0 }: { sigma: number; size: number; reach?: number },
  y: ArrayLike<number>,
): number[] {
  const isWhole = size >= 2 * Math.max(height, width) - 1;
  const r = isWhole ? height + width : (size - 1) / 2;
  const most = isWhole ? 0 : Math.min(reach, Math.max(height, width));
  const at = (row: number, column: number) => (row * width + column) * channels;
  const score = Array.from(y, () => 0);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [top, bottom] = clipped(row, r, height);
      const [left, right] = clipped(column, r, width);
      const logs: number[] = [];
      const centres: number[] = [];
      for (let dy = -most; dy <= most; dy++) {
        for (let dx = -most; dx <= most; dx++) {
          if (top + dy < 0 || bottom + dy > height || left + dx < 0 || right + dx > width) continue;
          for (let n = 0; n < count; n++) {
            const picture = n * height * width * channels;
            let squares = 0;
            for (let i = top; i < bottom; i++)
              for (let j = left; j < right; j++)
                for (let c = 0; c < channels; c++)
                  squares += (pixels[picture + at(i + dy, j + dx) + c] - y[at(i, j) + c]) ** 2;
            logs.push(-squares / (2 * sigma * sigma));
            centres.push(picture + at(row + dy, column + dx));
          }
        }
      }
      const largest = logs.reduce((a, b) => Math.max(a, b));
      const total = logs.reduce((sum, log) => sum + Math.exp(log - largest), 0);
      for (let c = 0; c < channels; c++) {
        const pull = logs.reduce(
          (sum, log, i) => sum + Math.exp(log - largest) * (pixels[centres[i] + c] - y[at(row, column) + c]),
          0,
        );
        score[at(row, column) + c] = pull / total / (sigma * sigma);
      }
    }
  }
  return score;
}
