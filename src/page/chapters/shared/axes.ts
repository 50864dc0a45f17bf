// Marks of axes, for charts on the screen and in saved pictures.

/** Marks of a logarithmic axis: powers of ten, and 2 and 5 times them where there is room. */
export function logMarks(least: number, most: number): number[] {
  const parts = most / least > 300 ? [1] : [1, 2, 5];
  const marks: number[] = [];
  for (let k = Math.floor(Math.log10(least)); 10 ** k <= most; k++)
    for (const part of parts) marks.push(Number(`${part}e${k}`));
  return marks.filter((mark) => mark >= least && mark <= most);
}

/** Marks of a linear axis, at most `count` of them: multiples of 1, 2 or 5 times a power of ten. */
export function evenMarks(least: number, most: number, count: number): number[] {
  const rough = (most - least) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((part) => part * power >= rough * 0.999) ?? 10) * power;
  const marks: number[] = [];
  for (let k = Math.ceil(least / step - 1e-9); k * step <= most + 1e-9 * step; k++)
    marks.push(Number((k * step).toPrecision(12)));
  return marks;
}
