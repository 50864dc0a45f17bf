import { button } from '../parts/controls.js';
import type { Page } from '../state/page.js';
import { download } from './download.js';

/** A button that has the browser save a file which the worker makes. */
export const saveButton = (
  page: Page,
  label: string,
  make: () => Promise<{ name: string; bytes: Uint8Array }>,
) =>
  button(label, async () => {
    try {
      const { name, bytes } = await make();
      download(name, bytes, 'application/octet-stream');
    } catch (error) {
      page.fail(error);
    }
  });
