// The script of every thread but the first: it makes an instance of the module and does the jobs that the first thread sends.
import type { WasmExports } from './exports.js';
import { makeCalls, type PostedJob } from './job.js';
import type { Request, Response, Start } from './pool.js';
import { type Segment, Segments } from './segments.js';
import { listen } from './thread.js';

const PAGE = 65_536;
let memory: WebAssembly.Memory;
let segments: Segments;
let wasm: WasmExports;

async function start({ module, shared }: Start): Promise<void> {
  memory = shared?.memory ?? new WebAssembly.Memory({ initial: 1 });
  segments = new Segments(memory);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  wasm = instance.exports as unknown as WasmExports;
  if (shared) wasm.useScratch(shared.scratch);
}

function perform({ size, write, calls, read }: PostedJob): Segment[] {
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  for (const segment of write) segments.write(segment);
  makeCalls(wasm, calls);
  return read.map((span) => segments.read(span));
}

const post = listen(async (message) => {
  const { call, start: first, job } = message as Request;
  const response: Response = { call };
  try {
    if (first) await start(first);
    if (job) response.segments = perform(job);
  } catch (error) {
    response.error = error instanceof Error ? error.message : String(error);
  }
  post(response, response.segments?.map(({ data }) => data.buffer) ?? []);
});
