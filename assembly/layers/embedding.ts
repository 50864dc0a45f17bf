// What goes into a network beside its picture: a row of a trained table for each sample, and what a fixed noise gives all
// samples.
import { LANE_BYTES, LANES } from '../../src/abi/panels';
import { EmbeddingField as At, BorderField } from '../../src/abi/plan';

/** y = TABLE[index]. y: panels [N][8], overwritten, with zeros in lanes that hold no sample. */
export function embeddingForward(op: usize, samples: usize): void {
  const N = load<usize>(op, At.N);
  const stride = load<usize>(op, At.Y_STRIDE);
  memory.fill(load<usize>(op, At.Y), 0, ((samples + LANES - 1) / LANES) * stride);
  for (let s: usize = 0; s < samples; s++) {
    const to = load<usize>(op, At.Y) + (s / LANES) * stride + ((s & (LANES - 1)) << 2);
    const row = rowOf(op, s);
    for (let n: usize = 0; n < N; n++) store<f32>(to + n * LANE_BYTES, load<f32>(row + (n << 2)));
  }
}

/** The sample's row of the table. */
function rowOf(op: usize, s: usize): usize {
  const index = load<u32>(load<usize>(op, At.INDEX) + (s << 2));
  return load<usize>(op, At.TABLE) + ((<usize>index * load<usize>(op, At.N)) << 2);
}

/** dTABLE[index] += dy. gradients: bytes from a parameter to its gradient. */
export function embeddingBackward(op: usize, samples: usize, gradients: usize): void {
  const N = load<usize>(op, At.N);
  for (let s: usize = 0; s < samples; s++) {
    const from =
      load<usize>(op, At.DY) + (s / LANES) * load<usize>(op, At.DY_STRIDE) + ((s & (LANES - 1)) << 2);
    const to = rowOf(op, s) + gradients;
    for (let n: usize = 0; n < N; n++)
      store<f32>(to + (n << 2), load<f32>(to + (n << 2)) + load<f32>(from + n * LANE_BYTES));
  }
}

/** y = TABLE[index] for one sample. y: [N], overwritten. */
export function embeddingRow(op: usize): void {
  memory.copy(load<usize>(op, At.Y), rowOf(op, 0), load<usize>(op, At.N) << 2);
}

/** y = x for panels of samples that each have their own. */
export function broadcastForward(op: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++)
    memory.copy(
      load<usize>(op, BorderField.Y) + p * load<usize>(op, BorderField.Y_STRIDE),
      load<usize>(op, BorderField.X) + p * load<usize>(op, BorderField.X_STRIDE),
      load<usize>(op, BorderField.N) * LANE_BYTES,
    );
}

/** The same for samples with tangents: those of what depends on the noise alone are zero. */
export function broadcastDual(op: usize, panels: usize, tangents: usize): void {
  const stride = load<usize>(op, BorderField.Y_STRIDE);
  broadcastForward(op, panels);
  memory.fill(load<usize>(op, BorderField.Y) + panels * stride, 0, panels * tangents * stride);
}

/** dx = dy. */
export function broadcastBackward(op: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++)
    memory.copy(
      load<usize>(op, BorderField.DX) + p * load<usize>(op, BorderField.DX_STRIDE),
      load<usize>(op, BorderField.DY) + p * load<usize>(op, BorderField.DY_STRIDE),
      load<usize>(op, BorderField.N) * LANE_BYTES,
    );
}

/** y = x in all lanes, at a fixed noise. x: [N]; y: panels [N][8], overwritten. */
export function broadcastFixed(op: usize, panels: usize): void {
  const N = load<usize>(op, BorderField.N);
  for (let p: usize = 0; p < panels; p++) {
    const y = load<usize>(op, BorderField.Y) + p * load<usize>(op, BorderField.Y_STRIDE);
    for (let n: usize = 0; n < N; n++) {
      const v = v128.load32_splat(load<usize>(op, BorderField.X) + (n << 2));
      v128.store(y + n * LANE_BYTES, v);
      v128.store(y + n * LANE_BYTES, v, 16);
    }
  }
}
