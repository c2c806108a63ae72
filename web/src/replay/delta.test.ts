import { expect, it } from 'vitest';
import { applyDelta } from './delta';

it('puts, replaces and takes away items by their names', () => {
  const before = { now_ms: 1, tracks: [{ id: 1 }, { id: 2, x: 1 }, { id: 3 }], threats: [{ track: 2 }], old: true };
  const after = applyDelta(before, {
    set: { now_ms: 2 },
    lists: { tracks: { put: [{ id: 2, x: 2 }, { id: 9 }], gone: [1] }, threats: { put: [], gone: [2] } },
    drop: ['old'],
  });
  expect(after).toEqual({ now_ms: 2, tracks: [{ id: 2, x: 2 }, { id: 3 }, { id: 9 }], threats: [] });
  expect(before.tracks).toHaveLength(3);
});

it('shares what did not change', () => {
  const before = { now_ms: 1, tracks: [{ id: 1 }] };
  const after = applyDelta(before, { set: { now_ms: 2 }, lists: {} });
  expect(after['tracks']).toBe(before.tracks);
});
