// The borders between panels, [coordinate][8 samples], and rows, [sample][coordinate], within a plan: layers of pictures work
// on rows, everything else on panels.
import { LANES } from '../../src/abi/panels';
import { BorderField as At } from '../../src/abi/plan';
import { fromPanels, toPanels } from '../core/panels';

/** y = x. x: panels [N][8]; y: rows [8][N] for each of them, overwritten. */
export function toRowsForward(op: usize, panels: usize): void {
  rowsOf(
    op,
    load<usize>(op, At.X),
    load<usize>(op, At.X_STRIDE),
    load<usize>(op, At.Y),
    load<usize>(op, At.Y_STRIDE),
    panels,
  );
}

/** dx = dy. dy: rows; dx: panels, overwritten. */
export function toRowsBackward(op: usize, panels: usize): void {
  panelsOf(
    op,
    load<usize>(op, At.DY),
    load<usize>(op, At.DY_STRIDE),
    load<usize>(op, At.DX),
    load<usize>(op, At.DX_STRIDE),
    panels,
  );
}

/** y = x. x: rows [8][N]; y: panels [N][8], overwritten. */
export function toPanelsForward(op: usize, panels: usize): void {
  panelsOf(
    op,
    load<usize>(op, At.X),
    load<usize>(op, At.X_STRIDE),
    load<usize>(op, At.Y),
    load<usize>(op, At.Y_STRIDE),
    panels,
  );
}

/** dx = dy. dy: panels; dx: rows, overwritten. */
export function toPanelsBackward(op: usize, panels: usize): void {
  rowsOf(
    op,
    load<usize>(op, At.DY),
    load<usize>(op, At.DY_STRIDE),
    load<usize>(op, At.DX),
    load<usize>(op, At.DX_STRIDE),
    panels,
  );
}

/** One sample is the same in both. */
export function borderRow(op: usize): void {
  memory.copy(load<usize>(op, At.Y), load<usize>(op, At.X), load<usize>(op, At.N) << 2);
}

function rowsOf(op: usize, x: usize, xStride: usize, y: usize, yStride: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++)
    fromPanels(x + p * xStride, LANES, load<usize>(op, At.N), y + p * yStride);
}

function panelsOf(op: usize, x: usize, xStride: usize, y: usize, yStride: usize, panels: usize): void {
  for (let p: usize = 0; p < panels; p++)
    toPanels(x + p * xStride, LANES, load<usize>(op, At.N), y + p * yStride);
}
