import { expect, it } from 'vitest';
import { aTrack } from '../testing';
import { Trails, TRAIL_AGE_MS_MAX, TRAIL_POINTS_MAX, TRAILS_MAX } from './trails';

const at = (id: number, lon_deg: number) => aTrack({ id, lon_deg, lat_deg: 33 });

it('grows with movement only', () => {
  const trails = new Trails();
  trails.update([at(1, 44)], 0);
  trails.update([at(1, 44)], 200);
  trails.update([at(1, 44.1)], 400);
  expect(trails.of(1)).toEqual([[44, 33], [44.1, 33]]);
});

it('keeps the newest points when there are too many', () => {
  const trails = new Trails();
  for (let i = 0; i < TRAIL_POINTS_MAX + 20; i += 1) trails.update([at(1, i * 1e-3)], i * 10);
  expect(trails.of(1)).toHaveLength(TRAIL_POINTS_MAX);
  expect(trails.of(1).at(-1)![0]).toBeCloseTo((TRAIL_POINTS_MAX + 19) * 1e-3);
});

it('forgets points that are too old, and tracks that are gone', () => {
  const trails = new Trails();
  trails.update([at(1, 44), at(2, 45)], 0);
  trails.update([at(1, 44.1)], TRAIL_AGE_MS_MAX + 1);
  expect(trails.of(1)).toEqual([[44.1, 33]]);
  expect(trails.of(2)).toEqual([]);
  expect(trails.size).toBe(1);
});

it('bounds the number of trails', () => {
  const trails = new Trails();
  trails.update(Array.from({ length: TRAILS_MAX + 50 }, (_, id) => at(id, 44)), 0);
  expect(trails.size).toBe(TRAILS_MAX);
});
