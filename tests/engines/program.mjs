// What an engine is asked to run: node tests/engines/program.mjs THREADS prints all hashes of dist/index.js on that many threads
// as JSON on its last line.

import * as lib from '../../dist/index.js';
import { bits } from '../golden/bits.mjs';
import { numbers } from '../golden/numbers.mjs';

const threads = Number(process.argv[2]);
console.log(JSON.stringify({ ...(await bits(lib, { threads })), ...(await numbers(lib, { threads })) }));
process.exit(0);
