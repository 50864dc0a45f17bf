// The scripts of workers and threads that the tests of threads in browsers serve.
import { distText } from './page/help.js';

/** @param script the library, as `lib`. @param program what the service worker runs */
export const scripts = (script: string, program: string) => ({
  '/library.js': { type: 'text/javascript', text: script },
  '/worker.js': {
    type: 'text/javascript',
    text: `${script}; onmessage = async ({ data: { ports } }) => {
        const warnings = [];
        console.warn = (warning) => warnings.push(warning);
        const core = await lib.loadCore({ threads: ports ?? 'auto', kernel: 'strict' });
        const { threads } = core;
        const net = lib.network(core, { features: 4, width: 4, depth: 1, levels: 3 });
        const data = lib.imageDistribution(lib.builtInImage('five'));
        const losses = [];
        // Of so many samples every thread has a share.
        for await (const { loss } of lib.train(net, data, { steps: 3, batch: 256 })) losses.push(loss);
        core.dispose();
        postMessage({ threads, losses, warnings });
      };`,
  },
  '/trains.js': {
    type: 'text/javascript',
    text: `${script}; onmessage = async ({ data: ports }) => {
        try {
          const net = lib.network(await lib.loadCore({ threads: ports, kernel: 'strict' }), { features: 4, width: 4, depth: 1, levels: 3 });
          const data = lib.imageDistribution(lib.builtInImage('five'));
          for await (const { step } of lib.train(net, data, { steps: 1e6, batch: 256 })) if (step === 3) postMessage('trains');
        } catch (error) {
          postMessage(error.message);
        }
      };`,
  },
  // A thread that cannot read its first two messages.
  '/reads-late.js': {
    type: 'text/javascript',
    text: `const { set } = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage');
        Object.defineProperty(MessagePort.prototype, 'onmessage', {
          set(listener) {
            let messages = 0;
            set.call(this, (event) => (messages++ < 2 ? this.onmessageerror(event) : listener(event)));
          },
        });
        ${distText('worker.js')}`,
  },
  // A thread that ends as its page's tests say.
  '/dies.js': {
    type: 'text/javascript',
    text: `${distText('worker.js')}; new BroadcastChannel('end').onmessage = ({ data }) => {
        if (data === 'throws') throw new Error('out of luck');
        if (data === 'rejects') Promise.reject(new Error('out of luck'));
        else close();
      };`,
  },
  '/service.js': {
    type: 'text/javascript',
    text: `${script}; onmessage = ({ source }) => ${program}.then((r) => source.postMessage(r));`,
  },
});
