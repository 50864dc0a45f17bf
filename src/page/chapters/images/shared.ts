import { button, menu } from '../../parts/controls.js';
import { saveButton } from '../../save/saveButton.js';
import type { Page } from '../../state/page.js';
import { comingWeights } from '../../weights/coming.js';
import type { Net } from '../../worker/images/estimate.js';
import type { Source } from '../../worker/images/stock.js';
import { FILES } from './code.js';

/** Fewest pictures of the reader's of which some are kept from training, as in the worker. */
const LEAST_HELD_OUT = 10;

/** What the figures of the chapter share: the network that comes with the page, and the pictures in use. */
export class Shared {
  readonly #client: Page['client'];
  #ready?: Promise<unknown>;
  readonly #listeners = new Set<() => void>();
  source: Source = 'digits';
  /** Whether a network was trained on the pictures in use. */
  isTrained = false;
  /** How many pictures the reader gave. */
  ownCount = 0;
  /** How often the reader gave pictures. */
  opened = 0;

  /** Grows by one whenever the reader's network may be another. */
  version = 0;

  /** Names the pictures in use: the reader's are others after each that is added. */
  get inUse(): string {
    return this.source === 'digits' ? 'digits' : `own ${this.opened}`;
  }

  /** The pictures in use, in words. */
  get words(): string {
    if (this.source === 'digits') return '2,000 digits that the library draws';
    return this.ownCount === 1
      ? 'one picture of yours'
      : `${this.ownCount.toLocaleString('en')} pictures of yours`;
  }

  /** What a copied program of the reader's network says first: it has only the library's digits. */
  get note(): string {
    return this.source === 'digits'
      ? ''
      : '// On the page the network was of pictures of yours; this program has the digits of the library in their place.\n';
  }

  /** Whether there is one picture only: all that resembles it is nearest to it, and copies cannot be told. */
  get isSingle(): boolean {
    return this.source === 'own' && this.ownCount < 2;
  }

  /** Whether some pictures in use are kept from training: of fewer than ten, none is. */
  get isHeldOut(): boolean {
    return this.source === 'digits' || this.ownCount >= LEAST_HELD_OUT;
  }

  constructor(client: Page['client']) {
    this.#client = client;
  }

  /** Whose U-Net figures use: the reader's where one is trained and asked for. */
  net({ store }: Page): Net {
    return this.isTrained && store.get('netOf') === 'own' ? 'trained' : 'unet';
  }

  /** Resolves when the worker has the digits' network. After a failure, the next call asks again. */
  ready(): Promise<unknown> {
    this.#ready ??= comingWeights('digits')
      .then((file) => this.#client.call('imagesTake', { file }))
      .catch((error) => {
        this.#ready = undefined;
        throw error;
      });
    return this.#ready;
  }

  /** Calls the listener when other pictures are in use, or another network is trained. */
  on(listener: () => void): void {
    this.#listeners.add(listener);
  }

  tell(): void {
    this.version++;
    for (const listener of this.#listeners) listener();
  }

  /** Puts the reader's pictures to use, of which there are `count` now. */
  take({ count }: { count: number }): void {
    this.ownCount = count;
    this.opened++;
    this.choose('own');
  }

  choose(source: Source): void {
    this.source = source;
    // A network that was trained on other pictures says nothing of these.
    this.isTrained = false;
    this.tell();
  }
}

const made = new WeakMap<object, Shared>();

/** What the chapter's figures share: each has a page of its own, but all have one client. */
export function sharedOf({ client }: Page): Shared {
  const shared = made.get(client) ?? new Shared(client);
  made.set(client, shared);
  return shared;
}

/** A menu of whose U-Net the figures use; the reader's can be chosen once there is one. */
export function networkMenu(page: Page, shared: Shared): HTMLElement {
  const element = menu(page.store, 'netOf', 'U-Net', [
    ['page', 'of the page'],
    ['own', 'yours'],
  ]);
  const own = element.querySelector<HTMLOptionElement>('option[value="own"]');
  const refresh = () => {
    if (!own) return;
    own.disabled = !shared.isTrained;
    own.textContent = shared.isTrained ? 'yours' : 'yours: train one first';
  };
  shared.on(refresh);
  refresh();
  return element;
}

/** A button that brings the library's digits back, where the reader's pictures are in use. */
export function digitsButton(shared: Shared): HTMLElement {
  const element = button('Use the built-in digits', () => shared.choose('digits'));
  const refresh = () => {
    element.hidden = shared.source === 'digits';
  };
  shared.on(refresh);
  refresh();
  return element;
}

/** A button that saves the network in use, which copied code reads. */
export const saveNetwork = (page: Page, shared: Shared) =>
  saveButton(page, 'Save the weights', async () => {
    const net = shared.net(page);
    await shared.ready();
    return { name: FILES[net], bytes: await page.client.call('imagesSave', { net }) };
  });
