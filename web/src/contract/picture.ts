/** The whole picture at one instant: the data of each `picture` event of `GET /api/live`. */

import { ContractError, count, flag, json, list, notNegative, nullable, number, oneOf, record, shape, text, within, type Reader } from './read';
import { latitude, longitude } from './site';

export const CLASSES = ['mortar', 'artillery', 'rocket', 'ballistic', 'aircraft', 'slow_flyer', 'drone', 'bird', 'unknown'] as const;
export type TrackClass = (typeof CLASSES)[number];

export const STAGES = ['prepare', 'take_cover', 'hold', 'all_clear', 'withdrawn'] as const;
export type Stage = (typeof STAGES)[number];

export const SENSOR_STATES = ['ok', 'silent', 'never_heard'] as const;
export type SensorState = (typeof SENSOR_STATES)[number];

/** All `_ms` instants are milliseconds since 1970 (UTC) by the server's clock. */
export interface Track {
  id: number;
  lat_deg: number;
  lon_deg: number;
  height_m: number;
  speed_mps: number;
  /** Clockwise from true north. */
  course_deg: number;
  climb_mps: number;
  class: TrackClass;
  odds: Record<string, number>;
  /** Probabilities of what it is; they add up to 1. */
  classes?: Record<string, number> | null;
  existence: number;
  threat: boolean;
  plots: number;
  updated_ms: number;
  callsign: string | null;
}

/** The 95 % ellipse; the major axis is `bearing_deg` clockwise from true north. */
export interface Ellipse {
  semi_major_m: number;
  semi_minor_m: number;
  bearing_deg: number;
}

export interface Impact {
  lat_deg: number;
  lon_deg: number;
  at_ms: number;
  sigma_time_s: number;
  ellipse: Ellipse;
}

/** Longitude, latitude, and metres above mean sea level. */
export type PathPoint = [lon_deg: number, lat_deg: number, height_m: number];

export interface Threat {
  track: number;
  impact: Impact;
  /** The way to the ground at equal times, from the track's last update to the impact; empty or absent where it is not told. */
  path?: PathPoint[] | null;
}

/** The rounds of the attack that is going on. */
export interface Salvo {
  began_ms: number;
  rounds: number;
  in_air: number;
  last_impact_ms: number;
}

export interface Alarm {
  id: string;
  zone: string;
  zone_name: string;
  stage: Stage;
  raised_ms: number;
  updated_ms: number;
  /** Earliest predicted impact, if one is predicted. */
  impact_ms: number | null;
  probability: number;
  /** Tracks that threaten the zone. */
  threats: number[];
  reason: string | null;
  /** The sentence to be spoken, in the words of this world. */
  say?: string | null;
}

export interface SensorHealth {
  id: string;
  state: SensorState;
  last_heard_ms: number | null;
  plots: number;
  refused: number;
  /** What is wrong with a sensor that speaks, one sentence each. */
  troubles: string[];
}

export interface Counts {
  heard: number;
  used: number;
  refused: number;
  /** "ok", or what went wrong. */
  recording: string;
  /** Whether alarms can be written: "ok", or what went wrong. */
  alarm_output?: string | null;
  /** Deliveries of sensors that were lost because the machine was too busy. */
  datagrams_lost?: number | null;
}

export interface Picture {
  now_ms: number;
  tracks: Track[];
  threats: Threat[];
  /** Null while there is no attack. */
  salvo?: Salvo | null;
  alarms: Alarm[];
  sensors: SensorHealth[];
  counts: Counts;
}

/** A probability; sums of several may miss 1 by a rounding. */
const unit = within(0, 1 + 1e-9);

const track: Reader<Track> = shape<Track>({
  id: number,
  lat_deg: latitude,
  lon_deg: longitude,
  height_m: number,
  speed_mps: number,
  course_deg: number,
  climb_mps: number,
  class: oneOf(CLASSES),
  odds: record(unit),
  classes: nullable(record(unit)),
  existence: unit,
  threat: flag,
  plots: count,
  updated_ms: number,
  callsign: nullable(text),
});

const impact: Reader<Impact> = shape<Impact>({
  lat_deg: latitude,
  lon_deg: longitude,
  at_ms: number,
  sigma_time_s: notNegative,
  ellipse: shape<Ellipse>({ semi_major_m: notNegative, semi_minor_m: notNegative, bearing_deg: number }),
});

const pathPoint: Reader<PathPoint> = (value, path) => {
  if (!Array.isArray(value) || value.length !== 3) throw new ContractError(path, '[longitude, latitude, height]', value);
  return [longitude(value[0], path), latitude(value[1], path), number(value[2], path)];
};

const salvo: Reader<Salvo> = shape<Salvo>({ began_ms: number, rounds: count, in_air: count, last_impact_ms: number });

const alarm: Reader<Alarm> = shape<Alarm>({
  id: text,
  zone: text,
  zone_name: text,
  stage: oneOf(STAGES),
  raised_ms: number,
  updated_ms: number,
  impact_ms: nullable(number),
  probability: unit,
  threats: list(number),
  reason: nullable(text),
  say: nullable(text),
});

const sensor: Reader<SensorHealth> = shape<SensorHealth>({
  id: text,
  state: oneOf(SENSOR_STATES),
  last_heard_ms: nullable(number),
  plots: count,
  refused: count,
  troubles: list(text),
});

const picture: Reader<Picture> = shape<Picture>({
  now_ms: number,
  tracks: list(track),
  threats: list(shape<Threat>({ track: number, impact, path: nullable(list(pathPoint)) })),
  salvo: nullable(salvo),
  alarms: list(alarm),
  sensors: list(sensor),
  counts: shape<Counts>({ heard: count, used: count, refused: count, recording: text, alarm_output: nullable(text), datagrams_lost: nullable(count) }),
});

/** Throws `ContractError` when the text is not a picture this page understands. */
export function readPicture(source: string): Picture {
  return picture(json(source, 'picture'), 'picture');
}

/** The same for what has been parsed already, such as a picture of a recording. */
export function asPicture(value: unknown): Picture {
  return picture(value, 'picture');
}
