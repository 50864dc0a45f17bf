// What runs in every other thread: an instance of the module, and the jobs the first thread sends it.
import type { WasmExports } from './exports.js';
import { type Job, type JobResult, makeCalls } from './job.js';
import type { Request, Response } from './pool.js';
import { listen } from './thread.js';

const PAGE = 65_536;
const memory = new WebAssembly.Memory({ initial: 1 });
let wasm: WasmExports;

function perform({ size, write, calls, read }: Job): JobResult {
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  const bytes = new Uint8Array(memory.buffer as ArrayBuffer);
  for (const { at, data } of write) bytes.set(data, at);
  const values = makeCalls(wasm, calls);
  return { values, read: read.map(({ at, bytes: n }) => bytes.slice(at, at + n)) };
}

const post = listen(async (message) => {
  const { call, module, job } = message as Request;
  const response: Response = { call };
  try {
    if (module) {
      const instance = await WebAssembly.instantiate(module, { env: { memory } });
      wasm = instance.exports as unknown as WasmExports;
    }
    if (job) response.result = perform(job);
  } catch (error) {
    response.error = error instanceof Error ? error.message : String(error);
  }
  post(response, response.result?.read.map((data) => data.buffer) ?? []);
});
