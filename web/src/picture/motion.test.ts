import { expect, it } from 'vitest';
import { aThreat, aTrack } from '../testing';
import { Movers } from './motion';

const GROUND = { lat_deg: 33, lon_deg: 44, height_m: 34 };
const METRE_DEG = 1 / 110_900; // of latitude at 33 degrees north

const north = (change = {}) =>
  aTrack({ lat_deg: 33, lon_deg: 44, height_m: 134, speed_mps: 100, course_deg: 0, climb_mps: 0, updated_ms: 0, ...change });

it('moves a track along its course between two pictures, and no longer than it may be guessed at', () => {
  const movers = new Movers(GROUND);
  movers.picture([north()], [], 0);
  movers.frame(1_000);
  expect(movers.place[1]).toBeCloseTo(100 * METRE_DEG, 6);
  expect(movers.place[2]).toBeCloseTo(100, 3);
  movers.frame(60_000);
  expect(movers.place[1], 'three seconds of flight, not sixty').toBeCloseTo(300 * METRE_DEG, 6);
});

it('lets a difference fade instead of jumping, and jumps where a track is somewhere else altogether', () => {
  const movers = new Movers(GROUND);
  movers.picture([north()], [], 0);
  movers.frame(1_000);
  movers.picture([north({ lat_deg: 33 + 150 * METRE_DEG, updated_ms: 1_000 })], [], 1_000);
  expect(movers.place[1], 'where it was drawn').toBeCloseTo(100 * METRE_DEG, 6);
  movers.frame(2_000);
  expect(movers.place[1], 'where it is').toBeCloseTo(250 * METRE_DEG, 6);
  movers.picture([north({ lat_deg: 33.5, updated_ms: 2_000 })], [], 2_000);
  expect(movers.place[1]).toBeCloseTo(0.5, 6);
});

it('keeps each track to itself when others come, go and change places', () => {
  const movers = new Movers(GROUND);
  movers.picture([north({ id: 1 }), north({ id: 2, lat_deg: 33.001 })], [], 0);
  movers.picture([north({ id: 2, lat_deg: 33.001, updated_ms: 500 }), north({ id: 3, lat_deg: 33.002, updated_ms: 500 })], [], 500);
  movers.frame(500);
  const lat = (id: number) => movers.place[3 * movers.indexOf(id)! + 1];
  expect(lat(1 as number)).toBeUndefined();
  expect(lat(3), 'a new one is where it is').toBeCloseTo(0.002, 6);
  movers.frame(3_000);
  expect(lat(2)).toBeCloseTo(0.001 + 250 * METRE_DEG, 6);
});

it('carries a round along its arc and leaves it on the ground', () => {
  const threat = { ...aThreat(1, 10_000), path: [[44, 33, 134], [44.01, 33, 534], [44.02, 33, 34]] as [number, number, number][] };
  const movers = new Movers(GROUND);
  movers.picture([north({ threat: true })], [threat], 0);
  movers.frame(2_500);
  expect(movers.place[0]).toBeCloseTo(0.005, 6);
  expect(movers.place[2]).toBeCloseTo(300, 2);
  movers.frame(11_000);
  expect(movers.place[0]).toBeCloseTo(0.02, 6);
  expect(movers.place[2]).toBeCloseTo(0, 2);
});
