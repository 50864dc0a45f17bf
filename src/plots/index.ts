export type { Arrows } from './arrows.js';
export { type AutocorrelationFigureOptions, autocorrelationFigure } from './autocorrelation.js';
export {
  type ChartAxis,
  type ChartOptions,
  type ChartPanel,
  type ChartSeries,
  chartFigure,
} from './chart.js';
export type { Limits, Numbers } from './check.js';
export { type DensityOptions, densityFigure } from './density.js';
export { type EvaluationOptions, evaluationFigure } from './evaluation.js';
export { type FieldOptions, type FieldPanel, fieldFigure } from './field.js';
export {
  type Frame,
  flattenFrame,
  type LayeredFrame,
  type PathFramesOptions,
  pathFrames,
  rasterFrames,
} from './frames.js';
export { type GifOptions, toGif } from './gif.js';
export { type ImageOptions, imageFigure, type Picture } from './image.js';
export type { ArrowLayer, DotLayer, PathLayer, PointLayer } from './layers.js';
export { type LossOptions, lossFigure } from './loss.js';
export { shortNumber } from './numbers.js';
export type { ChainNumbers } from './panels.js';
export { type PathOptions, pathFigure, splitChains } from './path.js';
export { gridPoints, type Orientation, type PlaneOptions } from './plane.js';
export {
  type MovingLayers,
  type PointOptions,
  type PointPanel,
  pointFigure,
  pointFrames,
} from './points.js';
export { type RankOptions, rankFigure } from './ranks.js';
export { type Raster, type RasterOptions, toPng, toRgba } from './raster.js';
export { type StripOptions, type StripRow, stripFigure } from './strip.js';
export { type TraceOptions, traceFigure } from './traces.js';
