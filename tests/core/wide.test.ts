import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const index = new URL('../../dist/index.js', import.meta.url);

/** Loads a core in a process of its own, since the flag holds for a whole one; trains two networks, and says what came of it. */
function trained(kernel: string, threads: number) {
  const program = `
    import { createHash } from 'node:crypto';
    import { builtInImage, imageDistribution, learnedDenoiser, loadCore, network, pointSet, train, trainDenoiser, unet } from
      ${JSON.stringify(index.href)};
    const core = await loadCore({ kernel: '${kernel}', threads: ${threads} });
    const net = network(core, { features: 33, width: 61, depth: 2, levels: 7 });
    for await (const _ of train(net, imageDistribution(builtInImage('five')), { steps: 40, batch: 90 }));
    const pictures = unet(core, { height: 10, width: 14, channels: 1 }, { channels: [24, 40] });
    const points = pointSet({ dim: 140, points: Float32Array.from({ length: 20 * 140 }, (_, i) => Math.sin(i)) });
    for await (const _ of trainDenoiser(learnedDenoiser(pictures, { sigmaData: 0.7 }), points, { steps: 2, batch: 19 }));
    const parameters = [net, pictures].map((of) => createHash('sha256').update(of.parameters()).digest('hex'));
    console.log(JSON.stringify([core.kernel, parameters]));
    core.dispose();`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  const [used, parameters] = JSON.parse(stdout);
  return { used, parameters, stderr };
}

it("kernel 'wide' has the bits of the ordinary binary, on one thread and two; elsewhere it says why it is not used", () => {
  const plain = trained('auto', 1);
  for (const threads of [1, 2]) {
    const wide = trained('wide', threads);
    expect(wide.parameters).toEqual(plain.parameters);
    if (Number(process.versions.node.split('.')[0]) >= 26) expect(wide.used).toBe('wide');
    else {
      expect(wide.used).toBe(plain.used);
      expect(wide.stderr).toMatch(
        /^loadCore: kernel 'wide' is not available: it needs Node 26 or newer; [^\n]+\n$/,
      );
    }
  }
});

it('the wide binary adds no integers, on which V8 aborts when it joins vectors', () => {
  const text = (kernel: string) =>
    readFileSync(new URL(`../../dist/${kernel}.wat`, import.meta.url), 'utf8').match(
      /i(?:8x16|16x8|32x4|64x2)\.add\b/g,
    );
  expect(text('wide')).toBeNull();
  expect(text('relaxed')?.length).toBeGreaterThan(10);
});
