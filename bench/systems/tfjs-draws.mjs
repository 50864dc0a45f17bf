// Random draws in TensorFlow.js, by its own generators.

export function draws(tf) {
  const call = (make) => {
    const tensor = make();
    const values = tensor.dataSync();
    tensor.dispose();
    return values;
  };
  const drawn = (make) => ({
    check: () => ({ values: call(make).slice(), generator: 'own' }),
    run(calls) {
      for (let i = 0; i < calls; i++) call(make);
    },
  });
  return {
    normal: ({ n }) => drawn(() => tf.randomNormal([n])),
    categorical({ logits, n }) {
      const row = tf.tensor(logits, [1, logits.length]);
      return drawn(() => tf.multinomial(row, n));
    },
  };
}
