import { nearestLevel } from '../../apps/nearestLevel.js';
import { type Core, decodeWeights, loadNetwork, type Network } from '../../index.js';
import {
  type OpenScore,
  type PlainRequest,
  plainScore,
  type ScoreSource,
  tempered,
  toDispose,
} from './scores.js';

/** Names a score of an element: one of closed form, or that of a network at the level nearest to sigma. */
export type ElementRequest = PlainRequest | { kind: 'weights'; name: string; sigma: number };

/** The scores of elements. All elements of a page share its networks, which stay open as long as the worker. */
export class ElementScores implements ScoreSource<ElementRequest> {
  readonly version = 0;
  readonly #networks = new Map<string, Network>();

  constructor(readonly core: Core) {}

  /** Reads a file of weights. Returns the network's levels, ascending. @throws Error if it is no file of weights, or its network is not of the plane */
  openNetwork(name: string, bytes: Uint8Array): Float32Array {
    let network = this.#networks.get(name);
    if (!network) {
      const weights = decodeWeights(bytes, name);
      if (weights.config.dim !== 2) {
        throw new RangeError(`${name} must be a network of the plane, got ${weights.config.dim} coordinates`);
      }
      network = loadNetwork(this.core, weights);
      this.#networks.set(name, network);
    }
    return network.sigmas.slice();
  }

  openScore(request: ElementRequest, temperature = 1): OpenScore {
    const score = request.kind === 'weights' ? this.#learned(request) : plainScore(this.core, request);
    return tempered(toDispose(score), temperature);
  }

  #learned({ name, sigma }: { name: string; sigma: number }) {
    const network = this.#networks.get(name);
    if (!network) throw new Error(`the weights ${name} are not open`);
    return network.at(nearestLevel(network.sigmas, sigma));
  }
}
