// The other end of hosts/node.mjs: a fresh Node process that serves one system.
import { open } from '../systems/open.mjs';
import { serve } from './serve.mjs';

const host = serve(open);

process.on('message', async ({ call, argument }) => {
  try {
    process.send({ value: await host[call](argument) });
  } catch (error) {
    process.send({ error: `${error.name}: ${error.message}` });
  }
});
