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

/** Steps that a chain makes before its places count: a tenth of those that do. */
export const burnInOf = (steps: number) => Math.ceil(steps / 10);

/** The step size eta of so many sigma^2. */
export const stepOf = (stride: number, sigma: number) => Number((stride * sigma ** 2).toPrecision(6));

/** Fewest points of a sampler that starts from noise: each gives one sample, where a chain gives one a step. */
const FROM_NOISE = 5000;
/** Most steps of such a sampler: more change nothing that one could see. */
const MOST_STEPS = 250;

/** Chains and steps of a run: samplers from noise take more points and fewer steps than the sliders of chains say. */
export function countsOf(name: SamplerName, { chains, draws }: { chains: number; draws: number }) {
  return isChain(name)
    ? { chains, steps: draws }
    : { chains: Math.max(chains, FROM_NOISE), steps: Math.min(draws, MOST_STEPS) };
}

/** About how many positions of a run are kept for a file. */
const KEPT = 200_000;

/** Of how many steps of a chain one is kept. */
export const keptEvery = ({
  sampler,
  steps,
  chains,
}: {
  sampler: SamplerName;
  steps: number;
  chains: number;
}) => (isChain(sampler) ? Math.max(1, Math.ceil((steps * chains) / KEPT)) : 0);

/** Options of each chain beside its step size and the options of all samplers. */
const OWN = {
  langevin: {},
  mala: {},
  underdamped: {},
  hmc: HMC_DEFAULTS,
  nuts: { warmup: 0, maxDepth: 6 },
} as const satisfies Record<ChainName, object>;

/**
 * The options of a chain for the slider's eta at noise sigma. Step sizes that are lengths are sqrt(eta), as long as
 * Langevin's noise; a velocity of the underdamped kind is forgotten on a way about as long as sigma.
 */
export function chainSettings<N extends ChainName>(
  name: N,
  eta: number,
  sigma: number,
): { stepSize: number; friction?: number } & (typeof OWN)[N] {
  const isLength = samplerTable[name].stepSizeUnit === 'length';
  const friction = name === 'underdamped' ? { friction: Number((1 / sigma).toPrecision(4)) } : {};
  return { stepSize: isLength ? Math.sqrt(eta) : eta, ...friction, ...OWN[name] };
}
