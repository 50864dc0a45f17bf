import type { Context } from '../../calls/rpc.js';
import type { WeightsFile } from '../../weights/coming.js';
import type { Session } from '../session.js';
import { type DrawArgs, draw, type WalkArgs, walk } from './drawing.js';
import { compare, estimate } from './estimate.js';
import { Families } from './families.js';
import { type Source, Stock } from './stock.js';
import { type ImageTrainArgs, ImageTraining } from './training.js';

/** The verbs of the chapter on images. Pictures are rows of 20 x 20 numbers, 0 for paper and 1 for ink. */
export function imageVerbs(session: Session) {
  const stock = new Stock(session);
  const families = new Families(session, stock);
  const training = new ImageTraining(stock, families);
  return {
    /** Takes the file of the digits' U-Net, which the next verbs need. */
    imagesTake: ({ file }: { file: WeightsFile }) => families.take(file),
    imagesEstimate: (args: { picture: Float32Array | null; index: number; sigma: number; seed: number }) =>
      estimate(session, stock, families, args),
    imagesCompare: (_: object, context: Context) => compare(session, stock, families, context),
    imagesWalk: (args: WalkArgs, context: Context) => walk(families, stock, args, context),
    imagesDraw: (args: DrawArgs, context: Context) => draw(families, stock, args, context),
    imagesRead: ({ bytes, name, invert }: { bytes: Uint8Array; name: string; invert: boolean }) =>
      stock.read(bytes, name, invert),
    imagesFirst: ({ source }: { source: Source }) => stock.first(source),
    imagesTrain: (args: ImageTrainArgs, context: Context) => training.train(args, context),
    imagesSave: (_: object) => training.save(),
  };
}
