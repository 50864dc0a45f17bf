// "Copy as code" of the figures of pictures: every program runs as it is, and gives what the page computes.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  denoiseCode,
  drawCode,
  FILES,
  fillCode,
  meansCode,
  trainCode,
  walkCode,
} from '../../src/page/chapters/images/code.js';
import { maskOf } from '../../src/page/chapters/images/mask.js';
import { withUsedNames } from '../../src/page/save/usedNames.js';
import { initialState } from '../../src/page/state/state.js';
import type { WalkEvent } from '../../src/page/worker/images/drawing.js';
import { ESTIMATES } from '../../src/page/worker/images/estimate.js';
import { dist } from './help.js';
import { useProgram } from './program.js';
import { file, listening, made } from './verbs.js';

const state = { ...initialState(), kernel: 'strict' as const, digit: 4, seed: 3, wanted: 7, walkNoise: 0.6 };
let verbs: Awaited<ReturnType<typeof made>>['verbs'];

const run = useProgram('images-code');
const printed = (code: string) => run(withUsedNames(code));

beforeAll(async () => {
  ({ verbs } = await made({ kernel: 'strict' }));
  verbs.imagesTake({ file });
  writeFileSync(dist(FILES.unet), verbs.imagesSave({ net: 'unet' }));
});
afterAll(() => {
  for (const name of Object.values(FILES).map(dist)) rmSync(name, { force: true });
});

describe('copied code of pictures', () => {
  it('denoise: the errors of every denoiser', () => {
    const values = printed(denoiseCode(state, 'unet'));
    const args = { picture: null, index: 4, sigma: state.pixelNoise, seed: 3, net: 'unet' } as const;
    const { errors } = verbs.imagesEstimate(args);
    expect(values.filter((_, i) => i % 2 === 0)).toEqual([...ESTIMATES]);
    for (const [i, name] of ESTIMATES.entries()) expect(values[2 * i + 1]).toBeCloseTo(errors[name], 7);
  });

  it('draw: the very pictures of a class', async () => {
    const label = 7;
    const [x] = printed(drawCode(state, { who: 'unet', label, chains: 2, steps: 6 }));
    const args = { who: 'unet', source: 'digits', label, guidance: state.guidance } as const;
    const { context } = listening<WalkEvent>();
    const drawn = await verbs.imagesDraw({ ...args, chains: 2, steps: 6, seed: 3 }, context);
    expect(x).toEqual([...drawn.x]);
  });

  it('walk: the very walk and its jumps', async () => {
    const [y, jumps] = printed(walkCode(state, 'unet', 3).replace('=== 100', '=== 4'));
    const { events, controller, context } = listening<WalkEvent>();
    const emit = (event: unknown) => {
      context.emit(event);
      if (events.length === 4) controller.abort();
    };
    const { walkNoise: sigma, walkStep: stepSize } = state;
    const wish = { who: 'unet', source: 'digits', label: null, guidance: 1 } as const;
    await verbs
      .imagesWalk({ ...wish, sigma, stepSize, chains: 3, seed: 3 }, { ...context, emit })
      .catch(() => {});
    expect(y).toEqual([...events[3].noisy]);
    expect(jumps).toEqual([...events[3].clean]);
  });

  it('fill in: the very draws', async () => {
    const mask = maskOf('left');
    const [x, copied] = printed(fillCode(state, 'exact', mask));
    const filled = await verbs.imagesFill({ who: 'exact', index: 4, mask, seed: 3 }, listening().context);
    expect(x).toEqual([...filled.x]);
    expect(copied).toBe(filled.copied);
  });

  it('means: the distances of noisy digits', () => {
    const [norms, shell] = printed(meansCode(state)) as [number[], number];
    expect(shell).toBe(10);
    const own = verbs.imagesNorms({ sigma: state.pixelNoise });
    for (const [i, norm] of norms.entries()) expect(norm).toBeCloseTo(own[i], 3);
  });

  it('train: the losses, and a file that opens', async () => {
    const values = printed(trainCode(state, 2));
    const { events, context } = listening<WalkEvent>();
    await verbs.imagesTrain({ source: 'digits', steps: 2, seed: 3 }, context);
    const { losses } = events[0] as unknown as { losses: Float32Array };
    expect(values[0]).toBe(0);
    expect(values[1]).toBeCloseTo(losses[0], 5);
    const bytes = new Uint8Array(readFileSync(dist(FILES.trained)));
    const { step } = await verbs.imagesOpen({ bytes, name: FILES.trained, source: 'digits' });
    expect(step).toBe(2);
    expect(verbs.imagesSave({ net: 'trained' })).toEqual(bytes);
  });
});
