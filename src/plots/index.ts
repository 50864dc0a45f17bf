export type { Arrows } from './drawing/arrows.js';
export type { Limits, Numbers } from './drawing/check.js';
export type { ImageChains } from './drawing/imageChains.js';
export type { ArrowLayer, DotLayer, PathLayer, PointLayer } from './drawing/layers.js';
export type { ImageSize } from './drawing/mosaic.js';
export { shortNumber } from './drawing/numbers.js';
export type { ChainNumbers } from './drawing/panels.js';
export { gridPoints, type Orientation, type PlaneOptions } from './drawing/plane.js';
export { encodePng } from './drawing/png.js';
export { type Raster, type RasterOptions, toPng, toRgba } from './drawing/raster.js';
export { type AutocorrelationFigureOptions, autocorrelationFigure } from './figures/autocorrelation.js';
export { type ChainFramesOptions, chainFrames } from './figures/chainFrames.js';
export {
  type ChartAxis,
  type ChartOptions,
  type ChartPanel,
  type ChartSeries,
  chartFigure,
} from './figures/chart.js';
export { type DenoisedLevel, type DenoisingStripOptions, denoisingStrip } from './figures/denoisingStrip.js';
export { type DensityOptions, densityFigure } from './figures/density.js';
export { type EvaluationOptions, evaluationFigure } from './figures/evaluation.js';
export { type FieldOptions, type FieldPanel, fieldFigure } from './figures/field.js';
export {
  type Frame,
  flattenFrame,
  type LayeredFrame,
  type PathFramesOptions,
  pathFrames,
  rasterFrames,
} from './figures/frames.js';
export { type GifOptions, toGif } from './figures/gif.js';
export { type ImageOptions, imageFigure, type Picture } from './figures/image.js';
export {
  type ImageGridOptions,
  type ImageGridPixelsOptions,
  imageGrid,
  imageGridPixels,
} from './figures/imageGrid.js';
export { type JumpOptions, type JumpPanel, jumpFigure } from './figures/jumps.js';
export { type LossOptions, lossFigure } from './figures/loss.js';
export { type PathOptions, pathFigure, splitChains } from './figures/path.js';
export {
  type MovingLayers,
  type PointOptions,
  type PointPanel,
  pointFigure,
  pointFrames,
} from './figures/points.js';
export { type QualityCurve, type QualityOptions, qualityChart } from './figures/quality.js';
export { type RankOptions, rankFigure } from './figures/ranks.js';
export { type StackOptions, stackFigures } from './figures/stack.js';
export { type StripOptions, type StripRow, stripFigure } from './figures/strip.js';
export { type TraceOptions, traceFigure } from './figures/traces.js';
export { type TradeOffOptions, tradeOffChart } from './figures/tradeOff.js';
export { type WalkJumpStripOptions, walkJumpStrip } from './figures/walkJumpStrip.js';
