/** What the server says of set-up: where it stands, and a draft with everything that is shown of it. See docs/http.md. */

import type { Position } from 'geojson';
import { count, flag, json, list, nullable, number, object, oneOf, record, shape, type Reader } from '../contract/read';

/** Longest text of a file that the server lets the page edit, characters. */
const FILE_MAX = 4_194_304;

/** A text that may be a whole file. */
const long: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || value.length > FILE_MAX) throw new Error(`${path}: no text of bounded length`);
  return value;
};

export interface Wrong {
  file: string;
  line: number;
  column: number;
  key: string;
  what: string;
  remedy: string;
}

export interface Change {
  subject: string;
  key: string;
  from: string | null;
  to: string | null;
  means: string | null;
}

export interface Proposal {
  proposal: number;
  draft: number;
  title: string;
  who: string;
  digest: string;
  changes: Change[];
  difference: string;
  ends_ms: number;
}

export interface DraftRow {
  draft: number;
  title: string;
  who: string;
  revision: number;
  edits: number;
  changed_ms: number;
}

export interface Status {
  file: string;
  folder: string;
  mode: 'live' | 'exercise';
  /** Why nothing can be written; null where it can. */
  read_only: string | null;
  /** Alarms that stand. */
  alarms: string[];
  /** The files are no longer those that the program was started with. */
  pending: boolean;
  problems: Wrong[];
  takes_effect: string;
  drafts: DraftRow[];
  proposals: Proposal[];
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Keys = Record<string, Json>;

export interface Circle {
  lat_deg: number;
  lon_deg: number;
  radius_m: number;
}

export type Outline = { circle: Circle } | { polygon: Position[][] } | null;

export interface WrittenZone {
  id: string;
  file: string;
  keys: Keys;
  outline: Outline;
}

/** A sensor or an acoustic node. */
export interface Written {
  id: string;
  file: string;
  keys: Keys;
}

export interface Model {
  site: Keys;
  zones: WrittenZone[];
  sensors: Written[];
  nodes: Written[];
  policy: Keys;
  map: Keys;
}

export interface File {
  name: string;
  text: string;
  changed: boolean;
}

export interface DraftView {
  draft: number;
  revision: number;
  title: string;
  who: string;
  edits: Edit[];
  /** Files that changed on disk since the draft began. */
  stale: string[];
  files: File[];
  problems: Wrong[];
  warnings: string[];
  summary: string | null;
  /** From which chance each zone is warned, as the reader makes it; null while something is wrong. */
  zones: Record<string, { threshold: number }> | null;
  changes: Change[];
  difference: string;
  digest: string;
  /** Null while the site file is no TOML. */
  model: Model | null;
}

export type Kind = 'zone' | 'sensor' | 'node';

export type Edit =
  | { edit: 'put'; table: Kind; id: string; set: Keys }
  | { edit: 'remove'; table: Kind; id: string }
  | { edit: 'set'; table: string; set: Keys }
  | { edit: 'import'; zones: Keys[] }
  | { edit: 'text'; file: string; text: string };

export interface Refused {
  part: string;
  what: string;
  remedy: string;
}

export interface Imported {
  zones: Keys[];
  refused: Refused[];
}

/** How high the ground is under each sensor and node, metres above mean sea level. */
export interface Heights {
  terrain: boolean;
  ground_m: Record<string, number>;
}

const wrong = shape<Wrong>({ file: long, line: count, column: count, key: long, what: long, remedy: long });
const change = shape<Change>({ subject: long, key: long, from: nullable(long), to: nullable(long), means: nullable(long) });
const proposal = shape<Proposal>({
  proposal: count, draft: count, title: long, who: long, digest: long, changes: list(change), difference: long, ends_ms: number,
});
const row = shape<DraftRow>({ draft: count, title: long, who: long, revision: count, edits: count, changed_ms: number });

const status = shape<Status>({
  file: long, folder: long, mode: oneOf(['live', 'exercise']), read_only: nullable(long), alarms: list(long), pending: flag,
  problems: list(wrong), takes_effect: long, drafts: list(row), proposals: list(proposal),
});

const keys: Reader<Keys> = (value, path) => object(value, path) as Keys;
const position: Reader<Position> = (value, path) => list(number)(value, path);
const circle = shape<Circle>({ lat_deg: number, lon_deg: number, radius_m: number });

const outline: Reader<Outline> = (value, path) => {
  if (value === null) return null;
  const found = object(value, path);
  if (found['circle'] !== undefined) return { circle: circle(found['circle'], `${path}.circle`) };
  return { polygon: list(list(position))(found['polygon'], `${path}.polygon`) };
};

const zone = shape<WrittenZone>({ id: long, file: long, keys, outline });
const written = shape<Written>({ id: long, file: long, keys });
const model = shape<Model>({ site: keys, zones: list(zone), sensors: list(written), nodes: list(written), policy: keys, map: keys });

const view = shape<DraftView>({
  draft: count, revision: count, title: long, who: long,
  // Our own edits come back as we wrote them.
  edits: list((value, path) => object(value, path) as unknown as Edit),
  stale: list(long),
  files: list(shape<File>({ name: long, text: long, changed: flag })),
  problems: list(wrong), warnings: list(long), summary: nullable(long),
  zones: nullable(record(shape<{ threshold: number }>({ threshold: number }))),
  changes: list(change), difference: long, digest: long, model: nullable(model),
});

const imported = shape<Imported>({ zones: list(keys), refused: list(shape<Refused>({ part: long, what: long, remedy: long })) });
const heights = shape<Heights>({ terrain: flag, ground_m: record(number) });

export const readStatus = (text: string): Status => status(json(text, 'set-up'), 'set-up');
export const readDraft = (text: string): DraftView => view(json(text, 'draft'), 'draft');
export const readImported = (text: string): Imported => imported(json(text, 'import'), 'import');
export const readHeights = (text: string): Heights => heights(json(text, 'heights'), 'heights');
export const readProposal = (text: string): Proposal => proposal(json(text, 'proposal'), 'proposal');
