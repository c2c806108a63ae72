import { expect, it } from 'vitest';
import type { Delivery, ZoneCard } from './contract';
import { hops, later, percent, quietBecause } from './words';

const RULE = { zone_threshold: 0.05, misses_worth: 19, posture: 'normal', ballistic_probability: 0.95, existence_probability: 0.9, plots_min: 4, corroboration: 1, effect_radius_m: 100 };
const QUIET: ZoneCard = { zone: 'z', zone_name: 'Gate', people: 3, alarms: [], threshold: 0.05, worst: null, nearest: [], rule: RULE, hazard: [], outline: [] };
const NEAR = { track: 7, at: '', away_m: 640.4, semi_major_m: 90, probability_of_a_round: 0.4, believed: true, impact: null };

it('says why a zone was quiet', () => {
  expect(quietBecause(QUIET)).toBe('Gate was not warned: nothing was ever predicted to fall anywhere.');
  expect(quietBecause({ ...QUIET, worst: { at: '', probability: 0.004 } })).toContain('more than 0.40 %, and its owner warns from 5.0 % on');
  expect(quietBecause({ ...QUIET, nearest: [NEAR] })).toContain('640 m away');
  expect(quietBecause({ ...QUIET, nearest: [{ ...NEAR, believed: false }] })).toContain('not believed to be a round (40 %; asked for: 95 % as a round, 4 plots)');
  expect(quietBecause({ ...QUIET, alarms: ['a', 'b'] })).toBe('Gate was warned: 2 alarms.');
});

it('never rounds a doubt away', () => {
  expect([percent(0.9999), percent(0.00001), percent(0), percent(0.5), percent(0.034)]).toEqual(['more than 99.9 %', 'less than 0.01 %', '0.00 %', '50 %', '3.4 %']);
  expect([later(null, 'never'), later(0.01, ''), later(-2, ''), later(3.25, '')]).toEqual(['never', 'at the same time', '2.0 s earlier', '3.3 s later']);
});

it('follows the first message that told people, channel by channel', () => {
  const one = (change: Partial<Delivery>): Delivery => ({
    stage: 'take_cover', revision: 2, channel: 'sirens', receiver: 'a', queued_s: 0.001, sent_s: 0.01, acknowledged_s: 0.1, resent: 0, ...change,
  });
  const found = hops([one({}), one({ receiver: 'b', acknowledged_s: 0.4, resent: 1 }), one({ receiver: 'c', acknowledged_s: null }), one({ revision: 3, acknowledged_s: 9 }),
    one({ stage: 'hold' }), one({ channel: 'cap', receiver: '', acknowledged_s: 0.002, sent_s: null })], 'take_cover');
  expect(found).toEqual([
    { channel: 'sirens', receivers: 3, queued_s: 0.001, sent_s: 0.01, acknowledged_s: 0.1, slowest_s: 0.4, missing: ['c'], resent: 1 },
    { channel: 'cap', receivers: 1, queued_s: 0.001, sent_s: null, acknowledged_s: 0.002, slowest_s: 0.002, missing: [], resent: 0 },
  ]);
});
