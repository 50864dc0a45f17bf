import { inPieces } from '../../core/pieces.js';
import { isGzip } from '../../formats/gzip.js';
import { isEmnist } from '../../formats/idx.js';
import { decodeImage } from '../../images/index.js';
import {
  type DenoisingConfig,
  type GreyImage,
  gunzip,
  type NetworkConfig,
  type NoiseModel,
  nearest,
  readIdx,
} from '../../index.js';
import type { Context } from '../calls/rpc.js';
import type { WeightsFile } from '../weights/coming.js';
import { type DropArgs, dropFilm } from './drop.js';
import { type EnergiesArgs, energies, type TurnsArgs, turns } from './energies.js';
import { figureVerbs } from './figureVerbs.js';
import { type GatherArgs, gather } from './gather.js';
import { Gif, type GifFrame } from './gif.js';
import { type GivenArgs, given } from './given.js';
import { imageVerbs } from './images/verbs.js';
import { noiseView } from './noiseModel.js';
import { normals, norms } from './normals.js';
import { type ObjectiveCostsArgs, objectiveCosts } from './objectiveCosts.js';
import { type ObjectivesArgs, objectives } from './objectives.js';
import { type RaceArgs, race } from './race.js';
import { isOfPoints, readPoints } from './readPoints.js';
import { type SampleArgs, Samples } from './sampling.js';
import type { ScoreRequest, Session } from './session.js';
import { isInk, lit } from './shrink.js';
import { type SolverErrorArgs, solverErrors } from './solverErrors.js';
import { bestLoss, loadWeights, saveWeights, Training, takeWeights } from './training.js';
import { back, drawNoisy, type FlowArgs, flow } from './views.js';
import { type TradeOffArgs, tradeOff, type WalkArgs, walk } from './walk.js';

/** The verbs of the page's worker: those of figures, of the picture, of the network and of samples. */
export function pageVerbs(session: Session) {
  const training = new Training();
  const samples = new Samples();
  const gifs = new Map<number, Gif>();
  let idx: ReturnType<typeof readIdx> | undefined;
  return {
    ...figureVerbs<ScoreRequest>(session),
    ...imageVerbs(session),

    /** Takes threads that the page has started, maybe none; returns how many there are with this one. */
    async threads({ ports }: { ports: MessagePort[] }) {
      session.takeThreads(ports);
      return (await session.threadedCore()).threads;
    },

    setImage: ({ image }: { image: GreyImage }) => session.setImage(image).logits.length,
    /** Reads a PNG or a JPEG, of which dark ink on light paper is dense, a CSV or npy file of points, or an IDX file, of which it takes the first picture and keeps the others for `idxImage`. */
    async readImage({ bytes, name }: { bytes: Uint8Array; name: string }) {
      if (isOfPoints(name)) {
        const image = readPoints(bytes, name);
        idx = undefined;
        return { image, count: 1, was: { height: image.height, width: image.width }, isTurned: false };
      }
      const isPacked = isGzip(bytes);
      const whole = isPacked ? await gunzip(bytes, name) : bytes;
      const isIdx = isPacked || (whole[0] === 0 && whole[1] === 0);
      // If the new file is bad, the IDX file opened before stays open.
      const opened = isIdx ? readIdx(whole, name, { transposed: isEmnist(name) }) : undefined;
      const read = opened?.image(0) ?? (await decodeImage(whole, { name }));
      const isTurned = !opened && isInk(read);
      const image = lit(isTurned ? await decodeImage(whole, { invert: true, name }) : read, name);
      idx = opened;
      return { image, count: opened?.count ?? 1, was: { height: read.height, width: read.width }, isTurned };
    },
    idxImage({ index }: { index: number }) {
      if (!idx) throw new Error('no IDX file is open');
      return lit(idx.image(index), `picture ${index}`);
    },
    draws: ({ n, seed }: { n: number; seed: number }) => drawNoisy(session, n, seed),
    truth: ({ sigma, bins }: { sigma: number; bins: number }) =>
      samples.truth(session, sigma, bins).counts.slice(),

    train: (
      args: {
        config: Partial<NetworkConfig>;
        training: Partial<DenoisingConfig>;
        seed: number;
        dataSeed: number;
      },
      context: Context,
    ) => training.train(session, args, context),
    trainPause: ({ paused }: { paused: boolean }) => training.pause(paused),
    best: (_: object, { signal }: Context) => bestLoss(session, session.trained(), signal),
    network: (_: object) => {
      const { network, step } = session;
      return network && { config: { ...network.config }, step, sigmas: network.sigmas.slice() };
    },
    forgetNetwork: (_: object) => session.forgetNetwork(),
    /** Loads weights that come with the page. */
    takeWeights: ({ file, name }: { file: WeightsFile; name: string }) => takeWeights(session, file, name),
    saveWeights: (_: object) => saveWeights(session),
    loadWeights: ({ bytes, name }: { bytes: Uint8Array; name: string }) => loadWeights(session, bytes, name),

    sample: (args: SampleArgs, context: Context) => samples.draw(session, args, context),
    saveSamples: (_: object) => samples.save(),
    loadSamples: ({
      bytes,
      name,
      sigma,
      bins,
    }: {
      bytes: Uint8Array;
      name: string;
      sigma: number;
      bins: number;
    }) => samples.load(session, bytes, name, sigma, bins),

    back: (args: { n: number; seed: number; steps: number }, context: Context) =>
      back(session, args, context),
    gather: (args: GatherArgs, context: Context) => gather(session, args, context),
    flow: (args: FlowArgs, context: Context) => flow(session, args, context),
    race: (args: RaceArgs, context: Context) => race(session, args, context),
    solverErrors: (args: SolverErrorArgs, context: Context) => solverErrors(session, args, context),
    walk: (args: WalkArgs, context: Context) => walk(session, args, context),
    tradeOff: (args: TradeOffArgs, context: Context) => tradeOff(session, args, context),
    given: (args: GivenArgs, context: Context) => given(session, args, context),
    objectives: (args: ObjectivesArgs, context: Context) => objectives(session, args, context),
    objectiveCosts: (args: ObjectiveCostsArgs, context: Context) => objectiveCosts(session, args, context),
    energies: (args: EnergiesArgs, context: Context) => energies(session, args, context),
    turns: (args: TurnsArgs, { signal }: Context) => inPieces(turns(session, args), signal),
    normals: (args: { n: number; dim: number; seed: number }) => normals(session.core, args),
    noiseView: (args: { kind: NoiseModel['kind']; n: number; seed: number }, { signal }: Context) =>
      inPieces(noiseView(session.core, args), signal),
    dropFilm: (args: DropArgs, { signal }: Context) => inPieces(dropFilm(session.core, args), signal),
    norms: (args: { n: number; dim: number; seed: number }) => norms(session.core, args),
    /** The distance of each point of x [n, 2] to the nearest of `points` [m, 2], by default the picture's: [n]. */
    nearest: ({ x, points }: { x: Float32Array; points?: Float32Array }) =>
      nearest(x, points ?? session.points().points, { dim: 2 }).distance,

    gifAdd({ id, ...frame }: { id: number } & GifFrame) {
      const gif = gifs.get(id) ?? new Gif();
      gifs.set(id, gif);
      gif.add(frame);
    },
    gifFinish({ id }: { id: number }) {
      const bytes = gifs.get(id)?.finish();
      gifs.delete(id);
      if (!bytes) throw new Error('the film has no frames');
      return bytes;
    },
    gifDiscard({ id }: { id: number }) {
      gifs.delete(id);
    },
  };
}

export type PageVerbs = ReturnType<typeof pageVerbs>;
