// Constants that AssemblyScript and TypeScript both know, each in this one place: both compilers read this file, asc by
// the types of its own and tsc by those of `abiTypes.d.ts`.

/** Samples in a panel, side by side: two vectors of four. */
export const LANES: usize = 8;
/** Bytes of one coordinate of one panel. */
export const LANE_BYTES: usize = 32;
/** Points in a tile of an empirical density's points, [N / 4][D][4]. */
export const POINT_TILE: usize = 4;

// Kinds of scores: the first word of a score's descriptor.
export const MIXTURE: u32 = 1;
export const EMPIRICAL: u32 = 2;
/** A network at one noise. */
export const NETWORK: u32 = 3;
/** A score that is computed outside of WebAssembly. */
export const EXTERNAL: u32 = 4;
export const GAUSSIAN: u32 = 5;
export const BANANA: u32 = 6;
export const FUNNEL: u32 = 7;
export const RING: u32 = 8;
