import { describe, expect, it } from 'vitest';
import { STAGES, type Alarm, type Stage } from '../contract/picture';
import { pattern, sounding } from './pattern';

function alarm(stage: Stage, updated_ms = 0): Alarm {
  return { id: stage, zone: 'a', zone_name: 'A', stage, raised_ms: 0, updated_ms, impact_ms: null, probability: 1, threats: [], reason: null };
}

describe('patterns', () => {
  it('are all different, and none of an exercise is one of earnest', () => {
    const all = (['live', 'exercise'] as const).flatMap((mode) => STAGES.map((stage) => JSON.stringify(pattern(mode, stage))));
    expect(new Set(all).size).toBe(10);
  });

  it('of a replay are those of an exercise', () => {
    expect(pattern('replay', 'take_cover')).toEqual(pattern('exercise', 'take_cover'));
  });
});

describe('what is sounded', () => {
  it('is the most urgent of what stands', () => {
    expect(sounding([alarm('all_clear'), alarm('hold'), alarm('take_cover'), alarm('prepare')], 0)?.stage).toBe('take_cover');
    expect(sounding([alarm('withdrawn'), alarm('prepare')], 0)?.stage).toBe('prepare');
  });

  it('is an end for twenty seconds, and then nothing', () => {
    expect(sounding([alarm('all_clear', 1_000)], 20_999)?.stage).toBe('all_clear');
    expect(sounding([alarm('all_clear', 1_000)], 21_000)).toBeNull();
    expect(sounding([], 0)).toBeNull();
  });
});
