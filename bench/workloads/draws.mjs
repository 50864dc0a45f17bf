// Random numbers: one unit is one call.

export const normalDraws = {
  name: 'normal',
  title: '1,000,000 standard normal numbers',
  kind: 'normal',
  unit: 'call',
  problem: (library) => ({ key: library.key(0), n: 1_000_000 }),
  perUnit: { count: 1_000_000, of: 'number' },
  tolerance: { values: 1e-5 },
  moments: (values) => [
    standard(values, 0, 1),
    standard(
      values.map((z) => z * z),
      1,
      Math.SQRT2,
    ),
  ],
};

/** As each system draws them best: here by an alias table. */
export const categoricalDraws = categories('categorical', '10,000 draws from 784 categories', 'alias');

/** As JAX draws them, the same ones. */
export const gumbelDraws = categories('gumbel', "10,000 draws from 784 categories, JAX's own", 'gumbel');

function categories(name, title, drawing) {
  return {
    name,
    title,
    kind: 'categorical',
    unit: 'call',
    problem(library) {
      const { logits } = library.imageDistribution(library.builtInImage('five'));
      return { key: library.key(0), logits, n: 10_000, drawing };
    },
    perUnit: { count: 10_000, of: 'draw' },
    // Two scores that differ in their last bit may fall either way: one draw in a thousand may differ.
    tolerance: { values: 0, differing: 1e-3 },
    moments,
  };
}

function moments(values, { logits }) {
  const weights = logits.map(Math.exp);
  const total = weights.reduce((sum, w) => sum + w, 0);
  const mean = weights.reduce((sum, w, i) => sum + (w / total) * i, 0);
  const variance = weights.reduce((sum, w, i) => sum + (w / total) * (i - mean) ** 2, 0);
  return [standard(values, mean, Math.sqrt(variance))];
}

/** How many standard errors the mean of `values` lies from what it must be. */
function standard(values, mean, sd) {
  let sum = 0;
  for (const value of values) sum += value;
  return ((sum / values.length - mean) / sd) * Math.sqrt(values.length);
}
