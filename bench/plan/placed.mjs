// A plan in memory, each of its operations as a list of its own beside the whole.

/** A fixed stand-in for pictures, noise and gradients. */
const wave = (i) => Math.sin(i * 1.3);

/** Codes of operations by their names in src/abi/plan.ts: multiples of PASSES. */
function kindsOf(abi) {
  const names = Object.keys(abi).filter((name) => /^[A-Z_]+$/.test(name) && name !== 'OPERATION_BYTES');
  return new Map(
    names
      .filter((name) => abi[name] >= abi.PASSES && abi[name] % abi.PASSES === 0 && name !== 'PASSES')
      .map((name) => [abi[name], name.toLowerCase().replace('_', ' ')]),
  );
}

const isParameter = (operand) => typeof operand?.name === 'string' && Array.isArray(operand.shape);

/** What an operation is called, and the sizes that say how large it is. */
function describe({ code, operands }, kinds) {
  const { HEIGHT, WIDTH, PIXELS, CHANNELS, OUT_CHANNELS, A_CHANNELS, B_CHANNELS, SIDE, STEP } = operands;
  const { HEADS, DEPTH, FEATURES, D, N, K = FEATURES } = operands;
  const parameter = Object.values(operands).find(isParameter);
  const pixels = HEIGHT ? `${HEIGHT}x${WIDTH}` : PIXELS ? `${PIXELS} pixels` : '';
  const own = A_CHANNELS ? `${A_CHANNELS} and ${B_CHANNELS}` : (CHANNELS ?? (HEADS && HEADS * DEPTH));
  const through = OUT_CHANNELS ? `${CHANNELS} to ${OUT_CHANNELS}` : own;
  const vector = N ? (K ? `${K} to ${N}` : N) : FEATURES && `${D} to ${FEATURES}`;
  const kernel = SIDE ? `${SIDE}x${SIDE}${STEP > 1 ? ` step ${STEP}` : ''}` : '';
  return {
    kind: [kinds.get(code), kernel].filter(Boolean).join(' '),
    name: parameter?.name.replace(/\.(weight|bias)$/, '') ?? '',
    size: [pixels, through ?? vector].filter(Boolean).join(', '),
  };
}

/**
 * @param library of library.mjs
 * @param net a network with its plan
 * @param samples of one block
 * @returns functions that make one pass each over everything or over one operation, and what the operations are
 */
export function place(library, net, samples) {
  const { abi, TrainingPlacement, SamplingPlacement } = library;
  const { plan, core } = net;
  const { memory, wasm } = core;
  const panels = Math.ceil(samples / 8);
  const rows = 8 * panels;
  const kinds = kindsOf(abi);
  net.beginTraining();
  const placement = new TrainingPlacement(plan, panels);
  const externals = {
    levels: memory.take(4 * rows + 16),
    labels: memory.take(4 * rows + 16),
    noise: memory.take(16),
  };
  const gradient = memory.take(4 * net.count + 64);
  const placed = placement.place(memory.take(placement.bytes), net, externals);
  const levels = net.config.levels ?? 1;
  for (const name of ['levels', 'labels'])
    memory.u32(externals[name], rows).forEach((_, i, words) => {
      words[i] = i % levels;
    });
  const offset = gradient - net.pointer;

  /** The operation's record as a list of one. */
  const alone = plan.operations.map((_, i) => {
    const list = memory.take(2 * abi.OPERATION_BYTES);
    const words = memory.u32(list, (2 * abi.OPERATION_BYTES) / 4);
    words[0] = 1;
    words.set(
      memory.u32(placed.list + (i + 1) * abi.OPERATION_BYTES, abi.OPERATION_BYTES / 4),
      abi.OPERATION_BYTES / 4,
    );
    return list;
  });
  // Memory is taken zeroed: a list of no operation.
  const empty = memory.take(abi.OPERATION_BYTES);

  const sampling = new SamplingPlacement(plan);
  const { once, row } = sampling.place(memory.take(sampling.bytes), net, externals);
  for (const { list } of [once, row]) {
    wasm.walk(list, abi.PACK_ROW, 0, 0, false);
    wasm.walk(list, abi.FIX, 0, 0, false);
  }
  const fill = (at, count) =>
    memory.f32(at, count).forEach((_, i, values) => {
      values[i] = wave(i);
    });
  fill(row.input, plan.input.size);
  if (once.noise) fill(once.noise, plan.noise.size);
  wasm.walk(once.list, abi.FIXED_ROW, 1, 0, false);

  // The gradient is zero before each backward pass, as in the first block of a leaf.
  const walk = (list, pass) => wasm.walk(list, abi[pass], samples, offset, true);
  return {
    operations: plan.operations.map((operation) => ({
      ...describe(operation, kinds),
      multiplyAdds: samples * (operation.multiplyAdds ?? 0),
      // As much again for the gradient of the parameters, and of the input where it is asked for; attention has two inputs.
      backwardMultiplyAdds:
        samples *
        (operation.multiplyAdds ?? 0) *
        (operation.reads?.some(({ isTrained }) => isTrained) ? 2 : 1),
    })),
    multiplyAdds: plan.multiplyAdds,
    /** Inputs as they were before any operation; operations share memory with them. */
    fill() {
      fill(placed.input, (placed.inputStride / 4) * panels);
      if (placed.noise) fill(placed.noise, (placed.noiseStride / 4) * panels);
    },
    fillGradient() {
      fill(placed.dOutput, (placed.dOutputStride / 4) * panels);
      memory.f32(gradient, net.count).fill(0);
    },
    nothing: () => walk(empty, 'FORWARD'),
    // The first of one part.
    pack: () => wasm.walk(placed.list, abi.PACK, 0, 1, false),
    start: () => walk(placed.list, 'START'),
    finish: () => walk(placed.list, 'FINISH'),
    forward: (i) => walk(i === undefined ? placed.list : alone[i], 'FORWARD'),
    backward: (i) => walk(i === undefined ? placed.list : alone[i], 'BACKWARD'),
    one: () => wasm.walk(row.list, abi.FIXED_ROW, 1, 0, false),
  };
}
