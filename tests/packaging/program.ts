// A user's program, for tests/packaging/types.mjs: it is compiled, never run.
import * as all from 'scorefield';
import {
  type Core,
  type Denoiser,
  type Density,
  fromFunction,
  imageDistribution,
  key,
  langevin,
  loadCore,
  mixture,
  network,
  type Score,
  train,
} from 'scorefield';
import * as images from 'scorefield/images';
import * as plots from 'scorefield/plots';
import strict from 'scorefield/strict.wasm';
import wide from 'scorefield/wide.wasm';
import 'scorefield/worker.js';
import 'scorefield/element.worker.js';

export const addresses: string[] = [strict, wide];
export const entries: object[] = [all, images, plots];

export async function run(pixels: Float32Array): Promise<string> {
  const core: Core = await loadCore({ threads: 'auto', kernel: 'strict' });
  const picture = { height: 28, width: 28, pixels };
  const net = network(core, { features: 16, width: 16, output: 'noise' }, { key: key(0) });
  const losses: number[] = [];
  for await (const { loss } of train(net, imageDistribution(picture), { steps: 2, key: key(1) })) {
    losses.push(loss);
  }
  const density: Density = mixture(core, { means: [[0, 0]], sds: [[1, 1]] });
  const own: Score = fromFunction(core, 2, (x, out) => {
    out.set(x.map((value) => -value));
  });
  const denoiser: Denoiser = all.denoiser(density, 0.5);
  denoiser.denoise(Float32Array.of(0, 0));
  const init = Float32Array.of(0, 0);
  for await (const state of langevin(own, { key: key(2), steps: 3, stepSize: 1e-2, chains: 2, init })) {
    losses.push(state.x[0]);
  }
  const { pixels: decoded }: { pixels: Float32Array } = await images.decodeImage(new Uint8Array(8));
  const png: Uint8Array = await plots.toPng(
    plots.lossFigure({ steps: losses.map((_, step) => step), loss: losses }),
  );
  return `${decoded.length} ${png.length}`;
}
