import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.doUnmock('../../src/networks/convChoice.js');
  vi.resetModules();
});

/** Steps of a run, and those at its end whose mean loss counts. */
const [STEPS, LAST] = [100, 40];

/** The mean loss at the end of a training on drawn digits, with convolutions as `isDirect` says. */
async function lossAtEnd(seed: number, isDirect: boolean): Promise<number> {
  vi.resetModules();
  if (isDirect) vi.doMock('../../src/networks/convChoice.js', () => ({ takesWinograd: () => false }));
  else vi.doUnmock('../../src/networks/convChoice.js');
  const { digits, key, learnedDenoiser, loadCore, trainDenoiser, unet } = await import('../../src/index.js');
  const core = await loadCore({ kernel: 'strict' });
  const shape = { height: 28, width: 28, channels: 1 };
  const network = unet(core, shape, { key: key(seed), channels: [8, 16] });
  const hasWinograd = network.plan.operations.some(({ operands }) => 'KERNEL' in operands);
  expect(hasWinograd).toBe(!isDirect);
  const denoiser = learnedDenoiser(network, { sigmaData: 0.3 });
  const options = { steps: STEPS, batch: 8, learningRate: 2e-3, key: key(seed) };
  let sum = 0;
  for await (const { step, loss } of trainDenoiser(denoiser, digits(core, key(1), 200), options))
    if (step >= STEPS - LAST) sum += loss;
  return sum / LAST;
}

it('a hundred steps by Winograd and by direct convolution differ in their loss by less than a hundredth of what another seed changes', async () => {
  const [winograd, direct, other] = [
    await lossAtEnd(3, false),
    await lossAtEnd(3, true),
    await lossAtEnd(4, false),
  ];
  expect(winograd).toBeLessThan(1);
  expect(Math.abs(winograd - direct)).toBeLessThan(Math.abs(winograd - other) / 100);
}, 60_000);
