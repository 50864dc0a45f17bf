// What the bundlers and runtimes are given: each part of the package does something small, and says 'ok' or what went wrong.
import { key, loadCore, normal } from 'scorefield';
import 'scorefield/element';
import { decodeImage } from 'scorefield/images';
import { imageFigure, toPng } from 'scorefield/plots';

const EXPECTED = [-0.11617039144039154, 2.2125062942504883];

async function part(work) {
  try {
    return (await work()) ? 'ok' : 'wrong';
  } catch (error) {
    return String(error).split('\n')[0];
  }
}

async function draw(threads) {
  const core = await loadCore({ threads });
  const drawn = normal(core, key(1), [2]);
  const has = core.threads;
  core.dispose();
  return EXPECTED.every((value, i) => drawn[i] === value) && has === threads;
}

const svg = () => imageFigure({ pictures: [{ title: 'four', height: 2, width: 2, values: [0, 1, 0.5, 0] }] });

/** Whether the element has drawn its figure, and says no error. */
async function element() {
  const added = document.createElement('score-field');
  document.body.append(added);
  for (let tries = 0; tries < 200; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const root = added.shadowRoot;
    const problem = root?.querySelector('[role=alert]:not([hidden])');
    if (problem) throw new Error(problem.textContent);
    if (root?.querySelector('canvas')) return true;
  }
  return false;
}

export async function report() {
  return {
    core: await part(() => draw(1)),
    threads: await part(() => draw(2)),
    plots: await part(() => svg().startsWith('<svg')),
    images: await part(async () => (await decodeImage(await toPng(svg()))).height > 2),
    element: await part(async () => (typeof document === 'undefined' ? true : element())),
  };
}
