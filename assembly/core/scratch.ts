// Scratch of the kernels: small arrays that a call fills and that nobody needs once it has returned. Instances that share one
// memory run at the same time, so each has scratch of its own, and `room`, where it stands, is the module's only global. A loop
// wants an address of it in a local.

/** Bytes of the scratch of one instance. */
const BYTES: usize = 1024;
const EDGE_PLACES_AT: usize = 320;
const PAIRS_AT: usize = 336;
const SECOND_AT: usize = 464;
const SCHEDULES_AT: usize = 528;
const MEASURED_AT: usize = 912;

/** The scratch of an instance that has a memory to itself, or is the first one in it. */
let room: usize = memory.data(<i32>BYTES, 16);

/** Bytes that an instance needs which shares its memory with another. */
export function scratchBytes(): usize {
  return BYTES;
}

/** Gives this instance scratch of its own: {@link scratchBytes} at `at`, 16-byte aligned. */
export function useScratch(at: usize): void {
  room = at;
}

/** A tile that does not fit its destination: of five rows and sixteen columns at most. */
export function edgeTile(): usize {
  return room;
}

/** Places of a tile of fewer than four rows: u32 [4]. */
export function edgePlaces(): usize {
  return room + EDGE_PLACES_AT;
}

/** Sixteen pairs of words for `threefry`, u32 [2][16], then what is computed from them. */
export function pairs(): usize {
  return room + PAIRS_AT;
}

/** For sixteen elements, u32 [16]: all ones where the element is the second word of its pair, else 0. */
export function secondWords(): usize {
  return room + SECOND_AT;
}

/** Two key schedules: of a panel's keys, four a half, or one for a whole array. */
export function schedules(): usize {
  return room + SCHEDULES_AT;
}

/** What a sampler measured of four chains: f32 [7][4]. */
export function measured(): usize {
  return room + MEASURED_AT;
}
