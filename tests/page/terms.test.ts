// A term under the pointer is lit by painting alone: nothing is asked of the worker.
import { expect, it } from 'vitest';
import { browsers, isWanted, Tab } from './help.js';
import { useBrowser, usePage } from './site.js';

const [{ name, path }] = browsers;
const site = usePage();
const own = useBrowser(name, path);
type Message = { verb?: string; args?: { grid?: { n: number } } };
type Counting = typeof globalThis & { asked: number };

it.runIf(isWanted(path))(
  'the score of the density lights up, and its field is not computed again',
  async () => {
    const tab = await Tab.open(own.browser, `${site.origin}#density&particles=50`, (page) =>
      page.evaluateOnNewDocument(() => {
        (globalThis as Counting).asked = 0;
        const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (this: Worker, message: Message, ...rest: never[]) {
          // The arrows of this figure; others have other numbers of them.
          if (message.verb === 'field' && message.args?.grid?.n === 17) (globalThis as Counting).asked++;
          post.call(this, message, ...rest);
        } as typeof post;
      }),
    );
    await tab.moves();
    // What the page computes ahead of the reader is over.
    await tab.page.waitForSelector('[data-figure="density"].made');
    await tab.press('Pause');
    const ground = () =>
      tab.page.$eval('[data-figure="density"] canvas[role="img"]', (canvas) =>
        (canvas as HTMLCanvasElement).toDataURL(),
      );
    const fields = () => tab.page.evaluate(() => (globalThis as Counting).asked);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const [before, asked] = [await ground(), await fields()];
    expect(asked).toBeGreaterThan(0);
    await tab.page.hover('#chapter-density .prose [data-term="score"]');
    await expect.poll(ground).not.toBe(before);
    await tab.page.mouse.move(0, 0);
    await expect.poll(ground).toBe(before);
    expect(await fields()).toBe(asked);
    await tab.page.close();
  },
);
