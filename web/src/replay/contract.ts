/** What the server says of recordings: `GET /api/recordings` and what lies below it. */

import type { Impact } from '../contract/picture';
import { count, flag, json, list, notNegative, nullable, number, oneOf, shape, text, within, type Reader } from '../contract/read';
import { impact } from '../why/impact';
import type { Change, Raw } from './delta';

export const RECORDED_MODES = ['live', 'exercise'] as const;
export type RecordedMode = (typeof RECORDED_MODES)[number];

export interface Listed {
  name: string;
  bytes: number;
  site: string | null;
  mode: RecordedMode | null;
  started_ms: number | null;
  length_s: number | null;
  closed: boolean | null;
  /** `null` where the recording has no index: it is being written, or was cut. */
  alarm_messages: number | null;
  /** What is wrong with it, where it cannot be shown. */
  unreadable: string | null;
}

export const MARK_KINDS = [
  'detection', 'prepare', 'take_cover', 'hold', 'all_clear', 'withdrawn', 'impact', 'sensor_lost', 'sensor_back', 'trouble', 'order', 'note', 'gap',
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

/** An event that one may jump to. */
export interface Mark {
  at_ms: number;
  kind: MarkKind;
  words: string;
  alarm: string | null;
  zone: string | null;
  track: number | null;
}

export interface Facts {
  name: string;
  site: string;
  recorded_mode: RecordedMode;
  program: string;
  from_ms: number;
  to_ms: number;
  window_ms: number;
  progress: number;
  looked_through: boolean;
  growing: boolean;
  ending: string | null;
  not_understood: number;
  rounds: number;
  alarms: number;
  marks: Mark[];
  marks_left_out: number;
}

export interface Prediction {
  at_ms: number;
  probability: number;
  impact: Impact;
}

/** What was known of a round, and what became true of it. */
export interface Round {
  track: number;
  class: string;
  detected_ms: number;
  ended_ms: number | null;
  predictions: Prediction[];
  came_down: Impact | null;
  came_from: Impact | null;
  /** Longitude, latitude, height in metres, milliseconds. */
  arc: [number, number, number, number][];
  agrees: boolean | null;
}

export interface AlarmWord {
  at_ms: number;
  stage: string;
  impact_ms: number | null;
  threats: number[];
}

export interface AlarmLife {
  id: string;
  zone: string;
  zone_name: string;
  words: AlarmWord[];
}

export interface Truth {
  rounds: Round[];
  rounds_left_out: number;
  alarms: AlarmLife[];
}

export interface Window {
  number: number;
  from_ms: number;
  to_ms: number;
  /** Whether no more can come into it. */
  complete: boolean;
  first: Raw;
  then: Change[];
}

const share = within(0, 1 + 1e-9);

const listed: Reader<Listed> = shape<Listed>({
  name: text, bytes: count, site: nullable(text), mode: nullable(oneOf(RECORDED_MODES)), started_ms: nullable(number),
  length_s: nullable(notNegative), closed: nullable(flag), alarm_messages: nullable(count), unreadable: nullable(text),
});

const mark: Reader<Mark> = shape<Mark>({
  at_ms: number, kind: oneOf(MARK_KINDS), words: text, alarm: nullable(text), zone: nullable(text), track: nullable(count),
});

const facts: Reader<Facts> = shape<Facts>({
  name: text, site: text, recorded_mode: oneOf(RECORDED_MODES), program: text, from_ms: number, to_ms: number,
  window_ms: within(1_000, 1e6), progress: share, looked_through: flag, growing: flag, ending: nullable(text),
  not_understood: count, rounds: count, alarms: count, marks: list(mark), marks_left_out: count,
});

const corner: Reader<[number, number, number, number]> = (value, path) => list(number)(value, path) as [number, number, number, number];

const round: Reader<Round> = shape<Round>({
  track: count, class: text, detected_ms: number, ended_ms: nullable(number),
  predictions: list(shape<Prediction>({ at_ms: number, probability: share, impact })),
  came_down: nullable(impact), came_from: nullable(impact), arc: list(corner), agrees: nullable(flag),
});

const life: Reader<AlarmLife> = shape<AlarmLife>({
  id: text, zone: text, zone_name: text,
  words: list(shape<AlarmWord>({ at_ms: number, stage: text, impact_ms: nullable(number), threats: list(count) })),
});

export function readList(source: string): Listed[] {
  return shape<{ recordings: Listed[] }>({ recordings: list(listed) })(json(source, 'recordings'), 'recordings').recordings;
}

export function readFacts(source: string): Facts {
  return facts(json(source, 'recording'), 'recording');
}

export function readTruth(source: string): Truth {
  const read = shape<Truth>({ rounds: list(round), rounds_left_out: count, alarms: list(life) });
  return read(json(source, 'rounds'), 'rounds');
}

/** The pictures in it are read when they are shown. */
export function readWindow(source: string): Window {
  const raw: Reader<Raw> = (value, path) => shape<Raw>({})(value, path) && (value as Raw);
  const names: Reader<string | number> = (value, path) => (typeof value === 'number' ? number(value, path) : text(value, path));
  const any: Reader<unknown> = (value) => value;
  const lists: Reader<Change['lists']> = (value, path) => {
    const found = raw(value, path);
    const read = shape<{ put: unknown[]; gone: (string | number)[] }>({ put: list(any), gone: list(names) });
    return Object.fromEntries(Object.entries(found).map(([key, entry]) => [key, read(entry, `${path}.${key}`)]));
  };
  const change: Reader<Change> = (value, path) => {
    const { drop, ...rest } = shape<{ set: Raw; lists: Change['lists']; drop: string[] | null }>({
      set: raw, lists, drop: nullable(list(text)),
    })(value, path);
    return drop ? { ...rest, drop } : rest;
  };
  const read = shape<Window>({ number: count, from_ms: number, to_ms: number, complete: flag, first: raw, then: list(change) });
  return read(json(source, 'pictures'), 'pictures');
}
