import type { Context } from '../../calls/rpc.js';
import type { WeightsFile } from '../../weights/coming.js';
import type { Session } from '../session.js';
import { type ColourSource, Colours, type ColourWalkArgs, walkColours } from './colour.js';
import { type DrawArgs, draw, type WalkArgs, walk } from './drawing.js';
import { compare, type EstimateArgs, estimate, type Net } from './estimate.js';
import { Families } from './families.js';
import { type FillArgs, fill } from './filling.js';
import { type MeanDigits, MeanFigures } from './means.js';
import { heldOutDigit, type Source, Stock } from './stock.js';
import { type ImageTrainArgs, ImageTraining } from './training.js';

/** The verbs of the chapter on images. Pictures are rows of 20 x 20 numbers, 0 for paper and 1 for ink. */
export function imageVerbs(session: Session) {
  const stock = new Stock(session);
  const families = new Families(session, stock);
  const means = new MeanFigures(session, stock, families);
  const colours = new Colours(session);
  const training = new ImageTraining(stock, families);
  return {
    /** Takes the file of the digits' U-Net, which the next verbs need. */
    imagesTake: ({ file }: { file: WeightsFile }) => families.take(file),
    imagesEstimate: (args: EstimateArgs) => estimate(session, stock, families, args),
    imagesCompare: (args: { net: Net }, context: Context) => compare(session, stock, families, args, context),
    imagesMeans: (_: object) => copied(means.means()),
    imagesAverage: (args: { sigma: number; seed: number }) => means.averaged(args),
    imagesNorms: (args: { sigma: number }) => means.norms(args),
    imagesHeldOut: ({ index }: { index: number }) => heldOutDigit(stock, index),
    imagesFill: (args: FillArgs, context: Context) => fill(families, stock, args, context),
    imagesWalk: (args: WalkArgs, context: Context) => walk(families, stock, args, context),
    imagesDraw: (args: DrawArgs, context: Context) => draw(families, stock, args, context),
    imagesRead: ({ bytes, name, invert }: { bytes: Uint8Array; name: string; invert: boolean }) =>
      stock.read(bytes, name, invert),
    /** Adds a picture that the reader has drawn. */
    imagesAdd: ({ pixels }: { pixels: Float32Array }) => stock.add(pixels),
    imagesFirst: ({ source }: { source: Source }) => stock.first(source),
    imagesTrain: (args: ImageTrainArgs, context: Context) => training.train(args, context),
    /** What a network makes of noise and of noisy pictures before it has learned. */
    imagesBefore: (args: { source: Source; seed: number }) => training.before(args),
    /** The weights of the reader's network, or of the page's, as a file of the library. */
    imagesSave: ({ net }: { net: Net }) => (net === 'trained' ? training.save() : families.file()),
    imagesOpen: ({ bytes, name, source }: { bytes: Uint8Array; name: string; source: Source }) =>
      training.open(bytes, name, source),
    /** Colour pictures are rows of 16 x 16 x 3 numbers from 0 to 1. */
    coloursShow: ({ source }: { source: ColourSource }) => colours.show(source),
    coloursRead: ({ bytes, name }: { bytes: Uint8Array; name: string }) => colours.read(bytes, name),
    coloursSave: ({ source }: { source: ColourSource }) => colours.save(source),
    coloursWalk: (args: ColourWalkArgs, context: Context) => walkColours(session, colours, args, context),
  };
}

/** Copies, since what an answer holds is given away. */
const copied = ({ classes, all }: MeanDigits): MeanDigits => ({ classes: classes.slice(), all: all.slice() });
