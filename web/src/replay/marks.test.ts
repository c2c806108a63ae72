import { expect, it } from 'vitest';
import type { Mark } from './contract';
import { jump, placeOf } from './marks';

const mark = (at_ms: number): Mark => ({ at_ms, kind: 'note', words: '', alarm: null, zone: null, track: null });
const MARKS = [100, 1_000, 1_020, 5_000].map(mark);

it('jumps over events that are one', () => {
  expect([jump(MARKS, 0, 1), jump(MARKS, 100, 1), jump(MARKS, 1_000, 1), jump(MARKS, 5_000, 1)]).toEqual([100, 1_000, 5_000, null]);
  expect([jump(MARKS, 5_000, -1), jump(MARKS, 1_020, -1), jump(MARKS, 100, -1)]).toEqual([1_020, 100, null]);
});

it('finds where the cursor is among them', () => {
  expect([0, 100, 1_019, 9_000].map((at_ms) => placeOf(MARKS, at_ms))).toEqual([-1, 0, 1, 3]);
  expect(placeOf([], 5)).toBe(-1);
});
