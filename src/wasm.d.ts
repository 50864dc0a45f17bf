/** The build and the tests load a `.wasm` file as its bytes. */
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** The text of a built script. */
declare module '*.js?raw' {
  const text: string;
  export default text;
}
