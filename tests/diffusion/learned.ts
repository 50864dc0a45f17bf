import {
  type Core,
  key,
  type LearnedDenoiser,
  learnedDenoiser,
  mlp,
  type Parameterisation,
  unet,
  varianceExploding,
} from '../../src/index.js';

export const PLANE = { height: 1, width: 1, channels: 2 };
export const PARAMETERISATIONS: Parameterisation[] = ['karras', 'noise', 'clean', 'velocity', 'score'];
export const process = varianceExploding({ sigmaMin: 0.1, sigmaMax: 2 });
export const RUN = { key: key(3), chains: 11, thin: 2 };

/** A denoiser with weights away from those of a new network. */
function randomised(denoiser: LearnedDenoiser): LearnedDenoiser {
  const { network } = denoiser;
  network.setParameters(network.parameters().map((v, i) => v + 0.1 * Math.sin(i)));
  return denoiser;
}
export const plane = (core: Core, parameterisation: Parameterisation = 'karras') =>
  randomised(learnedDenoiser(mlp(core, PLANE, { hidden: 9, depth: 1, classes: 2 }), { parameterisation }));
export const picture = (core: Core, parameterisation: Parameterisation = 'velocity') =>
  randomised(
    learnedDenoiser(
      unet(core, { height: 4, width: 4, channels: 1 }, { channels: [8, 8], groups: 4, classes: 2 }),
      { parameterisation, time: { kind: 'ddpm' } },
    ),
  );
export const KINDS: [string, (core: Core, parameterisation?: Parameterisation) => LearnedDenoiser][] = [
  ['a multilayer network', plane],
  ['a U-Net', picture],
];
