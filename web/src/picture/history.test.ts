import { expect, it } from 'vitest';
import { anAlarm, aPicture, aThreat } from '../testing';
import { History, HISTORY_MS_MAX, spans } from './history';

const told = (stage: 'take_cover' | 'hold' | 'all_clear', at: number) => ({ id: 'a1', zone: 'z1', zone_name: 'Hospital', stage, at });

it('tells an alarm by its stages, whichever of page and log knew them first', () => {
  const history = new History([]);
  history.picture(aPicture({ now_ms: 30_000, alarms: [anAlarm({ stage: 'hold', updated_ms: 25_000 })] }));
  history.log([told('take_cover', 10_000), told('take_cover', 12_000), told('hold', 24_000)]);
  history.picture(aPicture({ now_ms: 50_000, alarms: [anAlarm({ stage: 'all_clear', updated_ms: 50_000 })] }));
  expect(spans(history.alarms.get('a1')!)).toEqual([
    { stage: 'take_cover', at_ms: 10_000, to_ms: 24_000 },
    { stage: 'hold', at_ms: 24_000, to_ms: 50_000 },
  ]);
});

it('keeps when a sensor and the server were silent, and since when', () => {
  const history = new History(['north']);
  const north = (state: 'ok' | 'silent', now_ms: number) =>
    history.picture(aPicture({ now_ms, sensors: [{ id: 'north', state, last_heard_ms: 5_000, plots: 0, refused: 0, troubles: [] }] }));
  north('ok', 5_000);
  north('silent', 9_000);
  north('silent', 12_000);
  expect(history.outages.get('north')).toEqual([{ from_ms: 5_000, to_ms: null }]);
  north('ok', 14_000);
  expect(history.outages.get('north')).toEqual([{ from_ms: 5_000, to_ms: 14_000 }]);
  history.silence(14_000, 17_000);
  north('ok', 18_000);
  expect(history.silences).toEqual([{ from_ms: 14_000, to_ms: 18_000 }]);
});

it('remembers rounds from first sight to impact, and forgets what is an hour old', () => {
  const history = new History([]);
  history.picture(aPicture({ now_ms: 0, threats: [aThreat(1, 14_000)], alarms: [anAlarm({ stage: 'all_clear', updated_ms: 0 })] }));
  history.picture(aPicture({ now_ms: 1_000, threats: [aThreat(1, 14_500)] }));
  expect([...history.rounds.values()]).toEqual([{ track: 1, seen_ms: 0, impact_ms: 14_500, told_ms: 1_000 }]);
  history.picture(aPicture({ now_ms: HISTORY_MS_MAX + 15_000 }));
  expect([history.rounds.size, history.alarms.size]).toEqual([0, 0]);
});
