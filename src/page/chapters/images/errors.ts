/** An error as a decimal fraction with four places, without the zero before the point. */
export const shown = (error: number) => error.toFixed(4).replace(/^0/, '');
