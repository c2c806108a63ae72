/** What the server says to "why": `GET /api/why` and `GET /api/recordings/<name>/why`. */

import { count, flag, json, list, nullable, number, object, record, shape, text, type Reader } from '../contract/read';
import type { Impact } from '../contract/picture';
import { impact } from './impact';

export interface Rule {
  zone_threshold: number;
  misses_worth: number;
  posture: string;
  ballistic_probability: number;
  existence_probability: number;
  plots_min: number;
  corroboration: number;
  effect_radius_m: number;
}

export interface CurvePoint {
  at_ms: number;
  probability: number;
  threshold: number;
}

export interface SecondsLeft {
  earliest_s: number;
  median_s: number;
  latest_s: number;
}

export interface PlotLine {
  sensor: string;
  sequence: number;
  measured_at: string;
  heard_at: string;
  range_m: number;
  azimuth_deg: number;
  elevation_deg: number | null;
  range_rate_mps: number | null;
  datagram: number;
}

export interface TrackCase {
  track: number;
  class: string | null;
  classes: Record<string, number> | null;
  existence: number | null;
  probability_of_a_round: number | null;
  impact: Impact | null;
  came_down: Impact | null;
  off_m: number | null;
  endangers: number | null;
  plots_used: number | null;
  sensors: Record<string, number>;
  plots: PlotLine[];
}

export interface Delivery {
  stage: string;
  revision: number;
  channel: string;
  receiver: string;
  queued_s: number;
  sent_s: number | null;
  acknowledged_s: number | null;
  resent: number;
}

export interface AlarmMessage {
  at: string;
  stage: string;
  reason: string;
  probability: number;
  threshold: number;
  seconds_left: number | null;
}

export interface Alternative {
  threshold: number;
  later_s: number | null;
}

export interface Without {
  sensor: string;
  later_s: number | null;
}

export interface AlarmCard {
  alarm: string;
  zone: string;
  zone_name: string;
  people: number;
  mode: string;
  decided_at: string;
  stage: string;
  probability: number;
  threshold: number;
  rule: Rule;
  left: SecondsLeft | null;
  tracks: TrackCase[];
  hazard: CurvePoint[];
  timeline: { measured_ms: number | null; heard_ms: number | null; sensor: string | null; decided_ms: number };
  deliveries: Delivery[];
  alternatives: Alternative[];
  messages: AlarmMessage[];
  /** Longitude and latitude. */
  outline: [number, number][];
}

export interface Near {
  track: number;
  at: string;
  away_m: number;
  semi_major_m: number;
  probability_of_a_round: number;
  believed: boolean;
  impact: Impact | null;
}

export interface ZoneCard {
  zone: string;
  zone_name: string;
  people: number;
  alarms: string[];
  threshold: number;
  worst: { at: string; probability: number } | null;
  nearest: Near[];
  rule: Rule;
  hazard: CurvePoint[];
  outline: [number, number][];
}

const rule: Reader<Rule> = shape<Rule>({
  zone_threshold: number, misses_worth: number, posture: text, ballistic_probability: number, existence_probability: number,
  plots_min: count, corroboration: count, effect_radius_m: number,
});
const curve = list(shape<CurvePoint>({ at_ms: number, probability: number, threshold: number }));
const left: Reader<SecondsLeft> = shape<SecondsLeft>({ earliest_s: number, median_s: number, latest_s: number });
const corner: Reader<[number, number]> = (value, path) => list(number)(value, path) as [number, number];
const plot: Reader<PlotLine> = shape<PlotLine>({
  sensor: text, sequence: number, measured_at: text, heard_at: text, range_m: number, azimuth_deg: number,
  elevation_deg: nullable(number), range_rate_mps: nullable(number), datagram: count,
});
const trackCase: Reader<TrackCase> = shape<TrackCase>({
  track: count, class: nullable(text), classes: nullable(record(number)), existence: nullable(number),
  probability_of_a_round: nullable(number), impact: nullable(impact), came_down: nullable(impact), off_m: nullable(number),
  endangers: nullable(number), plots_used: nullable(count), sensors: record(count), plots: list(plot),
});
const delivery: Reader<Delivery> = shape<Delivery>({
  stage: text, revision: count, channel: text, receiver: text, queued_s: number, sent_s: nullable(number),
  acknowledged_s: nullable(number), resent: count,
});
const message: Reader<AlarmMessage> = shape<AlarmMessage>({
  at: text, stage: text, reason: text, probability: number, threshold: number, seconds_left: nullable(number),
});
const later = nullable(number);

const alarmCard: Reader<AlarmCard> = shape<AlarmCard>({
  alarm: text, zone: text, zone_name: text, people: count, mode: text, decided_at: text, stage: text, probability: number,
  threshold: number, rule, left: nullable(left), tracks: list(trackCase), hazard: curve,
  timeline: shape<AlarmCard['timeline']>({ measured_ms: nullable(number), heard_ms: nullable(number), sensor: nullable(text), decided_ms: number }),
  deliveries: list(delivery), alternatives: list(shape<Alternative>({ threshold: number, later_s: later })),
  messages: list(message), outline: list(corner),
});

const zoneCard: Reader<ZoneCard> = shape<ZoneCard>({
  zone: text, zone_name: text, people: count, alarms: list(text), threshold: number,
  worst: nullable(shape<{ at: string; probability: number }>({ at: text, probability: number })),
  nearest: list(shape<Near>({
    track: count, at: text, away_m: number, semi_major_m: number, probability_of_a_round: number, believed: flag, impact: nullable(impact),
  })),
  rule, hazard: curve, outline: list(corner),
});

export function readAlarmCard(source: string): AlarmCard {
  return alarmCard(json(source, 'why'), 'why');
}

export function readZoneCard(source: string): ZoneCard {
  return zoneCard(json(source, 'why'), 'why');
}

export function readWithout(source: string): Without[] {
  const found = object(json(source, 'why'), 'why');
  return list(shape<Without>({ sensor: text, later_s: later }))(found['without'], 'why.without');
}
