// The other end of hosts/chromium.mjs: a page that serves one system. Problems come and outputs go as packed bytes.

import { open } from '../systems/open.mjs';
import { pack, unpack } from './pack.mjs';
import { serve } from './serve.mjs';

const host = serve(open);

globalThis.call = async (name, argument) => {
  try {
    const problem = argument?.problem && unpack(await (await fetch(argument.problem)).arrayBuffer());
    const { outputs, ...value } = await host[name]({ ...argument, problem });
    if (outputs) await fetch('/outputs', { method: 'POST', body: pack(outputs) });
    return { value };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
};
