// Whether two systems computed the same thing from the same inputs.

/** The length of the difference over the length of what it should be. */
function relativeDifference(a, b) {
  let difference = 0;
  let length = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i] - b[i]) ** 2;
    length += b[i] ** 2;
  }
  return Math.sqrt(difference / length);
}

/** The share of places that differ. */
function differing(a, b) {
  let count = 0;
  for (let i = 0; i < b.length; i++) count += a[i] === b[i] ? 0 : 1;
  return count / b.length;
}

/** Standard errors that the mean of independent draws may lie from its expectation. */
const STANDARD_ERRORS = 5;

/**
 * Compares a system's outputs with ours: `{ agrees, by }`, `by` in words. Draws of another generator cannot be equal;
 * their moments are held against what they must be.
 */
export function agreement(workload, problem, outputs, ours) {
  const { generator, ...arrays } = outputs;
  for (const [name, values] of Object.entries(arrays)) {
    if (values.length !== ours[name].length || !values.every(Number.isFinite)) {
      return { agrees: false, by: `${name}: not ${ours[name].length} finite numbers` };
    }
  }
  if (generator && generator !== ours.generator) {
    const most = Math.max(...workload.moments(arrays.values, problem).map(Math.abs));
    return {
      agrees: most < STANDARD_ERRORS,
      by: `its own generator; moments within ${most.toFixed(1)} standard errors`,
    };
  }
  const { differing: allowed, ...tolerance } = workload.tolerance;
  const parts = Object.keys(tolerance).map((name) => {
    const by = allowed ? differing(arrays[name], ours[name]) : relativeDifference(arrays[name], ours[name]);
    return { name, by, agrees: by <= (allowed ?? tolerance[name]) };
  });
  return {
    agrees: parts.every((part) => part.agrees),
    by: parts.map(({ name, by }) => `${name} ${by.toExponential(1)}`).join(', '),
  };
}
