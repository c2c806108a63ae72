/** What an alarm says, in words and seconds. The only place where stages become language. */

import type { Alarm, Picture, Stage } from '../contract/picture';
import type { Mode } from '../contract/site';

export const STAGE_WORDS: Record<Stage, string> = {
  prepare: 'BE READY',
  take_cover: 'TAKE COVER',
  hold: 'HOLD',
  all_clear: 'ALL CLEAR',
  withdrawn: 'WITHDRAWN',
};

/** A shape beside each stage, so that no meaning rests on colour. */
export const STAGE_SIGNS: Record<Stage, string> = { prepare: '△', take_cover: '▲', hold: '■', all_clear: '✓', withdrawn: '✕' };

/** Most urgent first. */
const STAGE_RANK: Record<Stage, number> = { take_cover: 0, hold: 1, prepare: 2, all_clear: 3, withdrawn: 4 };

export function isActive(alarm: Alarm): boolean {
  return alarm.stage === 'take_cover' || alarm.stage === 'hold' || alarm.stage === 'prepare';
}

/**
 * The next predicted impact for this alarm. `impact_ms` is the earliest one; once that has passed, later rounds of the
 * same salvo still count down.
 */
export function nextImpact_ms(alarm: Alarm, threats: Picture['threats'], now_ms: number): number | null {
  const impacts = impactsOf(threats);
  let next_ms = alarm.impact_ms !== null && alarm.impact_ms > now_ms ? alarm.impact_ms : Infinity;
  for (const track of alarm.threats) {
    const at_ms = impacts.get(track);
    if (at_ms !== undefined && at_ms > now_ms && at_ms < next_ms) next_ms = at_ms;
  }
  return next_ms === Infinity ? null : next_ms;
}

const IMPACTS = new WeakMap<Picture['threats'], ReadonlyMap<number, number>>();

/** Impacts by track, made once for each picture: a salvo on many zones asks for them thousands of times per second. */
function impactsOf(threats: Picture['threats']): ReadonlyMap<number, number> {
  let known = IMPACTS.get(threats);
  if (!known) IMPACTS.set(threats, (known = new Map(threats.map((threat) => [threat.track, threat.impact.at_ms]))));
  return known;
}

export interface Countdown {
  /** Words before the number, or the whole sentence when there is no number. */
  words: string;
  /** Whole seconds left, rounded down (never promise time that is not there); 0 is now. Null when nothing counts down. */
  seconds: number | null;
}

export function countdown(alarm: Alarm, threats: Picture['threats'], now_ms: number): Countdown {
  if (!isActive(alarm)) return { words: reason(alarm), seconds: null };
  const next_ms = nextImpact_ms(alarm, threats, now_ms);
  const passed = alarm.impact_ms !== null && alarm.impact_ms <= now_ms;
  if (next_ms !== null) {
    const seconds = Math.floor((next_ms - now_ms) / 1000);
    const first = alarm.stage !== 'hold' && !passed;
    return { words: `${first ? 'Impact' : 'Next impact'}${seconds > 0 ? ' in' : ''}`, seconds };
  }
  if (alarm.stage === 'hold' || passed) return { words: 'Impact passed — stay in cover', seconds: null };
  return { words: 'Impact time not known', seconds: null };
}

/** The engine's reasons for an end, in words; one that this page does not know is shown as it came. */
const REASONS: Record<string, string> = {
  hold_over: 'The hold is over, nothing more is on its way',
  impact_elsewhere: 'The round falls elsewhere',
  not_a_round: 'It was no round',
  operator_cancelled: 'Taken back by the people on duty',
  sight_not_regained: 'Nothing has been seen since, but a sensor is still silent',
};

function reason(alarm: Alarm): string {
  return alarm.reason === null ? '' : (REASONS[alarm.reason] ?? alarm.reason);
}

/** The number on its own, as large as there is room for. */
export function left(seconds: number): string {
  return seconds > 0 ? `${seconds} s` : 'now';
}

/** For the screen reader's voice: full words, said once when the stage changes. */
export function spoken(alarm: Alarm, threats: Picture['threats'], now_ms: number): string {
  const { words, seconds } = countdown(alarm, threats, now_ms);
  const unit = seconds === 1 ? 'second' : 'seconds';
  const rest = seconds === null ? words : seconds === 0 ? `${words} now` : `${words} ${seconds} ${unit}`;
  return `${STAGE_WORDS[alarm.stage]}, ${alarm.zone_name}.${rest ? ` ${rest}.` : ''}`;
}

/** Most urgent first; among equals the one with least time, then the newest, then by name of the alarm. */
export function byUrgency(now_ms: number, threats: Picture['threats']): (a: Alarm, b: Alarm) => number {
  const times = new Map<Alarm, number>();
  const time = (alarm: Alarm) => {
    let known = times.get(alarm);
    if (known === undefined) {
      known = isActive(alarm) ? (nextImpact_ms(alarm, threats, now_ms) ?? Number.MAX_SAFE_INTEGER) : -alarm.updated_ms;
      times.set(alarm, known);
    }
    return known;
  };
  return (a, b) => STAGE_RANK[a.stage] - STAGE_RANK[b.stage] || time(a) - time(b) || (a.id < b.id ? -1 : 1);
}

/** The stage each zone shows: the most urgent of its alarms, and among ended ones the latest. */
export function stageByZone(alarms: readonly Alarm[]): Map<string, Alarm> {
  const shown = new Map<string, Alarm>();
  for (const alarm of alarms) {
    const other = shown.get(alarm.zone);
    if (!other || moreTelling(alarm, other)) shown.set(alarm.zone, alarm);
  }
  return shown;
}

function moreTelling(a: Alarm, b: Alarm): boolean {
  if (isActive(a) || isActive(b)) return STAGE_RANK[a.stage] < STAGE_RANK[b.stage];
  return a.updated_ms > b.updated_ms;
}

export const MODE_WORDS: Record<Mode, { word: string; meaning: string }> = {
  live: { word: 'LIVE', meaning: '' },
  exercise: { word: 'EXERCISE', meaning: 'Nothing shown here is real' },
  replay: { word: 'REPLAY', meaning: 'A recording: nothing here is happening now' },
};

/** The document's title: what a person with twenty tabs must see. */
export function title(mode: Mode, contactLost: boolean, alarms: readonly Alarm[], threats: Picture['threats'], now_ms: number): string {
  const prefix = mode === 'live' ? '' : `[${MODE_WORDS[mode].word}] `;
  const active = alarms.filter(isActive).sort(byUrgency(now_ms, threats));
  const lost = contactLost ? 'NO CONTACT · ' : '';
  const first = active[0];
  if (!first) return `${prefix}${lost}${contactLost ? '' : 'No alarm · '}Parapet`;
  const more = active.length > 1 ? ` +${active.length - 1}` : '';
  const { seconds } = countdown(first, threats, now_ms);
  const inTime = seconds === null ? '' : ` ${left(seconds)}`;
  return `${prefix}${lost}${STAGE_SIGNS[first.stage]} ${STAGE_WORDS[first.stage]}${inTime} · ${first.zone_name}${more}`;
}
