import { describe, expect, it } from 'vitest';
import { anAlarm, aThreat } from '../testing';
import { byUrgency, countdown, nextImpact_ms, spoken, stageByZone, title } from './words';

describe('countdown', () => {
  it('counts whole seconds down, never up', () => {
    const alarm = anAlarm({ impact_ms: 14_000 });
    expect(countdown(alarm, [], 0)).toEqual({ words: 'Impact in', seconds: 14 });
    expect(countdown(alarm, [], 1)).toEqual({ words: 'Impact in', seconds: 13 });
    expect(countdown(alarm, [], 12_900)).toEqual({ words: 'Impact in', seconds: 1 });
  });

  it('says now in the last second, and stay in cover after it, whatever the server has said since', () => {
    const alarm = anAlarm({ impact_ms: 14_000 });
    expect(countdown(alarm, [], 13_500)).toEqual({ words: 'Impact', seconds: 0 });
    expect(countdown(alarm, [], 14_000)).toEqual({ words: 'Impact passed — stay in cover', seconds: null });
    expect(countdown({ ...alarm, stage: 'hold' }, [], 20_000).words).toBe('Impact passed — stay in cover');
  });

  it('goes on to the next round of a salvo', () => {
    const alarm = anAlarm({ impact_ms: 14_000, threats: [1, 2] });
    const threats = [aThreat(1, 14_000), aThreat(2, 19_500), aThreat(3, 15_000)];
    expect(nextImpact_ms(alarm, threats, 15_000)).toBe(19_500);
    expect(countdown(alarm, threats, 15_000)).toEqual({ words: 'Next impact in', seconds: 4 });
    expect(countdown({ ...alarm, stage: 'hold' }, threats, 15_000)).toEqual({ words: 'Next impact in', seconds: 4 });
  });

  it('admits an unknown time', () => {
    expect(countdown(anAlarm({ impact_ms: null, threats: [] }), [], 0).words).toBe('Impact time not known');
  });

  it('gives the reason of an ended alarm', () => {
    const words = (alarm: Parameters<typeof anAlarm>[0]) => countdown(anAlarm(alarm), [], 0).words;
    expect(words({ stage: 'withdrawn', reason: 'track was an aircraft' })).toBe('track was an aircraft');
    expect(words({ stage: 'withdrawn', reason: 'impact_elsewhere' })).toBe('The round falls elsewhere');
    expect(words({ stage: 'all_clear' })).toBe('');
  });
});

it('speaks full words', () => {
  expect(spoken(anAlarm(), [], 0)).toBe('TAKE COVER, Hospital. Impact in 14 seconds.');
  expect(spoken(anAlarm({ stage: 'all_clear' }), [], 0)).toBe('ALL CLEAR, Hospital.');
});

describe('order', () => {
  it('puts the least time first and ended alarms last, newest first', () => {
    const alarms = [
      anAlarm({ id: 'old', stage: 'all_clear', updated_ms: 10 }),
      anAlarm({ id: 'held', stage: 'hold', impact_ms: -1 }),
      anAlarm({ id: 'late', impact_ms: 20_000 }),
      anAlarm({ id: 'soon', impact_ms: 5_000 }),
      anAlarm({ id: 'new', stage: 'all_clear', updated_ms: 20 }),
    ];
    expect(alarms.sort(byUrgency(0, [])).map((alarm) => alarm.id)).toEqual(['soon', 'late', 'held', 'new', 'old']);
  });

  it('shows a zone by its most urgent alarm, and by its latest when all have ended', () => {
    const ended = anAlarm({ id: 'a', stage: 'all_clear', updated_ms: 100 });
    const raised = anAlarm({ id: 'b', stage: 'take_cover', updated_ms: 50 });
    const withdrawn = anAlarm({ id: 'c', stage: 'withdrawn', updated_ms: 200 });
    expect(stageByZone([ended, raised, withdrawn]).get('z1')!.id).toBe('b');
    expect(stageByZone([ended, withdrawn]).get('z1')!.id).toBe('c');
  });
});

describe('title', () => {
  it('carries the most urgent alarm, the mode and a lost contact', () => {
    const alarms = [anAlarm(), anAlarm({ id: 'b', zone: 'z2', impact_ms: 30_000 })];
    expect(title('live', false, alarms, [], 0)).toBe('▲ TAKE COVER 14 s · Hospital +1');
    expect(title('exercise', false, [], [], 0)).toBe('[EXERCISE] No alarm · Parapet');
    expect(title('live', true, [], [], 0)).toBe('NO CONTACT · Parapet');
  });

  it('does not call an ended alarm an alarm', () => {
    expect(title('live', false, [anAlarm({ stage: 'all_clear' })], [], 0)).toBe('No alarm · Parapet');
  });
});
