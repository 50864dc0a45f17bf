import { describe, expect, it } from 'vitest';
import { settingsFrom } from '../../src/page/element/attributes.js';

const read = (attributes: Record<string, string>) => settingsFrom((name) => attributes[name] ?? null);

describe('the attributes of <score-field>', () => {
  it.each<[Record<string, string>, RegExp]>([
    [{ figure: 'walk' }, /^figure must be one of chains, path, histogram, jumps, anneal, got "walk"$/],
    [{ density: 'toString' }, /^density must be one of mixture, .* got "toString"$/],
    [{ show: 'shades arrow' }, /^show must be one of shades, contours, arrows, none, got "arrow"$/],
    [{ show: '' }, /^show must be one of .* got ""$/],
    [{ means: '0,0;1,1;-1,-1', sds: '1;2' }, /^sds must have one for each of the 3 means, got 2$/],
    [{ means: '0,0;1,1', weights: '1' }, /^weights must have one for each of the 2 means, got 1$/],
    [{ weights: '0,0' }, /^weights must be 0 or more, and one above 0/],
    [{ weights: '1,-1' }, /^weights must be 0 or more, and one above 0/],
    [{ sds: '0' }, /^sds must be above 0, got "0"$/],
    [{ sds: '1,1,1' }, /^sds must be rows of one or two numbers$/],
    [{ means: '1' }, /^means must be rows of two numbers$/],
    [{ means: '1,' }, /^means must be rows of numbers/],
    [{ chains: '2.5' }, /^chains must be a whole number, got "2.5"$/],
    [{ chains: ' ' }, /^chains must be a number from 1 to 20000, got " "$/],
    [{ sigma: '-1' }, /^sigma must be a number from 0 to 10, got "-1"$/],
    [{ density: 'five', sigma: '0' }, /^sigma must be a number from 0.001 to 10, got "0"$/],
    [{ figure: 'jumps', sigma: '0' }, /^sigma must be a number from 0.001 to 10, got "0"$/],
    [{ limits: '1,0' }, /^limits must be two ascending numbers, got "1,0"$/],
    [{ limits: '0,1;5,6' }, /^limits must be two ascending numbers, got "0,1;5,6"$/],
    [{ density: 'five', means: '1,1' }, /^means must go with a mixture: the density five is a picture$/],
    [{ density: 'five', weights: '1' }, /^weights must go with a mixture: the density five is a picture$/],
    [{ means: '0,0;1,1', weights: '1;2' }, /^weights must be one row of numbers as "1,2", got "1;2"$/],
  ])('%j are refused in words', (attributes, message) => {
    expect(() => read(attributes)).toThrow(message);
  });

  it('takes one width for all hills, one for each, or one for each coordinate', () => {
    const sds = (text: string) => {
      const request = read({ means: '0,0;1,1', sds: text }).exact(0);
      return request.kind === 'mixture' ? request.sds : undefined;
    };
    expect(sds('0.5')).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
    expect(sds('0.5;0.25')).toEqual([
      [0.5, 0.5],
      [0.25, 0.25],
    ]);
    expect(sds('0.5,1; 0.25,2')).toEqual([
      [0.5, 1],
      [0.25, 2],
    ]);
  });

  it('makes the step size follow the noise: by its square for a picture, by the whole width for hills', () => {
    const picture = read({ density: 'five', sigma: '0.05', 'step-size': '0.0002' });
    expect(picture.stepSize(0.05)).toBeCloseTo(2e-4, 12);
    expect(picture.stepSize(0.1)).toBeCloseTo(8e-4, 12);
    const hills = read({ means: '0,0', sds: '0.3', 'step-size': '0.002' });
    expect(hills.stepSize(0)).toBeCloseTo(0.002, 12);
    expect(hills.stepSize(0.4)).toBeCloseTo((0.002 * 0.25) / 0.09, 12);
  });

  it('gives a slider that reaches from a hundredth of the plane, or less, to half of it', () => {
    expect(read({ density: 'five' }).sigmas).toEqual([0.01, 0.5]);
    expect(read({ density: 'five', sigma: '0.002' }).sigmas).toEqual([0.002, 0.5]);
    expect(read({}).sigmas).toEqual([0.04, 2]);
  });
});
