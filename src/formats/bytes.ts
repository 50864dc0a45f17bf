import { show } from '../core/check.js';

/** @throws TypeError unless `bytes` are a Uint8Array. */
export function checkBytes(caller: string, name: string, bytes: unknown): void {
  if (bytes instanceof Uint8Array) return;
  const got = bytes instanceof ArrayBuffer ? 'an ArrayBuffer: give new Uint8Array(it)' : show(bytes);
  throw new TypeError(`${caller}: ${name} must be a Uint8Array, got ${got}`);
}
