import { expect, it } from 'vitest';
import { makeCalls } from '../../src/core/job.js';
import { mlp, network, unet } from '../../src/index.js';
import { NetworkBuffer } from '../../src/networks/plan.js';
import { forEachCore } from '../cores.js';

forEachCore('packing', (core) => {
  it.each([
    ['U-Net', () => unet(core, { height: 8, width: 8, channels: 1 }, { channels: [8, 16] })],
    ['network of levels', () => network(core, { features: 4, width: 16, depth: 1, levels: 3 })],
    ['multilayer network', () => mlp(core, { height: 1, width: 1, channels: 5 })],
  ])('in three parts, of a %s: one part, and no other, writes each buffer', (_, make) => {
    using net = make();
    net.beginTraining();
    const buffers = net.plan.operations
      .flatMap(({ operands }) => Object.values<unknown>(operands))
      .filter((operand) => operand instanceof NetworkBuffer);
    const read = (buffer: NetworkBuffer) => core.memory.f32(net.plan.address(net, buffer), buffer.bytes / 4);
    /** Which buffers a part of the packing writes. */
    const writtenBy = (part: number, parts: number) => {
      for (const buffer of buffers) read(buffer).fill(0);
      makeCalls(core.wasm, net.packing(part, parts));
      return buffers.map((buffer) => Number(read(buffer).some((v) => v !== 0)));
    };
    const whole = writtenBy(0, 1);
    const parts = [0, 1, 2].map((part) => writtenBy(part, 3));
    expect(whole).toContain(1);
    expect(buffers.map((_, i) => parts.reduce((sum, written) => sum + written[i], 0))).toEqual(whole);
    net.endTraining();
  });
});
