/** How large the page's type is: 1 at 16 pixels; more on large screens and in the teacher's view. */
export const typeScale = () => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
