// Loads one JavaScript system and opens it. Imports are dynamic: a host loads nothing but its own system.

async function tensorflow(backend, threads, assets) {
  const namespace = await import('@tensorflow/tfjs');
  // Node sees CommonJS and puts the module under `default`.
  const tf = namespace.default ?? namespace;
  let wasm;
  if (backend === 'wasm') {
    const wasmNamespace = await import('@tensorflow/tfjs-backend-wasm');
    wasm = wasmNamespace.default ?? wasmNamespace;
    wasm.setWasmPaths(assets);
    if (threads > 1) wasm.setThreadsCount(threads);
  }
  await tf.setBackend(backend);
  await tf.ready();
  return { tf, threads: backend === 'wasm' ? wasm.getThreadsCount() : 1 };
}

/**
 * @param options.system a name of systems/index.mjs
 * @param options.threads how many it may use
 * @param options.kernel for scorefield
 * @param options.assets where the .wasm files of TensorFlow.js are: a folder or an address, ending in a slash
 */
export async function open({ system, threads, kernel, assets }) {
  switch (system) {
    case 'scorefield': {
      const ours = await import('./ours.mjs');
      return ours.open(await import('../../dist/index.js'), { kernel, threads });
    }
    case 'tfjs-wasm':
    case 'tfjs-wasm-tuned':
    case 'tfjs-cpu': {
      const { open } = await import('./tfjs.mjs');
      const loaded = await tensorflow(system === 'tfjs-cpu' ? 'cpu' : 'wasm', threads, assets);
      return open(loaded.tf, { threads: loaded.threads, tuned: system === 'tfjs-wasm-tuned' });
    }
    case 'jax-js':
    case 'jax-js-tuned': {
      const { open } = await import('./jaxjs.mjs');
      return open(await import('@jax-js/jax'), { threads, tuned: system === 'jax-js-tuned' });
    }
    default:
      throw new Error(`open: unknown system ${system}`);
  }
}
