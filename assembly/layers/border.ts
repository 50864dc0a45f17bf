// Copies between panels, [coordinate][8 samples], and rows, [8 samples][coordinate], within a plan: layers of pictures work on
// rows, all others on panels.
import { LANES } from '../../src/abi/panels';
import { BorderField as At } from '../../src/abi/plan';
import { fromPanels, toPanels } from '../core/panels';

/** y = x. x: panels [N][8]; y: rows [N], overwritten. */
export function toRowsForward(op: usize, samples: usize): void {
  panelsToRows(op, At.X, At.Y, samples);
}

/** dx = dy. dy: rows [N]; dx: panels [N][8], overwritten, with zeros in lanes that hold no sample. */
export function toRowsBackward(op: usize, samples: usize): void {
  rowsToPanels(op, At.DY, At.DX, samples);
}

/** y = x. x: rows [N]; y: panels [N][8], overwritten, with zeros in lanes that hold no sample. */
export function toPanelsForward(op: usize, samples: usize): void {
  rowsToPanels(op, At.X, At.Y, samples);
}

/** dx = dy. dy: panels [N][8]; dx: rows [N], overwritten. */
export function toPanelsBackward(op: usize, samples: usize): void {
  panelsToRows(op, At.DY, At.DX, samples);
}

/** y = x for one sample, which is [N] in both forms, and at a fixed noise. y: overwritten. */
export function borderRow(op: usize): void {
  memory.copy(load<usize>(op, At.Y), load<usize>(op, At.X), load<usize>(op, At.N) << 2);
}

/** The address of eight samples in the array whose address is a field of the record. The field of its stride is the next one. */
function eightSamples(op: usize, field: usize, p: usize): usize {
  return load<usize>(op + field) + p * load<usize>(op + field, 4);
}

function panelsToRows(op: usize, from: usize, to: usize, samples: usize): void {
  const N = load<usize>(op, At.N);
  for (let p: usize = 0; p * LANES < samples; p++)
    fromPanels(eightSamples(op, from, p), min<usize>(LANES, samples - p * LANES), N, eightSamples(op, to, p));
}

function rowsToPanels(op: usize, from: usize, to: usize, samples: usize): void {
  const N = load<usize>(op, At.N);
  for (let p: usize = 0; p * LANES < samples; p++)
    toPanels(eightSamples(op, from, p), min<usize>(LANES, samples - p * LANES), N, eightSamples(op, to, p));
}
