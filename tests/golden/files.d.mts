/** Small files by name, of every kind that the library writes as safetensors. */
export function files(scorefield: typeof import('../../src/index.js')): Promise<Record<string, Uint8Array>>;
