/** The noise that samplers from noise end at and begin with, in sides of the picture: chains walk at the least. */
export const [LEAST_SIGMA, MOST_SIGMA] = [0.02, 0.4];
