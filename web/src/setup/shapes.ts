/** From a draft to what the map draws. Pure. */

import type { Feature, FeatureCollection, Geometry, Position } from 'geojson';
import { boxAround, centroid, circle, grow, type Box, type Place } from '../geo/local';
import type { Keys, Model, Outline, Written, WrittenZone } from './contract';

export const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });

const feature = (geometry: Geometry, properties: Record<string, unknown>): Feature => ({ type: 'Feature', geometry, properties });

/** Rings closed by repeating their first corner; none for an outline that cannot be read. */
export function rings(outline: Outline): Position[][] {
  if (!outline) return [];
  if ('circle' in outline) return [circle(outline.circle, outline.circle.radius_m, 64)];
  return outline.polygon.filter((ring) => ring.length > 1).map((ring) => [...ring, ring[0]!]);
}

export function zoneAreas(zones: readonly WrittenZone[], chosen: string | null): FeatureCollection {
  return collection(
    zones.flatMap((zone) => {
      const coordinates = rings(zone.outline);
      return coordinates.length === 0 ? [] : [feature({ type: 'Polygon', coordinates }, { id: zone.id, chosen: zone.id === chosen })];
    }),
  );
}

export function zoneNames(zones: readonly WrittenZone[]): FeatureCollection {
  return collection(
    zones.flatMap((zone) => {
      const ring = rings(zone.outline)[0];
      return ring ? [feature({ type: 'Point', coordinates: centroid(ring) }, { id: zone.id, name: String(zone.keys['name'] ?? zone.id) })] : [];
    }),
  );
}

/** Where a sensor or node stands; null where that cannot be read. */
export function placeOf(keys: Keys): Place | null {
  const position = keys['position'] as Record<string, unknown> | undefined;
  const { lat_deg, lon_deg } = (position ?? {}) as { lat_deg?: unknown; lon_deg?: unknown };
  return typeof lat_deg === 'number' && typeof lon_deg === 'number' ? { lat_deg, lon_deg } : null;
}

export function sensorPoints(model: Model, chosen: { kind: string; id: string } | null): FeatureCollection {
  const point = (kind: string) => (sensor: Written): Feature[] => {
    const place = placeOf(sensor.keys);
    const isChosen = chosen?.kind === kind && chosen.id === sensor.id;
    return place ? [feature({ type: 'Point', coordinates: [place.lon_deg, place.lat_deg] }, { id: sensor.id, kind, chosen: isChosen })] : [];
  };
  return collection([...model.sensors.flatMap(point('sensor')), ...model.nodes.flatMap(point('node'))]);
}

/** Everything of the site that is near: a receiver's range is not part of the picture. */
export function siteBox(model: Model): Box | null {
  const places = [...model.sensors, ...model.nodes].flatMap((sensor) => placeOf(sensor.keys) ?? []);
  const corners = model.zones.flatMap((zone) => rings(zone.outline).flat());
  const origin = model.site['origin'] as unknown as Place | undefined;
  const all = [...corners, ...places.map((place) => [place.lon_deg, place.lat_deg])];
  if (all.length === 0 && origin) all.push([origin.lon_deg, origin.lat_deg]);
  const box = boxAround(all);
  return box && grow(box, 0.12, 800);
}

/** Between each corner and the next, where a new one can be drawn out. */
export function midpoints(ring: readonly Position[]): Position[] {
  return ring.map((corner, index) => {
    const next = ring[(index + 1) % ring.length]!;
    return [(corner[0]! + next[0]!) / 2, (corner[1]! + next[1]!) / 2];
  });
}
