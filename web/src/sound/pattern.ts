/**
 * What each stage sounds like. The table is the sirens' own (`patterns.json`, held against `parapet-siren` by a test there), so
 * that a page and a siren beside it say the same.
 */

import type { Alarm, Stage } from '../contract/picture';
import type { Mode } from '../contract/site';
import table from './patterns.json';

/** From pitch, to pitch (hertz; 0 is silence), and how long (seconds). */
export type Tone = readonly [from_hz: number, to_hz: number, lasts_s: number];

/** For how long an end is sounded. */
const END_SOUNDS_MS = 20_000;

export function pattern(mode: Mode, stage: Stage): readonly Tone[] {
  // A replay happens to nobody: it sounds like an exercise.
  const world = mode === 'live' ? table.live : table.exercise;
  return world[stage] as unknown as readonly Tone[];
}

/** What is sounded of an alarm. */
export type Sounded = Pick<Alarm, 'id' | 'stage' | 'updated_ms' | 'say'>;

const RANK: Record<Stage, number> = { take_cover: 0, hold: 1, prepare: 2, all_clear: 3, withdrawn: 4 };

/** What is to be sounded now: the most urgent of what stands, and an end for twenty seconds. */
export function sounding<T extends Sounded>(alarms: readonly T[], now_ms: number): T | null {
  const ended = (alarm: T) => alarm.stage === 'all_clear' || alarm.stage === 'withdrawn';
  const heard = alarms.filter((alarm) => !ended(alarm) || now_ms - alarm.updated_ms < END_SOUNDS_MS);
  return heard.reduce<T | null>((first, alarm) => (first && RANK[first.stage] <= RANK[alarm.stage] ? first : alarm), null);
}
