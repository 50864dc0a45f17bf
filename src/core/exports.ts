/** What `assembly/index.ts` exports: pointers and sizes are byte counts into the memory. */
export interface WasmExports extends Record<string, unknown> {
  heapBase(): number;
  isRelaxed(): number;
  isWide(): number;
  map(name: number, x: number, y: number, n: number): void;
  bits(out: number, n: number, key0: number, key1: number, layout: number): void;
  uniform(x: number, n: number, low: number, high: number): void;
  normal(x: number, n: number): void;
  gumbel(x: number, n: number): void;
  categorical(
    out: number,
    draws: number,
    logits: number,
    places: number,
    count: number,
    N: number,
    key0: number,
    key1: number,
    layout: number,
  ): void;
  networkLayout(
    net: number,
    D: number,
    F: number,
    H: number,
    depth: number,
    L: number,
    hasGains: boolean,
  ): number;
  networkCount(net: number): number;
  networkTurns(net: number): number;
  networkGains(net: number): number;
  networkSigmas(net: number): number;
  networkScales(net: number): number;
  networkTheta(net: number): number;
  networkPack(net: number): void;
  workspaceLayout(work: number, net: number): number;
  dsmGradient(
    net: number,
    work: number,
    x: number,
    keys: number,
    samples: number,
    rows: number,
    layout: number,
    gradient: number,
    objective: number,
  ): number;
  accumulate(a: number, b: number, n: number): void;
  adam(
    p: number,
    g: number,
    m: number,
    v: number,
    n: number,
    learningRate: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
  ): void;
  mixtureLayout(score: number, D: number, K: number): number;
  mixtureMeans(score: number): number;
  mixturePrecisions(score: number): number;
  mixtureConstants(score: number): number;
  empiricalLayout(score: number, D: number, N: number): number;
  empiricalPoints(score: number): number;
  empiricalWeights(score: number): number;
  empiricalNoise(score: number, precision: number, constant: number): void;
  levelLayout(score: number, net: number): number;
  levelFold(score: number, level: number): void;
  levelBlend(score: number, level: number, part: number, scale: number): void;
  scoreEvaluate(score: number, x: number, s: number, logp: number, n: number): void;
  toPanels(x: number, n: number, D: number, out: number): void;
  fromPanels(x: number, n: number, D: number, out: number): void;
  langevin(
    score: number,
    x: number,
    s: number,
    C: number,
    firstChain: number,
    chains: number,
    D: number,
    first: number,
    steps: number,
    eta: number,
    key0: number,
    key1: number,
    total: number,
    layout: number,
    path: number,
    thin: number,
    histogram: number,
    bins: number,
  ): void;
  diffuse(
    schedule: number,
    x: number,
    work: number,
    C: number,
    firstChain: number,
    chains: number,
    D: number,
    first: number,
    rows: number,
    key0: number,
    key1: number,
    total: number,
    layout: number,
    path: number,
    thin: number,
    histogram: number,
    bins: number,
  ): void;
  gaussianLayout(score: number, D: number): number;
  gaussianMean(score: number): number;
  gaussianRows(score: number): number;
  gaussianColumns(score: number): number;
  gaussianConstant(score: number, constant: number): void;
  shapeLayout(score: number, D: number): number;
  shapeNumbers(score: number): number;
  runBegin(
    run: number,
    score: number,
    x: number,
    C: number,
    firstChain: number,
    chains: number,
    D: number,
    total: number,
    layout: number,
    warmup: number,
    thin: number,
    histogram: number,
    bins: number,
    statistics: number,
  ): void;
  runKey(run: number, purpose: number, key0: number, key1: number): void;
  runAsk(run: number, rows: number): void;
  runAnswer(run: number, rows: number, logp: number): void;
  inverseMass(run: number, d: number, inverse: number): void;
  underdampedLayout(run: number, C: number, D: number): number;
  underdampedBegin(run: number, halfStep: number, decay: number, pull: number, noise: number): void;
  underdamped(run: number, first: number, steps: number, path: number): number;
  hmcLayout(run: number, C: number, D: number): number;
  hmcBegin(run: number, eps: number, jitter: number, leaps: number): void;
  hmc(run: number, first: number, steps: number, path: number): number;
  nutsLayout(run: number, C: number, D: number, deepest: number): number;
  nutsBegin(run: number, eps: number, centre: number, target: number): void;
  nuts(run: number, first: number, steps: number, path: number): number;
}
