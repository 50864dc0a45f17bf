/** An error as a decimal fraction with four places. */
export const shown = (error: number) => error.toFixed(4);
