import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chapterNames } from '../../src/page/state/chapters.js';
import { fields, initialState, readState, type State, writeState } from '../../src/page/state/state.js';

const initial = initialState();

describe('a link', () => {
  it('names the chapter alone when nothing was changed', () => {
    expect(writeState(initial)).toBe('draw');
    expect(readState('#draw')).toEqual(initial);
    expect(readState('')).toEqual(initial);
  });

  it('carries any state there and back', () => {
    const sd = fc.integer({ min: 50, max: 1000 }).map((n) => n / 1000);
    const place = fc.integer({ min: -2000, max: 2000 }).map((n) => n / 1000);
    const image = fc.integer({ min: 2, max: 12 }).chain((side) =>
      fc
        .array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 })), {
          minLength: side * 7,
          maxLength: side * 7,
        })
        .filter((bytes) => bytes.some((byte) => byte > 0))
        .map((bytes) => ({
          height: side,
          width: 7,
          pixels: Float32Array.from(bytes, (byte) => byte / 255),
        })),
    );
    const states: fc.Arbitrary<Partial<State>> = fc.record({
      chapter: fc.constantFrom(...chapterNames),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      components: fc.array(fc.tuple(place, place, sd), { minLength: 1, maxLength: 12 }),
      temperature: fc.double({ min: 0.1, max: 4, noNaN: true }),
      trail: fc.boolean(),
      follow: fc.boolean(),
      from: fc.constantFrom('network', 'exact'),
      picture: fc.oneof(fc.constantFrom('five' as const, 'rings' as const), image),
    });
    fc.assert(
      fc.property(states, (changes) => {
        const state = { ...initial, ...changes };
        expect(readState(`#${writeState(state)}`)).toEqual(state);
      }),
    );
  });

  it('falls back to the first value of what it names wrongly', () => {
    const wrong = [
      'seed=-1',
      'seed=1.5',
      'temperature=',
      'temperature=NaN',
      'components=1,2',
      'components=0,0,9',
      'components=50,0,0.4',
      'components=0,0',
      'seed=%',
      'picture=28.28.zz',
      'picture=2.2.00',
      'picture=64.64.zzzzzzzz.',
      'chains=1e9',
      'trail=yes',
      'toString=1',
      'chapter=none',
      'nothing',
    ];
    expect(readState(`#nowhere&${wrong.join('&')}`)).toEqual(initial);
  });

  it('keeps every first value within its own limits', () => {
    for (const field of Object.values(fields)) {
      const {
        initial: value,
        read,
        write,
      } = field as { initial: unknown; read(text: string): unknown; write(value: unknown): string };
      expect(read(write(value))).toEqual(value);
    }
  });
});
