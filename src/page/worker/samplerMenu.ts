// Names and settings of the page's samplers, without the library: the page's own script needs them too.
import { HMC_DEFAULTS, samplerTable } from '../../apps/samplerTable.js';

export type SamplerName = Exclude<keyof typeof samplerTable, 'walkJump'>;

/** The samplers that start from noise; the others are chains. */
type FromNoiseName = 'annealedLangevin' | 'reverseDiffusion' | 'probabilityFlow';
export type ChainName = Exclude<SamplerName, FromNoiseName>;

/** Every sampler of the page, in the order of the menu; walk-jump has figures of its own. */
export const samplerNames = (Object.keys(samplerTable) as (keyof typeof samplerTable)[]).filter(
  (name) => name !== 'walkJump',
);

/** The entries of the menu: names and labels. */
export const samplerMenu = samplerNames.map((name) => [name, samplerTable[name].label] as const);

export const isChain = (name: SamplerName): name is ChainName => !samplerTable[name].startsFromNoise;

/** Options of each chain beside its step size and the options of all samplers. */
const OWN = {
  langevin: {},
  mala: {},
  underdamped: {},
  hmc: HMC_DEFAULTS,
  nuts: { warmup: 0, maxDepth: 6 },
} as const satisfies Record<ChainName, object>;

/** The options of a chain for the slider's eta. Step sizes that are lengths are sqrt(eta), as long as Langevin's noise. */
export function chainSettings<N extends ChainName>(
  name: N,
  eta: number,
): { stepSize: number } & (typeof OWN)[N] {
  const isLength = samplerTable[name].stepSizeUnit === 'length';
  return { stepSize: isLength ? Math.sqrt(eta) : eta, ...OWN[name] };
}
