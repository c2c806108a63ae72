import { expect, it } from 'vitest';
import { anAlarm, aPicture } from '../testing';
import { glance, summarise } from './summary';

it('counts zones, not alarms, and puts take cover first', () => {
  const alarms = [anAlarm(), anAlarm({ id: 'b' }), anAlarm({ id: 'c', zone: 'z2' }), anAlarm({ id: 'd', zone: 'z3', stage: 'hold' })];
  expect(summarise(alarms, true)).toMatchObject({ tone: 'take_cover', words: 'Take cover: 2 zones' });
});

it('keeps an alarm when contact is lost, and never calls silence safe', () => {
  expect(summarise([anAlarm()], false).tone).toBe('take_cover');
  expect(summarise([anAlarm({ stage: 'all_clear' })], true).words).toBe('No alarm');
  expect(summarise([anAlarm({ stage: 'all_clear' })], false).words).toBe('Not known');
});

it('says who is under it, how many they are, and how long they have', () => {
  const people = new Map([['z1', 420], ['z2', 1_200], ['z3', null]]);
  const alarms = [anAlarm({ impact_ms: 20_000 }), anAlarm({ id: 'b', zone: 'z2', zone_name: 'Embassy', impact_ms: 9_500 })];
  const salvo = { began_ms: 0, rounds: 4, in_air: 3, last_impact_ms: 31_000 };
  expect(glance(aPicture({ alarms, salvo }), people, 0)).toEqual({
    seconds: 9, who: 'Embassy, Hospital · 1,620 people', salvo: '4 rounds so far · 3 in the air · last in 31 s',
  });
  const unknown = [...alarms, anAlarm({ id: 'c', zone: 'z3', zone_name: 'Gate' })];
  expect(glance(aPicture({ alarms: unknown }), people, 0).who).toMatch(/at least 1,620 people$/);
  expect(glance(aPicture({ alarms: [anAlarm({ stage: 'all_clear' })] }), people, 0)).toEqual({ seconds: null, who: '', salvo: '' });
});
