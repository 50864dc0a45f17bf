// One thread of the fuzzer: changes files, gives them to a target's readers, and keeps those that reach new code.
import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { mutate, numbersOf, Random } from './mutate.mjs';

const { bundle, name, seconds, seed, fixtures, corpus, shared } = workerData;
const { targets } = await import(bundle);
const target = targets[name];
const random = new Random(seed);

/** What messages of readers never hold: an engine's own words. */
const INNARDS =
  /Cannot (read|destructure|convert|set)|is not (a function|iterable|defined|an object)|undefined|typed array|array length|out of bounds|call stack/i;
/** An Error for people: one line that begins with what is wrong. */
const isForPeople = (error) =>
  error instanceof Error &&
  /^[^\n\r]{1,600}$/.test(error.message) &&
  /^[^:]+: .|^the |^(a|an|its|usage) /.test(error.message) &&
  // What a file lacks may be said to be undefined, and what it holds may be quoted.
  !INNARDS.test(error.message.replace(/got undefined|"[^"]*"/g, ''));

const MOST_MS = 1000;
const MOST_BYTES = 500 * 2 ** 20;

const session = new Session();
session.connect();
const ask = (method, parameters) => {
  let answer;
  session.post(method, parameters, (error, result) => {
    if (error) throw error;
    answer = result;
  });
  return answer;
};
ask('Profiler.enable');
ask('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** Places of the code and how often they ran: of single files, and of groups, which are looked at first since it is cheaper. */
const seen = new Set();
const seenOfGroups = new Set();
/** Whether the code ran, or ran more often, since it was last asked, as never before. */
function isNew(known) {
  let found = false;
  for (const { url, functions } of ask('Profiler.takePreciseCoverage').result) {
    if (url !== bundle) continue;
    for (const { ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        if (count === 0) continue;
        // Counts by powers of two: a loop of twice as many turns is news, one more turn is none.
        const feature = (startOffset * 2 ** 22 + endOffset) * 32 + Math.min(31, 32 - Math.clz32(count));
        if (known.has(feature)) continue;
        known.add(feature);
        found = true;
      }
    }
  }
  return found;
}

const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
/** The most memory so far, in bytes. */
const peak = () => process.resourceUsage().maxRSS * 1024;

/** What a reader did wrong with the bytes, by kind and words; undefined if nothing. */
async function faultOf(read, bytes) {
  const [began, memory] = [clock(), peak()];
  let problem;
  try {
    const found = await read(bytes);
    if (target.isFinite && numbersOf(found).some((value) => !Number.isFinite(value)))
      problem = 'gives NaN or an infinity';
  } catch (error) {
    if (!isForPeople(error))
      problem = `throws ${error?.stack?.split('\n').slice(0, 4).join(' | ') ?? String(error)}`;
  }
  if (!problem && clock() - began > MOST_MS) problem = `takes more than ${MOST_MS} ms`;
  if (!problem && peak() - memory > MOST_BYTES) problem = `takes more than ${MOST_BYTES >> 20} MB`;
  return problem;
}

const pool = [];
const told = new Set();
let runs = 0;

async function run(bytes) {
  runs++;
  // The thread that watches over this one tells of a hang by these bytes.
  shared.bytes.set(bytes.subarray(0, shared.bytes.length));
  Atomics.store(shared.state, 1, Math.min(bytes.length, shared.bytes.length));
  Atomics.store(shared.state, 0, runs);
  for (const [reader, read] of Object.entries(target.reads)) {
    const problem = await faultOf(read, bytes.slice());
    if (!problem) continue;
    const kind = `${reader}: ${problem.replace(/\d+/g, 'N')}`.slice(0, 160);
    if (told.has(kind)) continue;
    told.add(kind);
    parentPort.postMessage({ fault: { reader, problem, bytes } });
  }
}

/** Runs a file and keeps it if it reaches what none did. */
async function judge(bytes, isSeed = false) {
  isNew(seenOfGroups);
  await run(bytes);
  if (!isNew(seen)) return;
  pool.push(bytes);
  if (!isSeed) parentPort.postMessage({ kept: bytes });
}

/** Files that are run together. */
const GROUP = 16;

const folderFiles = (folder, end) =>
  folder
    ? readdirSync(folder)
        .filter((file) => file.endsWith(end))
        .map((file) => new Uint8Array(readFileSync(`${folder}/${file}`)))
    : [];

const begun = performance.now();
const seeds = [
  ...(target.seeds.made ?? []),
  ...(target.seeds.ends ? folderFiles(fixtures, target.seeds.ends) : []),
  ...folderFiles(corpus, ''),
];
// Once to load what the readers load, so that no file is blamed for it.
for (const read of Object.values(target.reads))
  await Promise.resolve(seeds[0])
    .then(read)
    .catch(() => {});
for (const bytes of seeds) await judge(bytes, true);
if (pool.length === 0) pool.push(...seeds);
while (performance.now() - begun < 1000 * seconds) {
  const group = Array.from({ length: GROUP }, () => mutate(random, pool, target));
  for (const bytes of group) await run(bytes);
  if (isNew(seenOfGroups)) for (const bytes of group) await judge(bytes);
  parentPort.postMessage({ runs, reached: seen.size });
  await new Promise((resolve) => setImmediate(resolve));
}
parentPort.postMessage({ runs, reached: seen.size });
