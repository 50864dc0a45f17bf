/** Bytes as messages show them: two hexadecimal digits each, with spaces in between; `no bytes` where there are none. */
export function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ') || 'no bytes';
}
