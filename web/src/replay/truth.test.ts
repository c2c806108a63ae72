import { expect, it } from 'vitest';
import type { Impact } from '../contract/picture';
import { apart } from '../geo/apart';
import { offset } from '../geo/local';
import type { Round, Truth } from './contract';
import { compare, compass, isInside, told } from './truth';

const HERE = { lat_deg: 33.3, lon_deg: 44.4 };

function impact(east_m: number, north_m: number, at_ms: number): Impact {
  const [lon_deg, lat_deg] = offset(HERE, east_m, north_m) as [number, number];
  return { lat_deg, lon_deg, at_ms, sigma_time_s: 0.3, ellipse: { semi_major_m: 200, semi_minor_m: 50, bearing_deg: 90 } };
}

const ROUND: Round = {
  track: 7, class: 'rocket', detected_ms: 1_000, ended_ms: 30_000, came_from: null, arc: [], agrees: true,
  predictions: [
    { at_ms: 1_000, probability: 0.9, impact: impact(300, 0, 20_000) },
    { at_ms: 9_000, probability: 0.99, impact: impact(100, 10, 21_000) },
  ],
  came_down: impact(0, 0, 22_000),
};

const TRUTH: Truth = {
  rounds: [ROUND], rounds_left_out: 0,
  alarms: [{
    id: 'a', zone: 'z', zone_name: 'Zone',
    words: [{ at_ms: 2_000, stage: 'prepare', impact_ms: null, threats: [] }, { at_ms: 3_000, stage: 'take_cover', impact_ms: 20_500, threats: [7, 8] }],
  }],
};

it('measures along the ground', () => {
  const { east_m, north_m } = apart(HERE, impact(300, -400, 0));
  expect(east_m).toBeCloseTo(300, 0);
  expect(north_m).toBeCloseTo(-400, 0);
  expect([compass(1, 1), compass(0, -5), compass(-5, 0.1)]).toEqual(['NE', 'S', 'W']);
});

it('knows whether an ellipse held the place, with its long axis where it points', () => {
  expect(isInside(impact(0, 0, 0), impact(190, 0, 0))).toBe(true);
  expect(isInside(impact(0, 0, 0), impact(0, 60, 0))).toBe(false);
});

it('compares the prediction of that instant, not a later one', () => {
  expect(compare(TRUTH, 500)).toEqual([]);
  const [early] = compare(TRUTH, 5_000);
  expect([early!.told_s, early!.real_s, early!.towards, early!.inside]).toEqual([15, 17, 'W', false]);
  expect(early!.off_m).toBeCloseTo(300, 0);
  const [late] = compare(TRUTH, 10_000);
  expect([late!.told_s, late!.real_s, late!.inside]).toEqual([11, 12, true]);
  expect(compare(TRUTH, 60_000)).toEqual([]);
});

it('says so where nobody knows what became of it', () => {
  const [open] = compare({ ...TRUTH, rounds: [{ ...ROUND, came_down: null }] }, 5_000);
  expect([open!.real_s, open!.off_m, open!.inside]).toEqual([null, null, null]);
});

it('holds the seconds that were told against those that there were', () => {
  expect(told(TRUTH, 2_500)).toEqual([]);
  expect(told(TRUTH, 3_000)[0]).toMatchObject({ zone_name: 'Zone', told_s: 17.5, real_s: 19 });
});
