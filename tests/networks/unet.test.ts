import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BACKWARD, FINISH, FORWARD, START } from '../../src/abi/plan.js';
import { readSafetensors } from '../../src/formats/safetensors.js';
import { TrainingPlacement } from '../../src/networks/placement.js';
import type { Tensor } from '../../src/networks/planned.js';
import { Unet } from '../../src/networks/unet.js';
import { unetConfig } from '../../src/networks/unetConfig.js';

const folder = (name: string) => fileURLToPath(new URL(`../golden/unet/${name}/`, import.meta.url));
const read = (name: string, file: string) => readSafetensors(readFileSync(folder(name) + file), file);

/** Largest difference over the largest value. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  let size = 0;
  for (let i = 0; i < b.length; i++) {
    most = Math.max(most, Math.abs(a[i] - b[i]));
    size = Math.max(size, Math.abs(b[i]));
  }
  return most / size;
}
console.log(Object.keys(await import('../cores.js')));
describe('debug', () => {
  it.each(['a', 'b', 'c'])('%s', async (name) => {
    for (const core of [(await import('../../src/index.js')).loadCore]) {
      const c = await core({ kernel: 'strict' });
      const config = unetConfig(JSON.parse(readFileSync(`${folder(name)}config.json`, 'utf8')));
      const network = new Unet(c, config);
      network.setTensors(read(name, 'diffusion_pytorch_model.safetensors').tensors as Record<string, Tensor>);
      const { tensors: golden } = read(name, 'golden.safetensors');
      const times = golden.times.data as Float32Array;
      const out = network.predict(golden.x.data as Float32Array, times, golden.labels?.data as Uint32Array);
      console.log(name, network.count, 'output', difference(out, golden.output.data as Float32Array));
      const n = times.length;
      const { plan } = network;
      const placement = new TrainingPlacement(plan, 1);
      const at = c.memory.take(placement.bytes);
      const ext = c.memory.take(64);
      const G = c.memory.take(4 * plan.count + 64);
      c.memory.f32(G, plan.count).fill(0);
      const placed = placement.place(at, network.pointer, { levels: ext, labels: ext + 32 });
      c.memory.f32(placed.input, n * network.dim).set(golden.x.data as Float32Array);
      for (let s = 0; s < n; s++) {
        const { numbers, level } = network.conditionOf(times[s]);
        c.memory.u32(ext, 8)[s] = level;
        if (golden.labels) c.memory.u32(ext + 32, 8)[s] = (golden.labels.data as Uint32Array)[s];
        numbers.forEach((v, i) => {
          c.memory.f32(placed.noise, 8 * numbers.length)[8 * i + s] = v;
        });
      }
      c.wasm.walk(placed.list, START, 0, 0, false);
      c.wasm.walk(placed.list, FORWARD, n, 0, false);
      const target = golden.target.data as Float32Array;
      const size = plan.output.size;
      const y = c.memory.f32(placed.output, n * size).slice();
      const f = (i: number) => network.outputFactor(times[Math.floor(i / size)]);
      console.log(
        'train output',
        difference(
          y.map((v, i) => v * f(i)),
          golden.output.data as Float32Array,
        ),
      );
      c.memory
        .f32(placed.dOutput, n * size)
        .set(y.map((v, i) => (2 * f(i) * (f(i) * v - target[i])) / (n * size)));
      c.wasm.walk(placed.list, BACKWARD, n, G - network.pointer, true);
      c.wasm.walk(placed.list, FINISH, 0, G - network.pointer, false);
      const gradients = network.named(c.memory.f32(G, plan.count).slice());
      for (const [parameter, { data }] of Object.entries(gradients)) {
        const d = difference(data, golden[`gradient.${parameter}`].data as Float32Array);
        if (!(d < 1e-5)) console.log(parameter, d);
      }
      network.dispose();
      c.dispose();
    }
  });
});
