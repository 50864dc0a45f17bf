/** What TensorFlow.js asks for only in Node: a bundle for browsers does without. */
export const nodeOnly = [
  'fs',
  'path',
  'util',
  'crypto',
  'worker_threads',
  'perf_hooks',
  'os',
  'string_decoder',
  'node-fetch',
];
