// A plan's operations, carried out one after another. A list of them is a word with their number, then, OPERATION_BYTES
// each from the next multiple of them on, their records. A new layer is one file and its lines in the switch.
import {
  BACKWARD,
  BIAS,
  CENTRE,
  DENSE,
  FEATURES,
  FINISH,
  FIX,
  FIXED,
  FIXED_ROW,
  FORK,
  FORWARD,
  LEVEL_DENSE,
  OPERATION_BYTES,
  PACK,
  PACK_ROW,
  SOFTPLUS,
  START,
  TO_PANELS,
  TO_ROWS,
} from '../../src/abi/plan';
import { biasBackward, biasForward, biasRow } from '../layers/bias';
import {
  borderRow,
  toPanelsBackward,
  toPanelsForward,
  toRowsBackward,
  toRowsForward,
} from '../layers/border';
import { centreForward, centreRow } from '../layers/centre';
import { denseBackward, denseForward, densePack, densePackRow, denseRow } from '../layers/dense';
import { featuresFixedRow, featuresForward } from '../layers/features';
import { forkBackward } from '../layers/fork';
import {
  levelDenseBackward,
  levelDenseFinish,
  levelDenseFix,
  levelDenseFixed,
  levelDenseForward,
  levelDensePack,
  levelDenseRow,
  levelDenseStart,
} from '../layers/levelDense';
import { softplusBackward, softplusFixed, softplusForward, softplusRow } from '../layers/softplus';

/**
 * Makes one pass over the operations of `list`, the backward pass from the last to the first. An operation that has no
 * kernel for a pass has nothing to do in it.
 * panels: how many the block has, for passes over samples; gradients: bytes from a parameter to its gradient, for BACKWARD
 * and FINISH, which add to the gradients; isFirst: whether this is the first block, when all gradients are zero, so that
 * those of weights are overwritten without being read.
 */
export function walk(list: usize, pass: u32, panels: usize, gradients: usize, isFirst: bool): void {
  const first = list + OPERATION_BYTES;
  const end = first + load<usize>(list) * OPERATION_BYTES;
  const isBackward = pass == BACKWARD;
  const step: usize = isBackward ? 0 - OPERATION_BYTES : OPERATION_BYTES;
  const start = isBackward ? end - OPERATION_BYTES : first;
  for (let op = start; op >= first && op < end; op += step) {
    switch (load<u32>(op) + pass) {
      case CENTRE + FORWARD:
      case CENTRE + FIXED:
        centreForward(op, panels);
        break;
      case CENTRE + FIXED_ROW:
        centreRow(op);
        break;
      case FEATURES + FORWARD:
      case FEATURES + FIXED:
        featuresForward(op, panels);
        break;
      case FEATURES + FIXED_ROW:
        featuresFixedRow(op);
        break;
      case LEVEL_DENSE + PACK:
        levelDensePack(op);
        break;
      case LEVEL_DENSE + START:
        levelDenseStart(op);
        break;
      case LEVEL_DENSE + FORWARD:
        levelDenseForward(op, panels);
        break;
      case LEVEL_DENSE + BACKWARD:
        levelDenseBackward(op, panels, gradients, isFirst);
        break;
      case LEVEL_DENSE + FINISH:
        levelDenseFinish(op, gradients);
        break;
      case LEVEL_DENSE + FIX:
        levelDenseFix(op);
        break;
      case LEVEL_DENSE + FIXED:
        levelDenseFixed(op, panels);
        break;
      case LEVEL_DENSE + FIXED_ROW:
        levelDenseRow(op);
        break;
      case DENSE + PACK:
        densePack(op);
        break;
      case DENSE + FORWARD:
      case DENSE + FIXED:
        denseForward(op, panels);
        break;
      case DENSE + BACKWARD:
        denseBackward(op, panels, gradients, isFirst);
        break;
      case DENSE + PACK_ROW:
        densePackRow(op);
        break;
      case DENSE + FIXED_ROW:
        denseRow(op);
        break;
      case SOFTPLUS + FORWARD:
        softplusForward(op, panels);
        break;
      case SOFTPLUS + BACKWARD:
        softplusBackward(op, panels, gradients);
        break;
      case SOFTPLUS + FIXED:
        softplusFixed(op, panels);
        break;
      case SOFTPLUS + FIXED_ROW:
        softplusRow(op);
        break;
      case BIAS + FORWARD:
      case BIAS + FIXED:
        biasForward(op, panels);
        break;
      case BIAS + BACKWARD:
        biasBackward(op, panels, gradients);
        break;
      case BIAS + FIXED_ROW:
        biasRow(op);
        break;
      case FORK + BACKWARD:
        forkBackward(op, panels);
        break;
      case TO_ROWS + FORWARD:
      case TO_ROWS + FIXED:
        toRowsForward(op, panels);
        break;
      case TO_ROWS + BACKWARD:
        toRowsBackward(op, panels);
        break;
      case TO_PANELS + FORWARD:
      case TO_PANELS + FIXED:
        toPanelsForward(op, panels);
        break;
      case TO_PANELS + BACKWARD:
        toPanelsBackward(op, panels);
        break;
      case TO_ROWS + FIXED_ROW:
      case TO_PANELS + FIXED_ROW:
        borderRow(op);
        break;
    }
  }
}
