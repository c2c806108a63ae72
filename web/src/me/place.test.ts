import { describe, expect, it } from 'vitest';
import type { Position } from 'geojson';
import { offset, type Place } from '../geo/local';
import { compassPoint, inPart, nearestShelter, nearestZone, saidMetres, standpoint, way, wayInto, zonesOf, type Zone } from './place';

const HERE: Place = { lat_deg: 33.3, lon_deg: 44.39 };
const at = (east_m: number, north_m: number): Position => offset(HERE, east_m, north_m);
const point = (east_m: number, north_m: number) => {
  const [lon_deg, lat_deg] = at(east_m, north_m) as [number, number];
  return { kind: 'point' as const, lat_deg, lon_deg };
};
const square = (east_m: number, north_m: number, half_m: number): Position[] =>
  [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([x, y]) => at(east_m + x! * half_m, north_m + y! * half_m));
const zone = (id: string, ...rings: Position[][]): Zone => ({
  type: 'Feature', geometry: { type: 'Polygon', coordinates: rings }, properties: { id, name: id, names: {}, shelter_s: null },
});

/** A block with a court in it, and a hut to the east. */
const ZONES = [zone('block', square(0, 0, 100), square(0, 0, 20)), zone('hut', square(400, 0, 50))];
const ids = (zones: Zone[]) => zones.map((found) => found.properties.id);

describe('a place', () => {
  it('lies in a zone, in its hole, or beside it', () => {
    expect(ids(zonesOf(point(50, 50), ZONES))).toEqual(['block']);
    expect(ids(zonesOf(point(0, 0), ZONES))).toEqual([]);
    expect(ids(zonesOf(point(200, 0), ZONES))).toEqual([]);
    expect(ids(zonesOf({ kind: 'zone', zone: 'hut' }, ZONES))).toEqual(['hut']);
    expect(ids(zonesOf({ kind: 'zone', zone: 'gone' }, ZONES))).toEqual([]);
  });

  it('that is known roughly concerns every zone that it may be in', () => {
    const sensed = (accuracy_m: number) => ({ ...point(230, 0), kind: 'sensed' as const, accuracy_m });
    expect(ids(zonesOf(sensed(100), ZONES))).toEqual([]);
    expect(ids(zonesOf(sensed(125), ZONES))).toEqual(['hut']);
    expect(ids(zonesOf(sensed(140), ZONES))).toEqual(['block', 'hut']);
  });

  it('has a way to the nearest edge', () => {
    const found = wayInto(point(300, 30), ZONES[1]!.geometry.coordinates);
    expect(found.distance_m).toBeCloseTo(50, 0);
    expect(found.bearing_deg).toBeCloseTo(90, 0);
    expect(nearestZone(point(-500, 0), ZONES)?.zone.properties.id).toBe('block');
    expect(nearestZone(HERE, [])).toBeNull();
  });

  it('is in the endangered part, or is a whole zone, which has every part', () => {
    const part = square(60, 60, 20).slice(0, -1);
    expect(inPart(point(60, 60), part)).toBe(true);
    expect(inPart(point(-60, 60), part)).toBe(false);
    expect(inPart({ ...point(20, 60), kind: 'sensed', accuracy_m: 30 }, part)).toBe(true);
    expect(inPart({ kind: 'zone', zone: 'block' }, part)).toBe(true);
    expect(inPart(point(-60, 60), []), 'no part is the whole').toBe(true);
  });
});

describe('the way', () => {
  it('is told by eight points and metres that people say', () => {
    expect([0, 22, 23, 90, 180, 270, 337, 338, 359].map(compassPoint)).toEqual(['n', 'n', 'ne', 'e', 's', 'w', 'nw', 'n', 'n']);
    expect([3, 14, 106, 994, 1949, 12_345].map(saidMetres)).toEqual([10, 10, 110, 990, 1900, 12_300]);
    const found = way(HERE, at(300, -300));
    expect(found.distance_m).toBeCloseTo(424, -1);
    expect(found.bearing_deg).toBeCloseTo(135, 0);
  });

  it('leads to the nearest shelter, from the middle of a zone where that is all that is known', () => {
    const shelter = (id: string, east_m: number) => ({ id, name: id, lon_deg: at(east_m, 0)[0]!, lat_deg: at(east_m, 0)[1]! });
    const from = standpoint({ kind: 'zone', zone: 'hut' }, ZONES)!;
    expect(nearestShelter(from, [shelter('far', -50), shelter('near', 520)])?.shelter.id).toBe('near');
    expect(nearestShelter(from, [])).toBeNull();
  });

  it('goes over the date line', () => {
    expect(way({ lat_deg: 0, lon_deg: 179.99 }, [-179.99, 0]).distance_m).toBeCloseTo(2224, 0);
  });
});
