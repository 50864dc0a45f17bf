// What both compilers know: asc reads these files by the types of its own, tsc by those of `types.d.ts`.

/** Samples in a panel, side by side: two vectors of four. */
export const LANES: usize = 8;
/** Bytes of one coordinate of one panel. */
export const LANE_BYTES: usize = 32;
/** Points in a tile of an empirical density's points, [N / 4][D][4]. */
export const POINT_TILE: usize = 4;
