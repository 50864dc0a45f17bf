import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { modeOccupancy, rhat, summary, writeNpy } from '../../src/index.js';
import { autoregression, stored } from '../diagnostics/chains.js';
import { eventsOf, expectDone, inProcess, scorefield, scratch, TINY } from './cli.js';

const folder = scratch();
const at = (...names: string[]) => join(folder, ...names);

function saved(name: string, data: Parameters<typeof writeNpy>[0], shape: number[]): string {
  const file = at(`${name}.npy`);
  writeFileSync(file, writeNpy(data, shape));
  return file;
}

const three = stored('three coordinates');
const { draws, chains, dim, length } = three;
const cube = saved('cube', draws, [length, chains, dim]);

describe('diagnose', () => {
  it('prints what summary gives, writes a table and three figures', async () => {
    const out = at('figures');
    const outcome = await scorefield(['diagnose', cube, '--out', out, '--json']);
    expectDone(outcome, 'diagnose', out);
    expect(eventsOf(outcome, 'samples')).toEqual([
      { event: 'samples', draws: length, chains, dim, burnIn: 0 },
    ]);
    const rows = eventsOf(outcome, 'coordinate');
    expect(rows).toMatchObject(summary(draws, { chains, dim }));
    for (const name of ['trace', 'autocorrelation', 'rank']) {
      expect(readFileSync(join(out, `${name}.svg`), 'utf8')).toMatch(/^<svg .*x\[2\].*<\/svg>\n$/s);
      expect(readFileSync(join(out, `${name}.png`)).length).toBeGreaterThan(5000);
    }
    const csv = readFileSync(join(out, 'diagnostics.csv'), 'utf8').trimEnd().split('\n');
    expect(csv[0]).toBe('name,mean,sd,mcseMean,mcseSd,essBulk,essTail,rhat,autocorrelationTime');
    expect(csv.slice(1).map((line) => Number(line.split(',')[7]))).toEqual([...rhat(draws, { chains, dim })]);
  });

  it('prints a table to people, on stderr alone, and nothing else but the verdict', async () => {
    const { code, stdout, stderr } = await inProcess(['diagnose', cube]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain('cube.npy: 150 draws of 4 chains, 3 coordinates\n');
    expect(stderr).toMatch(/mean +sd +mcse mean +mcse sd +ess bulk +ess tail +R-hat +tau\n/);
    expect(stderr).toMatch(/\nx\[2\]( +-?[\d.]+){8}\n/);
    expect(stderr).toContain('Not mixed: R-hat of x[0] is 1.');
  });

  const verdictOf = async (data: Float32Array | Float64Array, shape: number[]) =>
    (await inProcess(['diagnose', saved('verdict', data, shape)])).stderr;
  it('says when chains have mixed, have too few draws, or never move', async () => {
    expect(await verdictOf(autoregression(1000, 4, 0, 1), [1000, 4, 1])).toContain('Mixed: R-hat is 1.00');
    const few = await verdictOf(autoregression(90, 4, 0, 3), [90, 4, 1]);
    expect(few).toMatch(
      /Too few draws to say: the effective sample size of x\[0\] is \d+, below 400 \(R-hat is/,
    );
    expect(await verdictOf(new Float32Array(20), [10, 2, 1])).toContain('Not mixed: x[0] never moves');
  });

  it('asks first about axes that look turned, and takes them in either order', async () => {
    const turned = autoregression(4, 90, 0, 3);
    const asked = await verdictOf(turned, [4, 90, 1]);
    expect(asked).toMatch(
      /^\S+verdict\.npy has the shape \[4, 90, 1\], taken as \[draws, chains, dim\]; if its chains come first, give --order chains,draws\nverdict/,
    );
    expect(await verdictOf(turned.subarray(0, 270), [3, 90, 1])).toMatch(
      /^scorefield diagnose: \S+ has the shape \[3, 90, 1\], .* give --order chains,draws\n$/,
    );
    const draws = autoregression(90, 4, 0.5, 2);
    const rows = Float64Array.from({ length: 720 }, (_, i) => draws[i] ?? 7);
    // [90, 4, 2]: the chains, and their opposites.
    const ours = Float64Array.from({ length: 720 }, (_, i) => (i % 2 ? -1 : 1) * rows[i >> 1]);
    const theirs = Float64Array.from({ length: 720 }, (_, i) => {
      const [chain, draw, d] = [Math.floor(i / 180), Math.floor(i / 2) % 90, i % 2];
      return ours[(draw * 4 + chain) * 2 + d];
    });
    const of = async (data: Float64Array, shape: number[], ...more: string[]) =>
      (await inProcess(['diagnose', saved('order', data, shape), '--json', ...more])).events.slice(0, -1);
    const want = await of(ours, [90, 4, 2]);
    expect(await of(theirs, [4, 90, 2], '--order', 'chains,draws')).toEqual(want);
    const flat = theirs.filter((_, i) => i % 2 === 0);
    expect(await of(flat, [4, 90], '--order', 'chains,draws')).toEqual([{ ...want[0], dim: 1 }, want[1]]);
  });

  it('counts draws and jumps by mode, without the burn-in', async () => {
    const trapped = stored('a trapped chain');
    const file = saved('trapped', trapped.draws, [trapped.length, 4, 1]);
    const outcome = await inProcess(['diagnose', file, '--modes=-3;3', '--burn-in', '60', '--json']);
    const want = modeOccupancy(trapped.draws.subarray(60 * 4), { chains: 4, centres: [[-3], [3]] });
    expect(eventsOf(outcome, 'modes')).toEqual([
      {
        event: 'modes',
        centres: [[-3], [3]],
        share: [...want.share],
        mcse: [...want.mcse],
        byChain: [0, 1, 2, 3].map((c) => [...want.byChain.subarray(2 * c, 2 * c + 2)]),
        jumps: [...want.jumps],
      },
    ]);
    expect(eventsOf(outcome, 'samples')).toMatchObject([{ draws: 100, burnIn: 60 }]);
    expect(outcome.stderr).toContain('after 60 left out');
    const [low, error] = [want.share[0], want.mcse[0]].map((value) => value.toFixed(3));
    expect(outcome.stderr).toContain(`Modes hold ${low} ± ${error}, `);
    expect(outcome.stderr).toMatch(/ of the draws; [1-9]\d* jumps between them\n/);
  });

  it('reads [draws, dim] and [draws], with the rows of several chains in turn, and integers', async () => {
    const rowsOf = async (file: string, ...more: string[]) =>
      eventsOf(await inProcess(['diagnose', file, '--json', ...more]), 'coordinate');
    const want = await rowsOf(cube);
    expect(await rowsOf(saved('flat', draws, [length * chains, dim]), '--chains', '4')).toEqual(want);
    const one = Float64Array.from({ length }, (_, t) => draws[t * chains * dim]);
    expect(await rowsOf(saved('line', one, [length]))).toMatchObject(summary(one));
    expect(await rowsOf(saved('integers', Int32Array.of(1, 5, -2, 4, 0, 3), [6, 1]))).toMatchObject(
      summary(Float64Array.of(1, 5, -2, 4, 0, 3)),
    );
  });

  it('draws the least mixed four of many coordinates and seven of many chains', async () => {
    const [many, wide] = [9, 25];
    const x = autoregression(40, many * wide, 0, 2);
    for (let i = 0; i < x.length; i++) if (i % wide === 20) x[i] += Math.floor(i / wide) % many;
    const out = at('wide');
    const file = saved('wide', x, [40, many, wide]);
    const outcome = await inProcess(['diagnose', file, '--out', out]);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('5 coordinates with a smaller R-hat are not shown');
    expect(outcome.stderr).toContain('Not mixed: R-hat of x[20]');
    const svg = readFileSync(join(out, 'trace.svg'), 'utf8');
    expect(svg).toContain('the 4 least mixed of 25 coordinates');
    expect(svg).toContain('x[20]');
    expect(svg).toContain('2 not shown');
  });

  it('draws a chain that never moves beside others that do', async () => {
    const stuck = stored('a stuck chain');
    const out = at('stuck');
    const file = saved('stuck', stuck.draws, [stuck.length, 4, 1]);
    const outcome = await inProcess(['diagnose', file, '--out', out]);
    expect(outcome.code, outcome.stderr).toBe(0);
    // Its autocorrelation, drawn as 1, is a level line.
    const svg = readFileSync(join(out, 'autocorrelation.svg'), 'utf8');
    const line = /<path d="M([^"]*)"[^>]*stroke="#009e73"/.exec(svg)?.[1] ?? '';
    expect(new Set([...line.matchAll(/,([\d.]+)/g)].map((match) => match[1])).size).toBe(1);
  });

  it('reads what sample --save writes', async () => {
    await inProcess(['train', ...TINY, '--out', at('run')]);
    const file = at('samples.npy');
    const drawing = ['sample', at('run'), '--level', '2', '--chains', '3', '--steps', '200', '--thin', '2'];
    await inProcess([...drawing, '--save', file]);
    const outcome = await inProcess(['diagnose', file, '--json']);
    expect(eventsOf(outcome, 'samples')).toMatchObject([{ draws: 100, chains: 3, dim: 2 }]);
    expect(outcome.events.at(-1)).toEqual({ event: 'done', command: 'diagnose', files: [] });
  });

  it('stops when told to, and leaves no file', async () => {
    const stopping = new AbortController();
    stopping.abort(new Error('enough'));
    const out = at('stopped');
    const outcome = await inProcess(['diagnose', cube, '--out', out], { signal: stopping.signal });
    expect(outcome.code).toBe(1);
    expect(existsSync(join(out, 'diagnostics.csv'))).toBe(false);
  });

  it.each<[string, string[], number, string]>([
    ['no file', ['missing.npy'], 1, 'missing.npy: it does not exist'],
    ['no npy', ['text.npy'], 1, 'text.npy: not an npy file'],
    [
      'four axes',
      ['four.npy'],
      1,
      'samples must have the shape [draws, chains, dim], [draws, dim] or [draws] in the order draws,chains, got [5, 1, 1, 1]',
    ],
    [
      'one axis of chains',
      ['one.npy', '--order', 'chains,draws'],
      1,
      'samples must have the shape [chains, draws, dim] or [chains, draws] in the order chains,draws, got [20]',
    ],
    [
      'another order',
      ['rows.npy', '--order', 'chains'],
      2,
      '--order must be one of draws,chains, chains,draws',
    ],
    ['no draws', ['empty.npy'], 1, 'got [0, 2]'],
    ['few draws', ['few.npy'], 1, 'few.npy: each chain must have at least 4 draws, got 3'],
    ['NaN', ['nan.npy'], 1, 'samples must be finite, got NaN at draw 3 of chain 1'],
    ['other chains', ['cube.npy', '--chains', '3'], 2, '--chains must be 4, as many as'],
    ['odd rows', ['rows.npy', '--chains', '4'], 2, '--chains must divide the 10 rows'],
    [
      'all burnt',
      ['rows.npy', '--burn-in', '7'],
      2,
      '--burn-in must leave at least 4 of the 10 draws of a chain, got 7',
    ],
    [
      'flat modes',
      ['rows.npy', '--modes', '1;2'],
      2,
      '--modes must be points of 2 coordinates, as the samples are, got 1',
    ],
    ['no number', ['rows.npy', '--chains', 'x'], 2, '--chains must be a positive integer, got "x"'],
  ])('refuses %s in one line', async (_, [name, ...more], code, words) => {
    writeFileSync(at('text.npy'), 'samples');
    saved('four', new Float32Array(5), [5, 1, 1, 1]);
    saved('empty', new Float32Array(0), [0, 2]);
    saved('one', new Float32Array(20), [20]);
    saved('few', new Float32Array(6), [3, 2]);
    saved('nan', new Float32Array(20).fill(Number.NaN, 14), [5, 2, 2]);
    saved('rows', new Float32Array(20), [10, 2]);
    const outcome = await inProcess(['diagnose', at(name), ...more, '--json']);
    expect(outcome.stderr).toMatch(/^scorefield diagnose: .+\n$/);
    expect(outcome.stderr).toContain(words);
    expect(outcome).toMatchObject({ code, stdout: '' });
  });
});
