/** What does not change while the program runs: `GET /api/site`. */

import type { Feature, FeatureCollection, Polygon, Position } from 'geojson';
import { ContractError, count, json, list, nullable, number, object, oneOf, shape, text, within, type Reader } from './read';

export const MODES = ['live', 'exercise', 'replay'] as const;
export type Mode = (typeof MODES)[number];

export interface Origin {
  lat_deg: number;
  lon_deg: number;
  height_m: number;
}

export interface SensorPlace extends Origin {
  id: string;
  name: string;
  kind: string;
  range_min_m: number;
  range_max_m: number;
}

export interface ZoneFacts {
  id: string;
  name: string;
  kind: string;
  /** People usually there; null when the site does not say. */
  people: number | null;
}

export type Zone = Feature<Polygon, ZoneFacts>;

/** The owner's own map, in one PMTiles file of the server. */
export interface Basemap {
  kind: 'vector' | 'raster';
  zoom_max: number;
}

export interface Site {
  name: string;
  mode: Mode;
  version: string;
  origin: Origin;
  sensors: SensorPlace[];
  zones: FeatureCollection<Polygon, ZoneFacts>;
  /** Absent or null where the site has none. */
  basemap?: Basemap | null;
}

export const latitude = within(-90, 90);
export const longitude = within(-180, 180);

const origin: Reader<Origin> = shape({ lat_deg: latitude, lon_deg: longitude, height_m: number });

const sensor: Reader<SensorPlace> = shape<SensorPlace>({
  id: text,
  name: text,
  kind: text,
  lat_deg: latitude,
  lon_deg: longitude,
  height_m: number,
  range_min_m: within(0, 1e7),
  range_max_m: within(0, 1e7),
});

const position: Reader<Position> = (value, path) => {
  if (!Array.isArray(value) || value.length < 2) throw new ContractError(path, '[longitude, latitude]', value);
  return [longitude(value[0], `${path}[0]`), latitude(value[1], `${path}[1]`)];
};

/** A closed ring of positions. */
export const ring: Reader<Position[]> = (value, path) => {
  const positions = list(position)(value, path);
  if (positions.length < 4) throw new ContractError(path, 'a closed ring of at least four positions', value);
  return positions;
};

const zoneFacts: Reader<ZoneFacts> = shape<ZoneFacts>({ id: text, name: text, kind: text, people: nullable(count) });

const zone: Reader<Zone> = (value, path) => {
  const feature = object(value, path);
  const geometry = object(feature['geometry'], `${path}.geometry`);
  oneOf(['Polygon'])(geometry['type'], `${path}.geometry.type`);
  const coordinates = list(ring)(geometry['coordinates'], `${path}.geometry.coordinates`);
  if (coordinates.length === 0) throw new ContractError(`${path}.geometry.coordinates`, 'at least one ring', coordinates);
  return {
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates },
    properties: zoneFacts(feature['properties'], `${path}.properties`),
  };
};

const zones: Reader<FeatureCollection<Polygon, ZoneFacts>> = (value, path) => ({
  type: 'FeatureCollection',
  features: list(zone)(object(value, path)['features'], `${path}.features`),
});

const basemap: Reader<Basemap> = shape<Basemap>({ kind: oneOf(['vector', 'raster']), zoom_max: count });

const site: Reader<Site> = shape<Site>({
  name: text,
  mode: oneOf(MODES),
  version: text,
  origin,
  sensors: list(sensor),
  zones,
  basemap: nullable(basemap),
});

/** Throws `ContractError` when the text is not a site this page understands. */
export function readSite(source: string): Site {
  return site(json(source, 'site'), 'site');
}
