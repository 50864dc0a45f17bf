// The processor's multiply-add peak as WebAssembly reaches it: a hand-made module whose one loop keeps twelve f32x4
// accumulators busy, acc = acc * a + b, either by relaxed_madd or by a product and a sum. Twelve are enough to hide
// the latency of two units and leave four of the sixteen vector registers to the engine.

const ACCUMULATORS = 12;
/** Accumulator steps in one pass of the loop, so that the loop's own instructions do not count. */
const UNROLL = 8;
/** A multiply-add on four lanes. */
const FLOPS = 8;

const bytes = (...parts) => parts.flat();

function unsigned(n) {
  const out = [];
  do {
    out.push((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
    n >>>= 7;
  } while (n > 0);
  return out;
}

const section = (id, body) => bytes(id, unsigned(body.length), body);
const vector = (code) => bytes(0xfd, unsigned(code));
const localGet = (i) => [0x20, i];
const localSet = (i) => [0x21, i];
const f32Const = (x) => [0x43, ...new Uint8Array(Float32Array.of(x).buffer)];

const SPLAT = vector(0x13);
const ADD = vector(0xe4);
const MUL = vector(0xe6);
const RELAXED_MADD = vector(0x105);
const FIRST_LANE = bytes(vector(0x1f), 0);

/** A module that exports `run(passes: i32): f32`. */
function moduleBytes(relaxed) {
  const [a, b, first] = [1, 2, 3];
  const accumulators = Array.from({ length: ACCUMULATORS }, (_, i) => first + i);
  const step = (i) =>
    relaxed
      ? bytes(localGet(i), localGet(a), localGet(b), RELAXED_MADD, localSet(i))
      : bytes(localGet(i), localGet(a), MUL, localGet(b), ADD, localSet(i));
  const pass = Array.from({ length: UNROLL }, () => accumulators.flatMap(step)).flat();
  const code = bytes(
    [1, ACCUMULATORS + 2, 0x7b],
    bytes(f32Const(0.999), SPLAT, localSet(a), f32Const(1e-3), SPLAT, localSet(b)),
    bytes([0x03, 0x40], pass, localGet(0), [0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b]),
    localGet(first),
    accumulators.slice(1).flatMap((i) => bytes(localGet(i), ADD)),
    FIRST_LANE,
    0x0b,
  );
  return Uint8Array.from(
    bytes(
      [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(1, [1, 0x60, 1, 0x7f, 1, 0x7d]),
      section(3, [1, 0]),
      section(
        7,
        bytes(
          1,
          3,
          [...'run'].map((c) => c.charCodeAt(0)),
          0,
          0,
        ),
      ),
      section(10, bytes(1, unsigned(code.length), code)),
    ),
  );
}

/** GFLOP/s of the best of several runs of about 20 ms, after warming up; 0 where the engine lacks the opcode. */
function gflops(relaxed, samples, clock) {
  const binary = moduleBytes(relaxed);
  if (!WebAssembly.validate(binary)) return 0;
  const { run } = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports;
  for (let call = 0; call < 2000; call++) run(10);
  let passes = 10_000;
  let best = 0;
  for (let sample = 0; sample < samples; sample++) {
    const start = clock();
    run(passes);
    const ms = clock() - start;
    if (ms < 20) {
      // Too short to be timed by a page's clock: not a sample.
      passes *= 2;
      sample--;
    } else best = Math.max(best, (passes * UNROLL * ACCUMULATORS * FLOPS) / ms / 1e6);
  }
  return best;
}

/**
 * One thread's peak in GFLOP/s: `fused` by relaxed multiply-add (0 where there is none), `separate` by two opcodes.
 *
 * @param clock gives milliseconds
 */
export function measurePeak(samples = 5, clock = () => performance.now()) {
  return { fused: gflops(true, samples, clock), separate: gflops(false, samples, clock) };
}
