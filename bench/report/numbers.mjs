/** Three significant digits, thousands apart. */
export function digits(x) {
  if (x === 0 || !Number.isFinite(x)) return String(x);
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(x))));
  return x.toLocaleString('en', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** A time in the unit that suits it. */
export function duration(ms) {
  if (ms >= 1000) return `${digits(ms / 1000)} s`;
  if (ms >= 1) return `${digits(ms)} ms`;
  if (ms >= 1e-3) return `${digits(ms * 1e3)} us`;
  return `${digits(ms * 1e6)} ns`;
}
