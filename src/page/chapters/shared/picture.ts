import { builtInImage, type GreyImage } from '../../../index.js';
import type { Picture } from '../../state/picture.js';

/** The pixels of a picture of the state. */
export const pictureOf = (picture: Picture): GreyImage =>
  typeof picture === 'string' ? builtInImage(picture) : picture;
