// Chains that move while the noise level changes. Annealed Langevin dynamics, the reverse stochastic differential equation
// and the probability flow are all sequences of affine stages
//
//   x <- a x + b s + c z + d y + e w,   w <- y,   y <- f x + g s   (all from the old x, y and w)
//
// where s is the score at u x of the data under the stage's noise, z ~ N(0, I), and y and w are arrays that live from
// stage to stage: what a solver keeps of the two stages before. A stage has either noise z or these arrays. A table gives
// each stage its noise and its coefficients, so that one call makes many stages over many noise levels.

import {
  DONE,
  PAUSED,
  RunField,
  STAGE_BYTES,
  StageField,
  StageTableField,
  WAITS,
} from '../../src/abi/samplers';
import {
  CONDITIONAL,
  ConditionalField,
  DENOISER,
  EMPIRICAL,
  GUIDED,
  GuidedField,
  LOCAL,
  MIXTURE,
  NETWORK,
} from '../../src/abi/scores';
import { madd } from '../core/simd';
import { empiricalNoise } from '../densities/empirical/record';
import { localNoise } from '../densities/local/background';
import { mixtureConstants, mixtureInverseSds } from '../densities/mixture';
import { denoiserNoise } from '../plan/denoiserScore';
import { networkScoreNoise } from '../plan/score';
import { noisyStep } from './draws';
import { record } from './record';
import { countOf, dimOf, isExternal, shareArray, takeAnswer } from './run';
import { evaluateShare, isUnfinished } from './shareScores';

/** Arrays over all panels: s, u x, y and w. */
export const DIFFUSION_ARRAYS: usize = 4;

/**
 * Makes the steps first ... first + steps - 1 of a share, so many stages each as the table says. Stage r of chain c takes
 * its z from normal(key, [stages, chains, D])[r, c].
 * path: room for the positions that these steps keep, f32 [..][C][D]; budget and what it returns: see `runSteps`. Stage
 * RunField.NEXT waits for its scores: those at u x, of the positions x that are read as query points. One with b = 0 and g = 0
 * asks for none.
 */
export function diffuse(run: usize, first: u32, steps: u32, path: usize, budget: u32): u32 {
  const score = load<usize>(run, RunField.SCORE);
  const external = isExternal(run);
  const table = load<usize>(run, RunField.STAGES);
  const perStep = load<u32>(table, StageTableField.PER_STEP);
  const C = countOf(run);
  const x = load<usize>(run, RunField.POSITIONS);
  const s = shareArray(run, 0);
  const scaled = shareArray(run, 1);
  const y = shareArray(run, 2);
  const w = shareArray(run, 3);
  const bytes = scaled - s;
  const end = (first + steps) * perStep;
  const most: usize = budget == 0 ? <usize>-1 : budget;
  let left = most;
  // The first stage of a call sets its noise: what the call before left is not known here.
  let noise: u32 = 0xffffffff;
  for (let r = load<u32>(run, RunField.NEXT); r < end; r++) {
    const stage = load<usize>(table, StageTableField.FIRST) + <usize>r * STAGE_BYTES;
    const asks = load<f32>(stage, StageField.B) != 0 || load<f32>(stage, StageField.G) != 0;
    if (asks && external) {
      if (!takeAnswer(run)) return WAITS;
    } else if (asks) {
      if (left == 0) return PAUSED;
      if (load<u32>(stage, StageField.NOISE) != noise) {
        noise = load<u32>(stage, StageField.NOISE);
        setNoise(score, table, noise, dimOf(run));
      }
      const u = load<f32>(stage, StageField.U);
      if (u != 1) scale(x, scaled, bytes, u);
      left = evaluateShare(run, u != 1 ? scaled : x, s, left);
      if (isUnfinished(run)) return PAUSED;
      if (budget == 0) left = most;
    }
    if (load<f32>(stage, StageField.C) != 0) {
      const a = v128.load32_splat(stage, StageField.A);
      const b = v128.load32_splat(stage, StageField.B);
      noisyStep(run, r, x, s, a, b, v128.load32_splat(stage, StageField.C));
    } else noiselessStage(stage, x, s, y, w, bytes);
    store<u32>(run, r + 1, RunField.NEXT);
    if ((r + 1) % perStep == 0) record(run, (r + 1) / perStep - 1, 0, C, first, path);
  }
  return DONE;
}

/** Gives a score the noise of this index. table: the stages' table, which holds the parameters of each noise. */
function setNoise(score: usize, table: usize, noise: u32, D: usize): void {
  const parameters = load<usize>(table, StageTableField.PARAMETERS);
  const p = load<usize>(table, StageTableField.NOISES) + ((<usize>noise * parameters) << 3);
  setNoiseOf(score, table, p, D);
}

/** The same with the noise's parameters, f64, at p. */
function setNoiseOf(score: usize, table: usize, p: usize, D: usize): void {
  const kind = load<u32>(score);
  if (kind == GUIDED) {
    setNoiseOf(load<usize>(score, GuidedField.CONDITIONAL), table, p, D);
    setNoiseOf(load<usize>(score, GuidedField.UNCONDITIONAL), table, p, D);
  } else if (kind == CONDITIONAL) {
    store<f32>(score, <f32>load<f64>(p), ConditionalField.SQUARE);
    store<f32>(score, <f32>load<f64>(p, 8), ConditionalField.PULL);
    setNoiseOf(load<usize>(score, ConditionalField.OF), table, p + 16, D);
  } else if (kind == DENOISER) denoiserNoise(score, p);
  else if (kind == EMPIRICAL) empiricalNoise(score, <f32>load<f64>(p), <f32>load<f64>(p, 8));
  else if (kind == LOCAL) localNoise(score, <f32>load<f64>(p), <i32>load<f64>(p, 8));
  else if (kind == NETWORK)
    networkScoreNoise(score, <usize>load<f64>(p), <f32>load<f64>(p, 8), <f32>load<f64>(p, 16));
  else if (kind == MIXTURE) {
    const K = load<usize>(table, StageTableField.COMPONENTS);
    // As `mixture` computes them from standard deviations, to the bit.
    const variances = load<usize>(table, StageTableField.VARIANCES);
    const precisions = mixtureInverseSds(score);
    for (let i: usize = 0; i < K * D; i++) {
      const variance = load<f64>(variances + (i << 3)) + load<f64>(p);
      store<f32>(precisions + (i << 2), <f32>(1 / sqrt<f64>(variance)));
    }
    const constants = mixtureConstants(score);
    for (let k: usize = 0; k < K; k++) {
      store<f32>(constants + (k << 2), <f32>load<f64>(p + 8 + (k << 3)));
    }
  }
}

/** out <- u x. */
function scale(x: usize, out: usize, bytes: usize, u: f32): void {
  const vU = f32x4.splat(u);
  for (let i: usize = 0; i < bytes; i += 16) v128.store(out + i, f32x4.mul(vU, v128.load(x + i)));
}

/** x <- a x + b s + d y + e w, w <- y and y <- f x + g s. */
function noiselessStage(stage: usize, x: usize, s: usize, y: usize, w: usize, bytes: usize): void {
  const vA = v128.load32_splat(stage, StageField.A);
  const vB = v128.load32_splat(stage, StageField.B);
  const vD = v128.load32_splat(stage, StageField.D);
  const vE = v128.load32_splat(stage, StageField.E);
  const vF = v128.load32_splat(stage, StageField.F);
  const vG = v128.load32_splat(stage, StageField.G);
  for (let i: usize = 0; i < bytes; i += 16) {
    const vX = v128.load(x + i);
    const vS = v128.load(s + i);
    const vY = v128.load(y + i);
    v128.store(x + i, madd(vE, v128.load(w + i), madd(vD, vY, madd(vB, vS, f32x4.mul(vA, vX)))));
    v128.store(w + i, vY);
    v128.store(y + i, madd(vG, vS, f32x4.mul(vF, vX)));
  }
}
