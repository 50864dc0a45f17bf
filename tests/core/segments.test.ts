import { describe, expect, it } from 'vitest';
import { Segments } from '../../src/core/segments.js';

describe('segments', () => {
  const memories = [0, 1].map(() => new WebAssembly.Memory({ initial: 8 }));
  const [here, there] = memories.map((memory) => new Segments(memory));
  const bytesOf = (which: 0 | 1) => new Uint8Array(memories[which].buffer);

  it('carry a span to the same address of another memory', () => {
    for (const bytes of [0, 1, 1000, 200_000]) {
      bytesOf(0).fill(bytes % 251);
      bytesOf(1).fill(7);
      there.write(here.read({ at: 64, bytes }));
      expect(
        bytesOf(1)
          .subarray(64, 64 + bytes)
          .every((byte) => byte === bytes % 251),
      ).toBe(true);
      expect(bytesOf(1)[63]).toBe(7);
      expect(bytesOf(1)[64 + bytes]).toBe(7);
    }
  });

  it('of one length go back and forth in one buffer; what is only received is not kept', () => {
    const span = { at: 0, bytes: 100_000 };
    // The other side copies this length too, so it keeps what it is sent.
    there.read(span);
    const sent = here.read(span).data;
    there.write({ at: 0, data: sent });
    const back = there.read(span).data;
    expect(back.buffer).toBe(sent.buffer);
    here.write({ at: 0, data: back });
    expect(here.read(span).data.buffer).toBe(sent.buffer);

    const received = new Uint8Array(300_000);
    here.write({ at: 0, data: received });
    expect(here.read({ at: 0, bytes: 300_000 }).data.buffer).not.toBe(received.buffer);
  });

  it('keep buffers of the four lengths copied last', () => {
    const old = { at: 0, bytes: 110_000 };
    const { data } = here.read(old);
    here.write({ at: 0, data });
    for (let i = 1; i <= 4; i++) here.read({ at: 0, bytes: 110_000 + i });
    expect(here.read(old).data.buffer).not.toBe(data.buffer);
  });
});
