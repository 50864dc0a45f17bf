/**
 * Along an axis unadjusted Langevin dynamics is x <- a x + sqrt(eta) z with a = 1 - eta / (2 sd^2), whose stationary
 * variance is eta / (1 - a^2) = sd^2 / (1 - eta / (4 sd^2)): the closed-form bias, in units of sd^2.
 */
export const langevinVariance = (stepSize: number, sd: number): number => 1 / (1 - stepSize / (4 * sd * sd));

/**
 * (1 - a) / (1 + a) of the same recursion: the inverse of its integrated autocorrelation time, which is what one step is worth in
 * independent draws. It equals `langevinVariance` less 1.
 */
export const langevinEfficiency = (stepSize: number, sd: number): number =>
  stepSize / (4 * sd * sd - stepSize);
