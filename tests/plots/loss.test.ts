import { describe, expect, it } from 'vitest';
import { evaluationFigure, lossFigure } from '../../src/plots/index.js';
import { parsed, SOUND, UNSOUND, words } from './help.js';

// the losses the article prints
const printed = {
  steps: [0, 5000, 10000, 15000, 20000, 25000, 30000, 35000, 40000, 45000],
  loss: [
    1.0177689, 0.7470076, 0.6700457, 0.6010411, 0.5470178, 0.5063308, 0.4754926, 0.4591178, 0.4523713,
    0.4394389,
  ],
};

describe('lossFigure', () => {
  it('draws a few losses as dots on a linear axis, with the best possible loss', async () => {
    const svg = lossFigure({ ...printed, best: 0.41, title: 'Training' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(parsed(svg).querySelectorAll('circle')).toHaveLength(10);
    expect(words(svg)).toEqual(
      expect.arrayContaining(['Training', 'step', 'loss', '40,000', '0.6', 'best possible, 0.41']),
    );
    await expect(svg).toMatchFileSnapshot('snapshots/loss.svg');
  });

  it('draws many losses as a faint line under a smooth one, thinned for long runs', () => {
    const steps = Array.from({ length: 50_000 }, (_, i) => i);
    const svg = lossFigure({ steps, loss: steps.map((i) => 1 + 0.1 * ((i * 7919) % 11)) });
    expect(parsed(svg).querySelectorAll('circle')).toHaveLength(0);
    expect(svg).toContain('stroke-opacity="0.3"');
    expect(words(svg)).toEqual(expect.arrayContaining(['loss, smoothed', 'as logged']));
    expect(svg.length).toBeLessThan(40_000);
  });

  it('takes a log axis where losses span more than a factor of 20, and only where they are positive', () => {
    const label = (loss: number[], scale?: 'linear' | 'log') =>
      words(lossFigure({ steps: loss.map((_, i) => i), loss, scale })).find(
        (text) => /^loss( \(|$)/.test(text) && text !== 'loss',
      ) ?? 'loss';
    expect(label([1, 0.1])).toBe('loss');
    expect(label([1, 0.01])).toBe('loss (log scale)');
    expect(label([1, 0.01], 'linear')).toBe('loss');
    expect(label([1, 0.1], 'log')).toBe('loss (log scale)');
    expect(label([1, 0])).toBe('loss');
    expect(() => label([1, 0], 'log')).toThrow(
      new RangeError('lossFigure: loss must be positive on a log axis, got 0'),
    );
  });

  it('draws one step and a constant loss', () => {
    expect(lossFigure({ steps: [0], loss: [1] })).not.toMatch(UNSOUND);
    expect(lossFigure({ steps: [0, 1, 2], loss: [0, 0, 0] })).not.toMatch(UNSOUND);
    expect(lossFigure({ steps: [0, 1], loss: [1e20, 1e20], scale: 'log' })).not.toMatch(UNSOUND);
  });

  it('names the function and the argument when the input is wrong', () => {
    expect(() => lossFigure({ steps: [0, 1], loss: [1] })).toThrow(
      new RangeError('lossFigure: loss must have 2 values, got 1'),
    );
    expect(() => lossFigure({ steps: [], loss: [] })).toThrow(
      'lossFigure: steps must hold at least one step, got 0',
    );
    expect(() => lossFigure({ steps: [0], loss: [Number.NaN] })).toThrow(
      'lossFigure: loss must be finite, got NaN at index 0',
    );
    expect(() => lossFigure({ steps: [0], loss: [1], best: Number.NaN })).toThrow(
      'lossFigure: best must be finite',
    );
  });
});

describe('evaluationFigure', () => {
  const sigma = [1e-3, 1e-2, 0.1, 1];
  const bestLoss = [0.1, 0.3, 0.6, 0.9];

  it('draws loss, best possible loss and their difference on a log axis of noise levels', async () => {
    const svg = evaluationFigure({ sigma, loss: [0.15, 0.4, 0.61, 0.9], bestLoss, title: 'Levels' });
    expect(svg).toMatch(SOUND);
    expect(svg).not.toMatch(UNSOUND);
    expect(words(svg)).toEqual(
      expect.arrayContaining([
        'Levels',
        'loss',
        'excess',
        'best possible loss',
        'noise level σ (log scale)',
        '0.001',
        '1',
      ]),
    );
    expect(parsed(svg).querySelectorAll('circle')).toHaveLength(12);
    await expect(svg).toMatchFileSnapshot('snapshots/evaluation.svg');
  });

  it('does not mind the order of the levels', () => {
    const forward = evaluationFigure({ sigma, loss: bestLoss, bestLoss });
    const reversed = evaluationFigure({
      sigma: [...sigma].reverse(),
      loss: [...bestLoss].reverse(),
      bestLoss: [...bestLoss].reverse(),
    });
    expect(reversed).toBe(forward);
  });

  it('draws one level, levels within a decade, and losses of zero', () => {
    expect(words(evaluationFigure({ sigma: [0.02], loss: [0.5], bestLoss: [0.4] }))).toContain('0.02');
    expect(words(evaluationFigure({ sigma: [0.02, 0.05], loss: [1, 1], bestLoss: [1, 1] }))).toContain(
      '0.027',
    );
    expect(evaluationFigure({ sigma: [1, 2], loss: [0, 0], bestLoss: [0, 0] })).not.toMatch(UNSOUND);
  });

  it('names the function and the argument when the input is wrong', () => {
    expect(() => evaluationFigure({ sigma: [0, 1], loss: [1, 1], bestLoss: [1, 1] })).toThrow(
      new RangeError('evaluationFigure: sigma must be positive, got 0 at index 0'),
    );
    expect(() => evaluationFigure({ sigma: [1], loss: [1], bestLoss: [] })).toThrow(
      new RangeError('evaluationFigure: bestLoss must have 1 values, got 0'),
    );
    expect(() => evaluationFigure({ sigma: [], loss: [], bestLoss: [] })).toThrow('at least one noise level');
  });
});
