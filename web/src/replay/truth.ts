/** What was known then, held against what became true. Pure. */

import type { Impact } from '../contract/picture';
import { apart } from '../geo/apart';
import type { Place } from '../geo/local';
import type { AlarmLife, Prediction, Round, Truth } from './contract';

/** A round that has fallen is compared for this long. */
const SHOWN_MS = 20_000;

const POINTS = ['N', 'NE', 'E', 'SE', 'S', 'SW', 'W', 'NW'] as const;

export function compass(east_m: number, north_m: number): string {
  const turn = (Math.atan2(east_m, north_m) / (2 * Math.PI) + 1) * 8;
  return POINTS[Math.round(turn) % 8]!;
}

/** Whether a place lies in the 95 % ellipse of a prediction. */
export function isInside(prediction: Impact, place: Place): boolean {
  const { east_m, north_m } = apart(prediction, place);
  const turn = (prediction.ellipse.bearing_deg * Math.PI) / 180;
  const along = (east_m * Math.sin(turn) + north_m * Math.cos(turn)) / Math.max(1e-6, prediction.ellipse.semi_major_m);
  const across = (east_m * Math.cos(turn) - north_m * Math.sin(turn)) / Math.max(1e-6, prediction.ellipse.semi_minor_m);
  return along * along + across * across <= 1;
}

/** The last prediction made by then. */
export function knownAt(round: Round, at_ms: number): Prediction | null {
  return round.predictions.findLast((prediction) => prediction.at_ms <= at_ms) ?? null;
}

/** A round as it was known at an instant, beside what became of it. */
export interface Compared {
  track: number;
  class: string;
  prediction: Prediction;
  /** Seconds that were left by the prediction; negative when the predicted impact had passed. */
  told_s: number;
  /** Seconds that were really left, and where it came down; null where nobody knows. */
  real_s: number | null;
  off_m: number | null;
  towards: string | null;
  inside: boolean | null;
}

export function compare(truth: Truth, at_ms: number): Compared[] {
  return truth.rounds.flatMap((round) => {
    const prediction = knownAt(round, at_ms);
    const fell_ms = round.came_down?.at_ms ?? prediction?.impact.at_ms ?? 0;
    if (!prediction || at_ms > fell_ms + SHOWN_MS) return [];
    const fell = round.came_down;
    const between = fell && apart(prediction.impact, fell);
    return [{
      track: round.track,
      class: round.class,
      prediction,
      told_s: (prediction.impact.at_ms - at_ms) / 1000,
      real_s: fell ? (fell.at_ms - at_ms) / 1000 : null,
      off_m: between ? Math.hypot(between.east_m, between.north_m) : null,
      towards: between ? compass(between.east_m, between.north_m) : null,
      inside: fell ? isInside(prediction.impact, fell) : null,
    }];
  });
}

/** The seconds that an alarm told when it said to take cover, and those that there were. */
export interface Told {
  alarm: string;
  zone: string;
  zone_name: string;
  at_ms: number;
  told_s: number | null;
  /** From that word to the first of its rounds that came down, wherever; null where nobody knows. */
  real_s: number | null;
}

export function told(truth: Truth, at_ms: number): Told[] {
  const fell = new Map(truth.rounds.map((round) => [round.track, round.came_down?.at_ms ?? null]));
  return truth.alarms.flatMap((alarm) => {
    const word = coverWord(alarm);
    if (!word || word.at_ms > at_ms) return [];
    const came = word.threats.flatMap((track) => fell.get(track) ?? []);
    return [{
      alarm: alarm.id,
      zone: alarm.zone,
      zone_name: alarm.zone_name,
      at_ms: word.at_ms,
      told_s: word.impact_ms === null ? null : (word.impact_ms - word.at_ms) / 1000,
      real_s: came.length > 0 ? (Math.min(...came) - word.at_ms) / 1000 : null,
    }];
  });
}

function coverWord(alarm: AlarmLife) {
  return alarm.words.find((word) => word.stage === 'take_cover') ?? null;
}
