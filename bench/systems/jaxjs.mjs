// jax-js on its wasm backend: everything inside jit, gradients by valueAndGrad. Arrays are counted references: passing
// one consumes it, `.ref` keeps it.
import { chains } from './jaxjs-chains.mjs';
import { training } from './jaxjs-training.mjs';
import { predict } from './jaxjs-unet.mjs';

/** @param jax the module `@jax-js/jax` */
export async function open(jax, { threads = 1, tuned = false } = {}) {
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return {
    details: { device: 'wasm' },
    threads,
    train: (problem) => training(jax, problem, tuned),
    ...chains(jax),
    unetPredict: (problem) => predict(jax, problem),
    normal: ({ key, n }) => drawn(jax, key, (k) => jax.random.normal(k, [n])),
    categorical({ key, logits, n }) {
      const row = jax.numpy.array(logits);
      return drawn(jax, key, (k) => jax.random.categorical(k, row.ref, { shape: [n] }));
    },
  };
}

/** Keys are JAX's, but normal and Gumbel numbers are made from the bits in a way of its own. */
function drawn({ numpy: np, jit, DType }, [high, low], make) {
  const key = np.array(Uint32Array.of(high, low), { dtype: DType.Uint32 });
  const draw = jit(make);
  return {
    check: async () => ({ values: await draw(key.ref).data(), generator: 'own' }),
    async run(calls) {
      for (let i = 0; i < calls; i++) await draw(key.ref).data();
    },
  };
}
