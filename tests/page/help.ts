import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Browser, type ElementHandle, launch, type Page } from 'puppeteer-core';

/** The browsers the page is driven in. */
export const browsers = [
  { name: 'chrome', path: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
  { name: 'firefox', path: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr' },
] as const;

/** In CI the browsers must be there; elsewhere the tests run where they are. */
export const isWanted = (path: string) => process.env.BROWSERS === 'required' || existsSync(path);

export const dist = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
export const distText = (name: string) => readFileSync(dist(name), 'utf8');

export function start(name: 'chrome' | 'firefox', path: string): Promise<Browser> {
  return launch({
    browser: name,
    executablePath: path,
    args:
      name === 'chrome'
        ? ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync']
        : [],
  });
}

/** Serves a folder as `npm start` does; `first` answers before it where it gives a text. */
export async function serve(
  folder: string,
  first: (path: string) => { type: string; text: string; bytes?: Uint8Array } | undefined = () => undefined,
): Promise<{ origin: string; server: Server }> {
  const { pageServer } = (await import(String(new URL('../../src/page/serve.mjs', import.meta.url)))) as {
    pageServer(folder: string): Server;
  };
  const server = pageServer(folder);
  const [listener] = server.listeners('request') as ((request: { url: string }, response: unknown) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const own = first(String(request.url));
    if (own) response.writeHead(200, { 'Content-Type': own.type }).end(own.bytes ?? own.text);
    else listener(request as { url: string }, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, server };
}

/** What a page does that it should not, and the files it saves. */
interface Watch {
  violations: string[];
  files: { name: string; blob: Blob }[];
  longTasks: number[];
}
type Watched = typeof globalThis & { watch: Watch };

/** Runs in the page before its own scripts. */
function watchPage() {
  const watch: Watch = { violations: [], files: [], longTasks: [] };
  (globalThis as Watched).watch = watch;
  addEventListener('securitypolicyviolation', (event) => {
    watch.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  });
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) watch.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  } catch {
    // Firefox has no such entries.
  }
  const blobs = new Map<string, Blob>();
  const create = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob: Blob) => {
    const url = create(blob);
    blobs.set(url, blob);
    return url;
  };
  const click = HTMLAnchorElement.prototype.click;
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    const blob = blobs.get(this.href);
    // The browser's own dialogue has nothing to do here.
    if (this.download && blob) watch.files.push({ name: this.download, blob });
    else click.call(this);
  };
}

/** A tab that is used as a person would, and what it did. */
export class Tab {
  readonly problems: string[] = [];
  readonly requests: string[] = [];
  /** The chapter that is used: the one of the last link. */
  current = 'draw';

  private constructor(readonly page: Page) {
    page.on('console', (message) => this.problems.push(message.text()));
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('request', (request) => {
      if (/^https?:/.test(request.url())) this.requests.push(request.url().replace(/#.*/, ''));
    });
  }

  static async open(
    browser: Browser,
    url: string,
    prepare: (page: Page) => Promise<unknown> = async () => {},
  ) {
    const tab = new Tab(await browser.newPage());
    await tab.page.setViewport({ width: 1200, height: 900 });
    await tab.page.evaluateOnNewDocument(watchPage);
    await prepare(tab.page);
    await tab.#go(url);
    return tab;
  }

  violations = () => this.page.evaluate(() => (globalThis as Watched).watch.violations);
  longTasks = () => this.page.evaluate(() => (globalThis as Watched).watch.longTasks);

  /** Opens a link to a state of the page, as a fresh visit. */
  async visit(url: string): Promise<void> {
    await this.page.goto('about:blank');
    await this.#go(url);
  }

  async #go(url: string): Promise<void> {
    this.current = /#([a-z]+)/.exec(url)?.[1] ?? 'draw';
    await this.page.goto(url);
  }

  /** The selector of the present chapter. */
  get scope(): string {
    return `#chapter-${this.current}`;
  }

  async chapter(name: string): Promise<void> {
    // The driver would scroll the row of links to this one first, and the page scrolls the row back to the present chapter.
    await this.page.$eval(`nav a[href="#chapter-${name}"]`, (link) => (link as HTMLAnchorElement).click());
    this.current = name;
    await this.page.waitForSelector(`${this.scope} .live.made`);
  }

  /** Waits until an element lies where it stays: figures that are made around it move it. */
  async rests(element: ElementHandle): Promise<void> {
    let last = '';
    for (let turn = 0; turn < 60; turn++) {
      const place = JSON.stringify(await element.boundingBox());
      if (place === last) return;
      last = place;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    throw new Error('the element does not come to rest');
  }

  /** Scrolls to a figure of the words, which is made then. */
  async figure(id: string): Promise<void> {
    const place = `[data-figure="${id}"]`;
    await this.page.$eval(place, (element) => {
      // A reader's wheel ends the page's own scrolling to a chapter, which would lead away again.
      dispatchEvent(new WheelEvent('wheel'));
      element.scrollIntoView();
    });
    await this.page.waitForSelector(`${place}.made`);
  }

  /** Presses a button, once it is there and can be pressed. */
  async press(label: string, scope = this.scope): Promise<void> {
    const button = (await this.page
      .waitForFunction(
        (within, text) =>
          [...document.querySelectorAll(`${within} button`)].find(
            (candidate) => candidate.textContent === text && !(candidate as HTMLButtonElement).disabled,
          ),
        { timeout: 10_000, polling: 20 },
        scope,
        label,
      )
      .catch(() => {
        throw new Error(`there is no button ${label} that can be pressed`);
      })) as ElementHandle<HTMLButtonElement>;
    // A person turns the wheel to come there, which ends the page's own scrolling to a chapter.
    await this.page.evaluate(() => dispatchEvent(new WheelEvent('wheel')));
    await button.click();
  }

  /** Chooses a file for the button with this label. */
  async open(label: string, path: string): Promise<void> {
    const input = await this.page.waitForSelector(`${this.scope} input[type="file"][aria-label="${label}"]`);
    await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
  }

  /** Drops a file on the page. */
  async drop(name: string, bytes: Uint8Array): Promise<void> {
    await this.page.waitForSelector(`${this.scope} .live.made`);
    await this.page.evaluate(
      (called, base64) => {
        const transfer = new DataTransfer();
        const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([content], called));
        for (const type of ['dragover', 'drop']) {
          const event = new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
          // What is not taken, a browser would open in place of the page.
          if (document.body.dispatchEvent(event)) throw new Error(`${type} is left to the browser`);
        }
      },
      name,
      Buffer.from(bytes).toString('base64'),
    );
  }

  /** Says to the page that its tab is hidden, or seen again. */
  async hide(isHidden: boolean): Promise<void> {
    await this.page.evaluate((hidden) => {
      Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, isHidden);
  }

  /** Waits until what a selector shows matches. */
  async see(selector: string, pattern: RegExp, timeout = 30_000): Promise<string> {
    const [source, flags] = [pattern.source, pattern.flags];
    await this.page
      .waitForFunction(
        (where, s, f) =>
          [...document.querySelectorAll(where)].some((element) =>
            new RegExp(s, f).test(element.textContent ?? ''),
          ),
        { timeout, polling: 50 },
        `${this.scope} ${selector}, ${selector}#status`,
        source,
        flags,
      )
      .catch(async (error) => {
        const shown = await this.page.$$eval(`${this.scope} ${selector}, #status`, (elements) =>
          elements.map((element) => element.textContent),
        );
        throw new Error(`${error.message}: wanted ${pattern}, saw ${JSON.stringify(shown)}`);
      });
    return this.page.$$eval(
      `${this.scope} ${selector}, ${selector}#status`,
      (elements, s, f) =>
        elements
          .map((element) => element.textContent ?? '')
          .find((text) => new RegExp(s as string, f as string).test(text)) ?? '',
      source,
      flags,
    );
  }

  /** The pixels of a figure's moving layer, as one text. */
  pixels = (index = 0) =>
    this.page.evaluate(
      async (scope, at) => {
        const find = () => document.querySelectorAll<HTMLCanvasElement>(`${scope} .figure canvas`)[at];
        for (let turn = 0; turn < 400 && !find(); turn++)
          await new Promise((resolve) => setTimeout(resolve, 25));
        return find().toDataURL();
      },
      this.scope,
      2 * index + 1,
    );

  /** Waits until a figure's moving layer is another. */
  async moves(index = 0): Promise<void> {
    const before = await this.pixels(index);
    for (let turn = 0; turn < 200; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      if ((await this.pixels(index)) !== before) return;
    }
    throw new Error('the figure stands still');
  }

  /** The bytes of the next file that is saved, and its name. */
  async saved(
    action: () => Promise<unknown>,
    timeout = 60_000,
  ): Promise<{ name: string; bytes: Uint8Array }> {
    const before = await this.page.evaluate(() => (globalThis as Watched).watch.files.length);
    await action();
    await this.page.waitForFunction(
      (n) => (globalThis as Watched).watch.files.length > n,
      { timeout, polling: 50 },
      before,
    );
    const { name, base64 } = await this.page.evaluate(async (n) => {
      const { name, blob } = (globalThis as Watched).watch.files[n];
      const bytes = new Uint8Array(await blob.arrayBuffer());
      let text = '';
      for (let i = 0; i < bytes.length; i += 8192)
        text += String.fromCharCode(...bytes.subarray(i, i + 8192));
      return { name, base64: btoa(text) };
    }, before);
    return { name, bytes: new Uint8Array(Buffer.from(base64, 'base64')) };
  }

  fragment = () => this.page.evaluate(() => location.hash);
}
