// The page's samplers without the library, for both ends of the page.
import { HMC_DEFAULTS, samplerTable } from '../../apps/samplerTable.js';

export type SamplerName = Exclude<keyof typeof samplerTable, 'walkJump'>;

/** The samplers that start from noise; the others are chains. */
type FromNoiseName = 'annealedLangevin' | 'reverseDiffusion' | 'probabilityFlow';
export type ChainName = Exclude<SamplerName, FromNoiseName>;

/** Every sampler of the page; walk-jump has figures of its own. */
export const samplerNames = (Object.keys(samplerTable) as (keyof typeof samplerTable)[]).filter(
  (name) => name !== 'walkJump',
);

/** The menu: names with what is shown for them. */
export const samplerMenu = samplerNames.map((name) => [name, samplerTable[name].label] as const);

export const isChain = (name: SamplerName): name is ChainName => !samplerTable[name].startsFromNoise;

/** What each chain takes beside its step size and what all samplers take. */
const OWN = {
  langevin: {},
  mala: {},
  underdamped: {},
  hmc: HMC_DEFAULTS,
  nuts: { warmup: 0, maxDepth: 6 },
} as const satisfies Record<ChainName, object>;

/** The settings of a chain by the step size eta of the slider; a length is that of Langevin's noise, sqrt(eta). */
export function chainSettings<N extends ChainName>(
  name: N,
  eta: number,
): { stepSize: number } & (typeof OWN)[N] {
  const isLength = samplerTable[name].stepSizeUnit === 'length';
  return { stepSize: isLength ? Math.sqrt(eta) : eta, ...OWN[name] };
}
