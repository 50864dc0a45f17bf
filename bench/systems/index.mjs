// The systems that are compared.

const never = () => false;

/** TensorFlow.js and jax-js start their threads by the browser's Worker and SharedArrayBuffer; neither does so in Node. */
const inBrowser = (environment) => environment === 'chromium';

/**
 * several   whether it can use more than one thread here
 * only      the kinds of work in which a variant differs from the system above it
 * grows     takes part in the measurements of growth
 * native    its file for Python; `module` is what it imports
 * cores     how many a page tells it there are, a thread: TensorFlow.js takes at most half (tensorflow/tfjs#6081)
 */
export const systems = [
  { name: 'scorefield', title: 'scorefield', several: (_, ours) => ours > 1, grows: true },
  { name: 'tfjs-wasm', title: 'TensorFlow.js, wasm', several: inBrowser, grows: true, cores: 2 },
  {
    name: 'tfjs-wasm-tuned',
    title: 'TensorFlow.js, wasm, tuned',
    several: inBrowser,
    only: ['train'],
    grows: true,
    cores: 2,
  },
  { name: 'tfjs-cpu', title: 'TensorFlow.js, cpu', several: never, slow: true },
  { name: 'jax-js', title: 'jax-js, wasm', several: inBrowser, grows: true },
  { name: 'jax-js-tuned', title: 'jax-js, wasm, tuned', several: inBrowser, only: ['train'], grows: true },
  { name: 'jax', title: 'JAX, jit', several: () => true, native: 'jax_system.py', module: 'jax' },
  { name: 'pytorch', title: 'PyTorch', several: () => true, native: 'torch_system.py', module: 'torch' },
];

/** The one that the others are compared with. */
export const OURS = 'scorefield';
