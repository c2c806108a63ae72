/**
 * The last minutes, for the strip of time: alarms by stage, rounds, and when sensors and the server were silent.
 *
 * Alarms from before the page was opened come from the server's log; the rest is known only since then, and the strip says so.
 */

import type { AlarmMessage } from '../contract/alarm_log';
import type { Picture, Stage } from '../contract/picture';

export const HISTORY_MS_MAX = 60 * 60_000;
const ALARMS_MAX = 2_000;
const ROUNDS_MAX = 2_000;
const GAPS_MAX = 200;

export interface StageAt {
  stage: Stage;
  at_ms: number;
}

export interface AlarmStory {
  id: string;
  zone: string;
  zone_name: string;
  /** Oldest first. */
  stages: StageAt[];
}

export interface RoundStory {
  track: number;
  seen_ms: number;
  impact_ms: number;
  /** When it was last spoken of: a round that is dropped before its impact ends here. */
  told_ms: number;
}

/** `to_ms` is null while it lasts. */
export interface Gap {
  from_ms: number;
  to_ms: number | null;
}

export class History {
  readonly alarms = new Map<string, AlarmStory>();
  readonly rounds = new Map<number, RoundStory>();
  readonly outages = new Map<string, Gap[]>();
  /** When this page had no picture. */
  readonly silences: Gap[] = [];
  /** The first picture; what came before is known from the log of alarms only. */
  opened_ms: number | null = null;

  constructor(sensors: readonly string[]) {
    for (const sensor of sensors) this.outages.set(sensor, []);
  }

  picture(picture: Picture): void {
    const { now_ms } = picture;
    this.opened_ms ??= now_ms;
    for (const alarm of picture.alarms) this.note({ ...alarm, at: alarm.updated_ms });
    for (const { track, impact } of picture.threats) {
      const known = this.rounds.get(track);
      this.rounds.set(track, { track, seen_ms: known?.seen_ms ?? now_ms, impact_ms: impact.at_ms, told_ms: now_ms });
    }
    for (const sensor of picture.sensors) this.heard(sensor.id, sensor.state === 'ok', sensor.last_heard_ms ?? now_ms, now_ms);
    this.silence(null, now_ms);
    this.forget(now_ms);
  }

  log(messages: readonly AlarmMessage[]): void {
    for (const message of messages) this.note(message);
  }

  /** The page has had no picture since `from_ms`; null when it has one again. */
  silence(from_ms: number | null, now_ms: number): void {
    mark(this.silences, from_ms === null, from_ms ?? now_ms, now_ms);
  }

  private note({ id, zone, zone_name, stage, at }: AlarmMessage): void {
    const story = this.alarms.get(id) ?? { id, zone, zone_name, stages: [] };
    this.alarms.set(id, story);
    const later = story.stages.findIndex((entry) => entry.at_ms > at);
    const place = later < 0 ? story.stages.length : later;
    // A stage that is told again has not begun again.
    if (story.stages[place - 1]?.stage === stage) return;
    if (story.stages[place]?.stage === stage) story.stages[place] = { stage, at_ms: at };
    else story.stages.splice(place, 0, { stage, at_ms: at });
  }

  private heard(sensor: string, ok: boolean, last_ms: number, now_ms: number): void {
    const gaps = this.outages.get(sensor);
    if (gaps) mark(gaps, ok, last_ms, now_ms);
  }

  private forget(now_ms: number): void {
    const since_ms = now_ms - HISTORY_MS_MAX;
    for (const [id, story] of this.alarms) {
      const last = story.stages.at(-1)!;
      const ended = last.stage === 'all_clear' || last.stage === 'withdrawn';
      if ((ended && last.at_ms < since_ms) || this.alarms.size > ALARMS_MAX) this.alarms.delete(id);
    }
    for (const [track, round] of this.rounds) if (round.impact_ms < since_ms || this.rounds.size > ROUNDS_MAX) this.rounds.delete(track);
  }
}

/** Opens or closes the last gap. */
function mark(gaps: Gap[], ok: boolean, from_ms: number, now_ms: number): void {
  const last = gaps.at(-1);
  const open = last !== undefined && last.to_ms === null;
  if (ok && open) last.to_ms = now_ms;
  if (ok || open) return;
  gaps.push({ from_ms, to_ms: null });
  if (gaps.length > GAPS_MAX) gaps.shift();
}

export interface StageSpan extends StageAt {
  /** Null while it lasts. */
  to_ms: number | null;
}

/** The stages of an alarm that last; an end is a mark, not a span. */
export function spans(story: AlarmStory): StageSpan[] {
  const lasting = (stage: Stage) => stage !== 'all_clear' && stage !== 'withdrawn';
  return story.stages.flatMap((entry, i) => (lasting(entry.stage) ? [{ ...entry, to_ms: story.stages[i + 1]?.at_ms ?? null }] : []));
}
