// Chain-steps and effective samples a second of each sampler on two targets, one thread: node bench/samplers.mjs after
// npm run build. With BENCH_PYTHON, a Python that has blackjax, beside BlackJAX's HMC and NUTS with the same settings. It is what
// npm run bench -- --only samplers does.
import * as library from '../dist/index.js';
import { findPython } from './hosts/python.mjs';
import { samplersTable } from './report/table.mjs';
import { timeSamplers } from './timing/samplers.mjs';

const found = process.env.BENCH_PYTHON ? await findPython('blackjax') : undefined;
console.log(samplersTable(await timeSamplers(library, found)));
