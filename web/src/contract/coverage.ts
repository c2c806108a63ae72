/** What each sensor sees at a height above the ground: `GET /api/coverage?height_m=...`. */

import type { FeatureCollection, MultiPolygon } from 'geojson';
import { json, list, notNegative, object, oneOf, shape, text, type Reader } from './read';
import { ring } from './site';

/** Heights that the program works out, metres above the ground. */
export const HEIGHTS_M = [100, 500, 2000] as const;

export interface CoverageFacts {
  sensor: string;
  height_m: number;
  area_km2: number;
}

export type Coverage = FeatureCollection<MultiPolygon, CoverageFacts>;

const facts: Reader<CoverageFacts> = shape<CoverageFacts>({ sensor: text, height_m: notNegative, area_km2: notNegative });

const coverage: Reader<Coverage> = (value, path) => ({
  type: 'FeatureCollection',
  features: list((entry, at) => {
    const feature = object(entry, at);
    const geometry = object(feature['geometry'], `${at}.geometry`);
    oneOf(['MultiPolygon'])(geometry['type'], `${at}.geometry.type`);
    const coordinates = list(list(ring))(geometry['coordinates'], `${at}.geometry.coordinates`);
    return {
      type: 'Feature' as const,
      geometry: { type: 'MultiPolygon' as const, coordinates },
      properties: facts(feature['properties'], `${at}.properties`),
    };
  })(object(value, path)['features'], `${path}.features`),
});

/** Throws `ContractError` when the text is not a coverage this page understands. */
export function readCoverage(source: string): Coverage {
  return coverage(json(source, 'coverage'), 'coverage');
}
