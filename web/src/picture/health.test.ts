import { expect, it } from 'vitest';
import type { SensorHealth } from '../contract/picture';
import { aPicture } from '../testing';
import { age, Losses, wellness, type Asked } from './health';

const radar = (change: Partial<SensorHealth> = {}): SensorHealth => ({
  id: 'north', state: 'ok', last_heard_ms: 99_000, plots: 5, refused: 0, troubles: [], ...change,
});
const asked = (change: Partial<Asked> = {}): Asked => ({
  inContact: true, picture: aPicture({ sensors: [radar()] }), channels: [], names: new Map([['north', 'Radar North']]), now_ms: 100_000,
  lost: 0, ...change,
});

it('is well only while everything is', () => {
  expect(wellness(asked())).toEqual({ tone: 'well', words: 'System well', reasons: [] });
});

it('is blind when no sensor is heard, whatever else is well', () => {
  const silent = aPicture({ sensors: [radar({ state: 'silent', last_heard_ms: 66_000 })] });
  expect(wellness(asked({ picture: silent }))).toEqual({
    tone: 'blind', words: 'BLIND: no sensor is heard', reasons: ['Radar North silent for 34 s'],
  });
  expect(wellness(asked({ picture: aPicture() })).tone, 'a site without sensors sees nothing').toBe('blind');
});

it('names the worst and counts the rest', () => {
  const picture = aPicture({
    sensors: [radar(), radar({ id: 'south', state: 'never_heard', last_heard_ms: null })],
    counts: { heard: 0, used: 0, refused: 0, recording: 'failed: disk full' },
  });
  const channel = { name: 'sirens', kind: 'mqtt', connected: true, last_error: null, unacknowledged: { 'siren-7': 2 } };
  const found = wellness(asked({ picture, channels: [channel] }));
  expect(found.words).toBe('DEGRADED: south never heard and 2 more');
  expect(found.reasons).toEqual(['south never heard', 'recording failed: disk full', 'siren-7 has not answered']);
});

it('without contact is not known, however well it was', () => {
  expect(wellness(asked({ inContact: false })).tone).toBe('unknown');
});

it('counts what was lost within a minute, and begins anew with another program', () => {
  const losses = new Losses();
  expect(losses.add(500, 0)).toBe(0);
  expect(losses.add(507, 10_000)).toBe(7);
  expect(losses.add(507, 75_000)).toBe(0);
  expect(losses.add(2, 76_000)).toBe(0);
});

it('gives an age in few characters', () => {
  expect([age(0, 340), age(0, 12_900), age(0, 150_000), age(0, -5)]).toEqual(['0.3 s', '12 s', '2 min', '0.0 s']);
});
