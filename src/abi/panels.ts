// The files of this folder hold what WebAssembly and TypeScript must agree on. Both compilers read them: asc with its own integer
// types, tsc with those of `types.d.ts`.

/** Samples of a panel, side by side: two vectors of four. */
export const LANES: usize = 8;
/** Bytes of one coordinate of a panel. */
export const LANE_BYTES: usize = 32;
