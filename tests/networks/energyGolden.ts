import { type Core, type EnergyNetwork, learnedDenoiser } from '../../src/index.js';
import { EnergyNetwork as Network } from '../../src/networks/energyNetwork.js';
import { type EnergyGolden, golden } from '../golden.js';

export const energyGolden = golden<EnergyGolden>('energy');

/** Array number k of golden/energy.py: `count` numbers. */
function numbers(k: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => (((7919 * i + 104729 * k) % 2001) - 1000) / 1000);
}

/** The network of golden/energy.py, its denoiser, and its points. */
export function goldenEnergy(core: Core) {
  const network: EnergyNetwork = new Network(core, {
    ...{ height: 1, width: 1, channels: 2, hidden: 5, depth: 2 },
    ...{ features: 3, featureScale: 1, featureSpread: 1 },
  });
  const names = [
    'features.frequencies',
    ...['embedding.time.weight', 'embedding.time.bias'],
    ...[0, 1].flatMap((l) =>
      ['shift', 'layers'].flatMap((part) => [`${part}.${l}.weight`, `${part}.${l}.bias`]),
    ),
    ...['out.weight', 'out.bias'],
  ];
  const tensors = network.tensors();
  names.forEach((name, k) => {
    tensors[name].data = numbers(k, tensors[name].data.length);
  });
  tensors['out.bias'].data[0] = -2.5;
  network.setTensors(tensors);
  const [x, z, nodes] = [12, 12, 18].map((count, k) => numbers(names.length + k, count));
  return { network, denoiser: learnedDenoiser(network, { sigmaData: 0.5 }), x, z, nodes };
}

/** Largest difference of chosen entries from golden ones, over the root mean square of the golden gradients' entries. */
export function goldenDifference(
  gradients: Record<string, Float32Array>,
  wanted: EnergyGolden['denoising']['gradients'],
): number {
  const square = Object.values(wanted).reduce((sum, of) => sum + of.square, 0);
  const count = Object.keys(wanted).reduce((sum, name) => sum + gradients[name].length, 0);
  const scale = Math.sqrt(square / count);
  let worst = 0;
  for (const [name, { entries, square }] of Object.entries(wanted)) {
    const own = gradients[name];
    const places = [...new Set([0, own.length >> 1, own.length - 1])];
    places.forEach((place, i) => {
      worst = Math.max(worst, Math.abs(own[place] - entries[i]) / scale);
    });
    const norm = Math.hypot(...own);
    worst = Math.max(worst, Math.abs(norm - Math.sqrt(square)) / scale);
  }
  return worst;
}
