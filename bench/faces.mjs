// The output of a U-Net of the published 256 x 256 face models' configuration, with random weights, beside PyTorch's: time,
// memory and agreement. BENCH_PYTHON=python3 node bench/faces.mjs after npm run build; that Python needs torch and
// diffusers, and the model, made anew, half a gigabyte of disk for a while.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { loadCore, loadUnet, UNET_FILES } from '../dist/index.js';

const SIZE = 256;
const python = process.env.BENCH_PYTHON;
if (!python) throw new Error('BENCH_PYTHON must name a Python that has torch and diffusers');
const folder = mkdtempSync(join(tmpdir(), 'scorefield-faces-'));
try {
  const script = fileURLToPath(new URL('systems/native/faces.py', import.meta.url));
  const { stdout } = await promisify(execFile)(python, [script, folder], { maxBuffer: 2 ** 24 });
  const theirs = JSON.parse(stdout.trim().split('\n').at(-1));
  const core = await loadCore();
  const config = JSON.parse(readFileSync(join(folder, UNET_FILES.config), 'utf8'));
  const network = loadUnet(core, { config, weights: readFileSync(join(folder, UNET_FILES.weights)) });
  const x = Float32Array.from({ length: SIZE * SIZE * 3 }, (_, i) => Math.sin(0.37 * i));
  const runs = [];
  let y;
  for (let i = 0; i < 4; i++) {
    const began = performance.now();
    y = network.predict(x, [500]);
    // The first run is that in which the engine compiles.
    if (i > 0) runs.push((performance.now() - began) / 1000);
  }
  const seconds = runs.sort((a, b) => a - b)[1];
  const error = Math.max(...theirs.first.map((value, i) => Math.abs(value - y[i]))) / theirs.largest;
  const gib = process.resourceUsage().maxRSS / 2 ** 20;
  console.log(`${network.count} parameters, ${(network.plan.multiplyAdds / 1e9).toFixed(0)} G multiply-adds`);
  console.log('| | one thread, s | two threads, s | peak memory, GiB |\n| --- | --: | --: | --: |');
  console.log(`| scorefield, ${core.kernel} | ${seconds.toFixed(1)} | | ${gib.toFixed(2)} |`);
  const [one, two] = [theirs.seconds[1], theirs.seconds[2]].map((s) => s.toFixed(1));
  console.log(`| PyTorch | ${one} | ${two} | ${theirs.gib.toFixed(2)} |`);
  console.log(
    `Largest difference of the first 64 numbers, over the largest of all: ${error.toExponential(1)}`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
