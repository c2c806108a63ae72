import { expect, it } from 'vitest';
import { anAlarm } from '../testing';
import { summarise } from './summary';

it('counts zones, not alarms, and puts take cover first', () => {
  const alarms = [anAlarm(), anAlarm({ id: 'b' }), anAlarm({ id: 'c', zone: 'z2' }), anAlarm({ id: 'd', zone: 'z3', stage: 'hold' })];
  expect(summarise(alarms, true)).toMatchObject({ tone: 'take_cover', words: 'Take cover: 2 zones' });
});

it('keeps an alarm when contact is lost, and never calls silence safe', () => {
  expect(summarise([anAlarm()], false).tone).toBe('take_cover');
  expect(summarise([anAlarm({ stage: 'all_clear' })], true).words).toBe('No alarm');
  expect(summarise([anAlarm({ stage: 'all_clear' })], false).words).toBe('Not known');
});
