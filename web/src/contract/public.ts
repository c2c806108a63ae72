/** What anybody may see: `GET /api/public/site`, `GET /api/words`, and the events of `GET /api/public/live`. */

import type { FeatureCollection, Polygon, Position } from 'geojson';
import { STAGES, type Stage } from './picture';
import { ContractError, count, flag, json, list, notNegative, nullable, number, object, oneOf, record, shape, text, within, type Reader } from './read';
import { latitude, longitude, ring } from './site';

/** A recording is nobody's present: the public page has no replay. */
export const WORLDS = ['live', 'exercise'] as const;
export type World = (typeof WORLDS)[number];

export interface PublicZone {
  id: string;
  name: string;
  /** What it is called in other languages, by their codes. */
  names: Record<string, string>;
  /** Seconds that the way to shelter takes at a walk; null where there is none, or nobody has said. */
  shelter_s: number | null;
}

export interface Shelter {
  id: string;
  name: string;
  lat_deg: number;
  lon_deg: number;
}

export interface PublicSite {
  name: string;
  mode: World;
  version: string;
  zones: FeatureCollection<Polygon, PublicZone>;
  shelters: Shelter[];
}

export const ADVICE = ['be_ready', 'down_now', 'walk_to_shelter', 'stay_in_cover', 'leave_cover'] as const;
export type Advice = (typeof ADVICE)[number];

/** How a zone stands that has an alarm, or had one a moment ago. */
export interface ZoneState {
  zone: string;
  alarm: string;
  stage: Stage;
  at_ms: number;
  impact_ms: number | null;
  struck: boolean;
  advice: Advice;
  walk_s: number | null;
  percent: number;
  /** The names of the texts that say what happens and what to do. */
  tell: string[];
  /** The endangered part, not closed; empty where it is the whole zone. */
  part: Position[];
}

/** Whether the sensors that could see a round do their work: all, some, or none. */
export const EYES = ['ok', 'partly', 'none'] as const;
export type Eyes = (typeof EYES)[number];

/** `_ms` instants are milliseconds since 1970 (UTC) by the server's clock. */
export interface PublicPicture {
  now_ms: number;
  mode: World;
  heard_ms: number | null;
  eyes: Eyes;
  zones: ZoneState[];
}

export interface Tongue {
  /** As the `lang` attribute wants it. */
  code: string;
  right_to_left: boolean;
  words: Record<string, string>;
}

export interface Vocabulary {
  mode: World;
  languages: Tongue[];
}

const position: Reader<Position> = (value, path) => {
  const pair = list(number)(value, path);
  if (pair.length < 2) throw new ContractError(path, '[longitude, latitude]', value);
  return [longitude(pair[0], `${path}[0]`), latitude(pair[1], `${path}[1]`)];
};

const zones: Reader<FeatureCollection<Polygon, PublicZone>> = (value, path) => ({
  type: 'FeatureCollection',
  features: list((entry, at) => {
    const feature = object(entry, at);
    const geometry = object(feature['geometry'], `${at}.geometry`);
    const coordinates = list(ring)(geometry['coordinates'], `${at}.geometry.coordinates`);
    if (coordinates.length === 0) throw new ContractError(`${at}.geometry.coordinates`, 'at least one ring', coordinates);
    const facts = shape<PublicZone>({ id: text, name: text, names: record(text), shelter_s: nullable(notNegative) });
    return {
      type: 'Feature' as const,
      geometry: { type: 'Polygon' as const, coordinates },
      properties: facts(feature['properties'], `${at}.properties`),
    };
  })(object(value, path)['features'], `${path}.features`),
});

const site: Reader<PublicSite> = shape<PublicSite>({
  name: text,
  mode: oneOf(WORLDS),
  version: text,
  zones,
  shelters: list(shape<Shelter>({ id: text, name: text, lat_deg: latitude, lon_deg: longitude })),
});

const zoneState: Reader<ZoneState> = shape<ZoneState>({
  zone: text,
  alarm: text,
  stage: oneOf(STAGES),
  at_ms: number,
  impact_ms: nullable(number),
  struck: flag,
  advice: oneOf(ADVICE),
  walk_s: nullable(notNegative),
  percent: within(0, 100),
  tell: list(text),
  part: (value, path) => (value === undefined ? [] : list(position)(value, path)),
});

const picture: Reader<PublicPicture> = shape<PublicPicture>({
  now_ms: count,
  mode: oneOf(WORLDS),
  heard_ms: nullable(number),
  eyes: oneOf(EYES),
  zones: list(zoneState),
});

const vocabulary: Reader<Vocabulary> = (value, path) => {
  const found = shape<Vocabulary>({
    mode: oneOf(WORLDS),
    languages: list(shape<Tongue>({ code: text, right_to_left: flag, words: record(text) })),
  })(value, path);
  if (found.languages.length === 0) throw new ContractError(`${path}.languages`, 'at least one language', found.languages);
  return found;
};

/** Each throws `ContractError` when the text is nothing that this page understands. */
export const readPublicSite = (source: string): PublicSite => site(json(source, 'site'), 'site');
export const readPublicPicture = (source: string): PublicPicture => picture(json(source, 'picture'), 'picture');
export const readVocabulary = (source: string): Vocabulary => vocabulary(json(source, 'words'), 'words');
