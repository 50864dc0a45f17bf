// Colour pictures that walk by the scores of patches: the worker's verbs, the copied program, and the figure as a person uses it.
import { rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { key, readNpy } from '../../src/index.js';
import { Beat } from '../../src/page/chapters/images/beat.js';
import { COLOUR_FILE, colourCode, patchSide } from '../../src/page/chapters/images/colourCode.js';
import { initialState } from '../../src/page/state/state.js';
import type { ColourEvent, ColourWalkArgs } from '../../src/page/worker/images/colour.js';
import { SCENES } from '../../src/page/worker/images/numbers.js';
import { SCENE_DIM as DIM, scenes } from '../../src/page/worker/images/scenes.js';
import { writePng } from '../images/pngWriter.js';
import { browsers, dist, isWanted, Tab } from './help.js';
import { useProgram } from './program.js';
import { useBrowser, usePage } from './site.js';
import { listening, made } from './verbs.js';

/** A batch of CIFAR-10 of `n` pictures, each of one colour. */
function cifarFile(n: number): Uint8Array {
  const bytes = new Uint8Array(n * 3073);
  for (let i = 0; i < n; i++) bytes.fill(20 * (i + 1), i * 3073 + 1, (i + 1) * 3073);
  return bytes;
}

const red = writePng({ colourType: 2, depth: 8, samples: [[[255, 0, 0]]] });

type Verbs = Awaited<ReturnType<typeof made>>['verbs'];
const initial = initialState();
const args: ColourWalkArgs = {
  source: 'scenes',
  sigma: initial.colourNoise,
  stepSize: initial.colourStep,
  patch: 11,
  chains: 3,
  seed: 3,
};

/** The first steps of a walk. */
async function walked(verbs: Verbs, wish: ColourWalkArgs, steps: number): Promise<ColourEvent[]> {
  const { events, controller, context } = listening<ColourEvent>();
  const emit = (event: unknown) => {
    context.emit(event);
    if (events.length === steps) controller.abort();
  };
  await expect(verbs.coloursWalk(wish, { ...context, emit })).rejects.toThrow('abort');
  return events;
}
const mean = (x: Float32Array) => x.reduce((sum, v) => sum + v, 0) / x.length;

describe('the worker', () => {
  it('draws scenes whose parts go with any other, the same for the same key', async () => {
    const { core } = await made({ kernel: 'strict' });
    const drawn = (seed: number) => scenes(core, key(seed), SCENES).pixels as Uint8Array;
    const pixels = drawn(0);
    // The runner's own comparison of so many numbers takes seconds.
    expect(Buffer.compare(pixels, drawn(0))).toBe(0);
    expect(Buffer.compare(pixels, drawn(1))).not.toBe(0);
    // By the lower left corner there are five kinds of ground, and by the pixel above it where the sky is, all skies with each.
    const grounds = new Map<string, Set<string>>();
    for (let n = 0; n < SCENES; n++) {
      const at = (x: number, y: number) => n * DIM + 3 * (16 * y + x);
      const ground = `${pixels.slice(at(0, 15), at(1, 15))}`;
      const sky = `${pixels.slice(at(0, 9), at(1, 9)).map((byte) => byte >> 6)}`;
      grounds.set(ground, (grounds.get(ground) ?? new Set()).add(sky));
    }
    expect(grounds.size).toBe(5);
    for (const skies of grounds.values()) expect(skies.size).toBeGreaterThanOrEqual(4);
  });

  it('walks away from the data by patches, and jumps to data where each pixel sees all', async () => {
    const { verbs } = await made({ kernel: 'strict' });
    const { first, apart } = verbs.coloursShow({ source: 'scenes' });
    expect(first).toHaveLength(16 * DIM);
    expect(apart).toBeGreaterThan(0.1);
    expect(apart).toBeLessThan(0.2);
    const events = await walked(verbs, args, 40);
    expect(events.map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    const { noisy, clean, near, distance } = events[39];
    expect(noisy).toHaveLength(3 * DIM);
    for (let chain = 0; chain < 3; chain++) {
      let squares = 0;
      for (let i = chain * DIM; i < (chain + 1) * DIM; i++) squares += (clean[i] - near[i]) ** 2;
      expect(distance[chain]).toBeCloseTo(Math.sqrt(squares / DIM), 5);
    }
    expect(mean(distance)).toBeGreaterThan(0.07);
    const copies = await walked(verbs, { ...args, patch: Infinity, sigma: 0.5 }, 15);
    expect(mean(copies[14].distance)).toBeLessThan(0.01);
  }, 20_000);

  it('takes pictures of the reader’s: a batch of CIFAR-10 in place of those before, what is no picture not at all', async () => {
    const { verbs } = await made({ kernel: 'strict' });
    expect(() => verbs.coloursShow({ source: 'own' })).toThrow('no colour pictures of yours');
    await expect(verbs.coloursRead({ bytes: Uint8Array.of(1, 2, 3), name: 'x.png' })).rejects.toThrow(
      'x.png',
    );
    expect(await verbs.coloursRead({ bytes: cifarFile(1), name: 'batch.bin' })).toEqual({ count: 1 });
    expect(await verbs.coloursRead({ bytes: red, name: 'red.png' })).toEqual({ count: 2 });
    expect(verbs.coloursShow({ source: 'own' }).first.subarray(DIM, DIM + 3)).toEqual(
      Float32Array.of(1, 0, 0),
    );
    expect(await verbs.coloursRead({ bytes: cifarFile(1), name: 'batch.bin' })).toEqual({ count: 1 });
    // How far one picture is from others cannot be said.
    expect(verbs.coloursShow({ source: 'own' }).apart).toBe(0);
    expect(await verbs.coloursRead({ bytes: cifarFile(3), name: 'batch.bin' })).toEqual({ count: 3 });
    const { first, apart } = verbs.coloursShow({ source: 'own' });
    expect(first[2 * DIM]).toBeCloseTo(60 / 255, 6);
    expect(apart).toBeCloseTo(20 / 255, 5);
    const { data, shape } = readNpy(verbs.coloursSave({ source: 'own' }));
    expect(shape).toEqual([3, 16, 16, 3]);
    expect(data[DIM]).toBe(40);
    const [{ clean }] = await walked(verbs, { ...args, source: 'own', sigma: 0.1, chains: 4 }, 1);
    // More chains than pictures begin with the first ones again.
    expect(clean[3 * DIM]).toBeCloseTo(20 / 255, 3);
  });

  const printed = useProgram('colour-code');
  it('the copied program gives the very walk and its jumps', async () => {
    const { verbs } = await made({ kernel: 'strict' });
    const state = { ...initial, kernel: 'strict' as const, seed: 3, colourChains: 2, patch: '5' as const };
    try {
      writeFileSync(dist(COLOUR_FILE), verbs.coloursSave({ source: 'scenes' }));
      const code = colourCode(state, false).replace('=== 100', '=== 4');
      const [y, jumps, distance] = printed(code) as number[][];
      const events = await walked(verbs, { ...args, chains: 2, patch: patchSide('5') }, 4);
      expect(y).toEqual([...events[3].noisy]);
      expect(jumps).toEqual([...events[3].clean]);
      for (const [i, d] of distance.entries()) expect(d).toBeCloseTo(events[3].distance[i], 6);
    } finally {
      rmSync(dist(COLOUR_FILE), { force: true });
    }
  });
});

describe('a beat', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('waits for the next step, and not forever', async () => {
    vi.useFakeTimers();
    const beat = new Beat();
    let beats = 0;
    const wait = () => beat.next().then(() => beats++);
    wait();
    await vi.advanceTimersByTimeAsync(299);
    expect(beats).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(beats).toBe(1);
    wait();
    wait();
    beat.tell();
    await vi.advanceTimersByTimeAsync(0);
    expect(beats).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});

const site = usePage();

describe.each(browsers)('colour pictures in $name', { retry: 1 }, ({ name, path }) => {
  const wanted = isWanted(path);
  const scope = 'figure[data-figure="images-colour"]';
  const own = useBrowser(name, path);
  let tab: Tab;
  beforeAll(async () => {
    if (!wanted) return;
    tab = await Tab.open(own.browser, `${site.origin}#images&colourNoise=0.5&patch=5`);
    await tab.figure('images-colour');
  }, 120_000);

  it.runIf(wanted)('walk by themselves until they are new, which meets the challenge', async () => {
    await tab.see(`${scope} .reading`, /^Step \d+ · jumps differ by 0\.\d{3} from the nearest of the data/);
    await tab.page.waitForSelector('[data-challenge="new-colours"].met', { timeout: 60_000 });
    await tab.press('Stop', scope);
    const still = await tab.see(`${scope} .reading`, /^Step/);
    // Another dial shows the first step of its walk, and stands.
    await tab.page.select(`${scope} select`, 'whole');
    await tab.see(`${scope} .reading`, /^Step 1 · jumps differ by 0\.0/);
    expect(still).not.toMatch(/^Step 1 /);
    await tab.page.waitForFunction(() => location.hash.includes('patch=whole'));
  });

  it.runIf(wanted)('are the reader’s where a file is dropped, and the page’s again', async () => {
    await tab.drop('batch.bin', cifarFile(5));
    await tab.see(`${scope} figcaption`, /^5 pictures of yours/);
    // Several at once come beside them.
    await tab.page.evaluate((bytes) => {
      const transfer = new DataTransfer();
      for (const called of ['one.png', 'two.png'])
        transfer.items.add(new File([Uint8Array.from(bytes)], called));
      const event = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event);
    }, Array.from(red));
    await tab.see(`${scope} figcaption`, /^7 pictures of yours/);
    await tab.press('Use the built-in pictures', scope);
    await tab.see(`${scope} figcaption`, /^400 pictures that the page draws/);
    const { name: saved, bytes } = await tab.saved(() => tab.press('SVG', scope));
    expect(saved).toBe('colour.svg');
    expect(Buffer.from(bytes).toString()).toContain('patches of the whole picture');
  });

  it.runIf(wanted)('are filmed, as walks and draws of digits are', async () => {
    for (const [id, called] of [
      ['colour', 'colour'],
      ['walk', 'walk'],
      ['draw', 'digits'],
    ]) {
      const where = `figure[data-figure="images-${id}"]`;
      await tab.figure(`images-${id}`);
      const { name: film, bytes } = await tab.saved(async () => {
        await tab.press('Film', where);
        await tab.see(`${where} .message`, /^Filming: 0 of 4 s/);
        await tab.press('Stop filming', where);
      });
      expect(film).toMatch(new RegExp(`^${called}\\.(mp4|webm|gif)$`));
      expect(bytes.length).toBeGreaterThan(1000);
    }
    // A film that is stopped leaves no picture half drawn.
    await tab.see('figure[data-figure="images-draw"] .reading', /^16 pictures of a/);
    expect(await tab.violations()).toEqual([]);
    expect(tab.problems).toEqual([]);
  });
});
