// A plan's operations, carried out one after another. A list of them is a word with their number, then, OPERATION_BYTES
// each from the next multiple of them on, their records. A new layer is one file and its lines in the switch.
import { LANES } from '../../src/abi/panels';
import {
  ADD,
  ATTENTION,
  BACKWARD,
  BIAS,
  BROADCAST,
  CENTRE,
  CONCATENATE,
  CONV,
  DENSE,
  DENSE_TRANSPOSE,
  DUAL_BACKWARD,
  DUAL_FORWARD,
  EMBEDDING,
  ENERGY,
  FEATURES,
  FEATURES_TRANSPOSE,
  FINISH,
  FIX,
  FIXED,
  FIXED_ROW,
  FORK,
  FORWARD,
  GROUP_NORM,
  LEVEL_DENSE,
  LIST_TANGENTS,
  OPERATION_BYTES,
  PACK,
  PACK_ROW,
  PRODUCT,
  RECENTRE,
  SILU,
  SILU_SLOPE,
  SOFTPLUS,
  START,
  TANGENTS,
  TANGENTS_AS_SAMPLES,
  TANGENTS_OWN,
  TO_PANELS,
  TO_ROWS,
  UPSAMPLE,
  WINOGRAD,
} from '../../src/abi/plan';
import { addBackward, addForward, addRow } from '../layers/add';
import { attentionBackward, attentionForward } from '../layers/attention';
import { attentionDualBackward, attentionDualForward } from '../layers/attentionDual';
import { biasBackward, biasForward, biasRow } from '../layers/bias';
import {
  borderRow,
  toPanelsBackward,
  toPanelsForward,
  toRowsBackward,
  toRowsForward,
} from '../layers/border';
import { centreForward, centreRow, recentreForward, recentreRow, recentreTangents } from '../layers/centre';
import { concatenateBackward, concatenateForward } from '../layers/concatenate';
import { convBackward, convForward, convPack } from '../layers/conv';
import {
  denseBackward,
  denseForward,
  densePack,
  densePackRow,
  denseRow,
  denseTransposeBackward,
  denseTransposeForward,
  denseTransposePackRow,
  denseTransposeRow,
} from '../layers/dense';
import {
  broadcastBackward,
  broadcastDual,
  broadcastFixed,
  broadcastForward,
  embeddingBackward,
  embeddingForward,
  embeddingRow,
} from '../layers/embedding';
import { energyBackward, energyForward, energyRow } from '../layers/energy';
import { featuresFixedRow, featuresForward } from '../layers/features';
import { featuresDual } from '../layers/featuresDual';
import {
  featuresTransposeBackward,
  featuresTransposeForward,
  featuresTransposeRow,
} from '../layers/featuresTranspose';
import { forkBackward } from '../layers/fork';
import { groupNormBackward, groupNormForward } from '../layers/groupNorm';
import { groupNormDualBackward, groupNormDualForward } from '../layers/groupNormDual';
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
import { levelDenseDualBackward, levelDenseDualForward } from '../layers/levelDenseDual';
import { productBackward, productForward, productRow } from '../layers/product';
import { upsampleBackward, upsampleForward } from '../layers/resample';
import { siluBackward, siluDualBackward, siluDualForward, siluForward, siluRow } from '../layers/silu';
import { siluSlopeBackward, siluSlopeForward, siluSlopeRow } from '../layers/siluSlope';
import {
  softplusBackward,
  softplusDualBackward,
  softplusDualForward,
  softplusFixed,
  softplusForward,
  softplusRow,
} from '../layers/softplus';
import { winogradBackward, winogradForward, winogradPack } from '../layers/winograd';

/**
 * Makes one pass over the operations of `list`, the backward pass from the last to the first. An operation that has no
 * kernel for a pass has nothing to do in it.
 * samples: how many the block has, for passes over samples; layers on panels compute all lanes of the last one; gradients:
 * bytes from a parameter to its gradient, for BACKWARD and FINISH, which add to the gradients; isFirst: whether this is the
 * first block, when all gradients are zero, so that those of weights are overwritten without being read.
 * PACK takes two other numbers in their places: the number of a part, and how many parts there are. The operations that pack
 * take turns, so that threads can pack at the same time.
 * DUAL_FORWARD and DUAL_BACKWARD compute all lanes of the last panel; each sample has as many tangents as the list says.
 */
export function walk(list: usize, pass: u32, samples: usize, gradients: usize, isFirst: bool): void {
  const first = list + OPERATION_BYTES;
  const end = first + load<usize>(list) * OPERATION_BYTES;
  let panels = (samples + LANES - 1) / LANES;
  const part = samples;
  const parts = gradients;
  let turn: usize = 0;
  const isBackward = pass == BACKWARD || pass == DUAL_BACKWARD;
  const isDual = pass == DUAL_FORWARD || pass == DUAL_BACKWARD;
  const pointPanels = panels;
  const tangents = load<usize>(list, LIST_TANGENTS);
  const step: usize = isBackward ? 0 - OPERATION_BYTES : OPERATION_BYTES;
  const start = isBackward ? end - OPERATION_BYTES : first;
  for (let op = start; op >= first && op < end; op += step) {
    let code = load<u32>(op) + pass;
    if (isDual) {
      const kind = load<u32>(op, TANGENTS);
      panels = pointPanels;
      samples = pointPanels * LANES;
      if (kind != TANGENTS_OWN) code -= DUAL_FORWARD - FORWARD;
      if (kind == TANGENTS_AS_SAMPLES) {
        panels *= 1 + tangents;
        samples *= 1 + tangents;
      }
    }
    switch (code) {
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
      case FEATURES + DUAL_FORWARD:
        featuresDual(op, panels, tangents);
        break;
      case FEATURES + FIXED_ROW:
        featuresFixedRow(op);
        break;
      case LEVEL_DENSE + PACK:
        if (turn++ % parts == part) levelDensePack(op);
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
      case LEVEL_DENSE + DUAL_FORWARD:
        levelDenseDualForward(op, panels, tangents);
        break;
      case LEVEL_DENSE + DUAL_BACKWARD:
        levelDenseDualBackward(op, panels, tangents, gradients, isFirst);
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
        if (turn++ % parts == part) densePack(op);
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
      case SOFTPLUS + DUAL_FORWARD:
        softplusDualForward(op, panels, tangents);
        break;
      case SOFTPLUS + DUAL_BACKWARD:
        softplusDualBackward(op, panels, tangents, gradients);
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
        toRowsForward(op, samples);
        break;
      case TO_ROWS + BACKWARD:
        toRowsBackward(op, samples);
        break;
      case TO_PANELS + FORWARD:
      case TO_PANELS + FIXED:
        toPanelsForward(op, samples);
        break;
      case TO_PANELS + BACKWARD:
        toPanelsBackward(op, samples);
        break;
      case TO_ROWS + FIXED_ROW:
      case TO_PANELS + FIXED_ROW:
      case BROADCAST + FIXED_ROW:
        borderRow(op);
        break;
      case CONV + PACK:
        if (turn++ % parts == part) convPack(op);
        break;
      case CONV + FORWARD:
      case CONV + FIXED:
      case CONV + FIXED_ROW:
        convForward(op, samples, samples);
        break;
      case CONV + BACKWARD:
        convBackward(op, samples, gradients, samples);
        break;
      case CONV + DUAL_FORWARD:
        convForward(op, samples * (1 + tangents), samples);
        break;
      case CONV + DUAL_BACKWARD:
        convBackward(op, samples * (1 + tangents), gradients, samples);
        break;
      case WINOGRAD + PACK:
        if (turn++ % parts == part) winogradPack(op);
        break;
      case WINOGRAD + FORWARD:
      case WINOGRAD + FIXED:
      case WINOGRAD + FIXED_ROW:
        winogradForward(op, samples, samples);
        break;
      case WINOGRAD + BACKWARD:
        winogradBackward(op, samples, gradients, samples);
        break;
      case WINOGRAD + DUAL_FORWARD:
        winogradForward(op, samples * (1 + tangents), samples);
        break;
      case WINOGRAD + DUAL_BACKWARD:
        winogradBackward(op, samples * (1 + tangents), gradients, samples);
        break;
      case GROUP_NORM + FORWARD:
      case GROUP_NORM + FIXED:
      case GROUP_NORM + FIXED_ROW:
        groupNormForward(op, samples);
        break;
      case GROUP_NORM + BACKWARD:
        groupNormBackward(op, samples, gradients);
        break;
      case GROUP_NORM + DUAL_FORWARD:
        groupNormDualForward(op, samples, tangents);
        break;
      case GROUP_NORM + DUAL_BACKWARD:
        groupNormDualBackward(op, samples, tangents, gradients);
        break;
      case SILU + FORWARD:
      case SILU + FIXED:
        siluForward(op, panels);
        break;
      case SILU + BACKWARD:
        siluBackward(op, panels);
        break;
      case SILU + DUAL_FORWARD:
        siluDualForward(op, panels, tangents);
        break;
      case SILU + DUAL_BACKWARD:
        siluDualBackward(op, panels, tangents);
        break;
      case SILU + FIXED_ROW:
        siluRow(op);
        break;
      case UPSAMPLE + FORWARD:
      case UPSAMPLE + FIXED:
      case UPSAMPLE + FIXED_ROW:
        upsampleForward(op, samples);
        break;
      case UPSAMPLE + BACKWARD:
        upsampleBackward(op, samples);
        break;
      case CONCATENATE + FORWARD:
      case CONCATENATE + FIXED:
      case CONCATENATE + FIXED_ROW:
        concatenateForward(op, samples);
        break;
      case CONCATENATE + BACKWARD:
        concatenateBackward(op, samples);
        break;
      case ADD + FORWARD:
      case ADD + FIXED:
        addForward(op, panels);
        break;
      case ADD + BACKWARD:
        addBackward(op, panels);
        break;
      case ADD + FIXED_ROW:
        addRow(op);
        break;
      case ATTENTION + FORWARD:
      case ATTENTION + FIXED:
      case ATTENTION + FIXED_ROW:
        attentionForward(op, samples);
        break;
      case ATTENTION + BACKWARD:
        attentionBackward(op, samples);
        break;
      case ATTENTION + DUAL_FORWARD:
        attentionDualForward(op, samples, tangents);
        break;
      case ATTENTION + DUAL_BACKWARD:
        attentionDualBackward(op, samples, tangents);
        break;
      case EMBEDDING + FORWARD:
      case EMBEDDING + FIXED:
        embeddingForward(op, samples);
        break;
      case EMBEDDING + BACKWARD:
        embeddingBackward(op, samples, gradients);
        break;
      case EMBEDDING + FIXED_ROW:
        embeddingRow(op);
        break;
      case BROADCAST + FORWARD:
        broadcastForward(op, panels);
        break;
      case BROADCAST + DUAL_FORWARD:
        broadcastDual(op, panels, tangents);
        break;
      case BROADCAST + BACKWARD:
      case BROADCAST + DUAL_BACKWARD:
        broadcastBackward(op, panels);
        break;
      case BROADCAST + FIXED:
        broadcastFixed(op, panels);
        break;
      case RECENTRE + FORWARD:
      case RECENTRE + FIXED:
        recentreForward(op, panels);
        break;
      case RECENTRE + DUAL_FORWARD:
        recentreForward(op, panels);
        recentreTangents(op, panels, tangents);
        break;
      case RECENTRE + FIXED_ROW:
        recentreRow(op);
        break;
      case SILU_SLOPE + FORWARD:
      case SILU_SLOPE + FIXED:
        siluSlopeForward(op, panels);
        break;
      case SILU_SLOPE + BACKWARD:
        siluSlopeBackward(op, panels);
        break;
      case SILU_SLOPE + FIXED_ROW:
        siluSlopeRow(op);
        break;
      case PRODUCT + FORWARD:
      case PRODUCT + FIXED:
        productForward(op, panels);
        break;
      case PRODUCT + BACKWARD:
        productBackward(op, panels);
        break;
      case PRODUCT + FIXED_ROW:
        productRow(op);
        break;
      case DENSE_TRANSPOSE + FORWARD:
      case DENSE_TRANSPOSE + FIXED:
        denseTransposeForward(op, panels);
        break;
      case DENSE_TRANSPOSE + BACKWARD:
        denseTransposeBackward(op, panels, gradients, isFirst);
        break;
      case DENSE_TRANSPOSE + PACK_ROW:
        denseTransposePackRow(op);
        break;
      case DENSE_TRANSPOSE + FIXED_ROW:
        denseTransposeRow(op);
        break;
      case ENERGY + FORWARD:
      case ENERGY + FIXED:
        energyForward(op, panels);
        break;
      case ENERGY + BACKWARD:
        energyBackward(op, panels, gradients);
        break;
      case ENERGY + FIXED_ROW:
        energyRow(op);
        break;
      case FEATURES_TRANSPOSE + FORWARD:
      case FEATURES_TRANSPOSE + FIXED:
        featuresTransposeForward(op, panels);
        break;
      case FEATURES_TRANSPOSE + BACKWARD:
        featuresTransposeBackward(op, panels);
        break;
      case FEATURES_TRANSPOSE + FIXED_ROW:
        featuresTransposeRow(op);
        break;
    }
  }
}
