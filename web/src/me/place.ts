/** Where somebody is, and which zones that concerns. Decided here, on the phone: a place is never sent anywhere. */

import type { Feature, Polygon, Position } from 'geojson';
import type { PublicZone, Shelter } from '../contract/public';
import { centroid, type Place } from '../geo/local';

export type Zone = Feature<Polygon, PublicZone>;

/** A zone as a whole, a point that was touched on the map, or where the phone says it is. */
export type Chosen =
  | { kind: 'zone'; zone: string }
  | { kind: 'point'; lat_deg: number; lon_deg: number }
  | { kind: 'sensed'; lat_deg: number; lon_deg: number; accuracy_m: number };

const RAD_PER_DEG = Math.PI / 180;
const METRES_PER_DEG = 111_195; // a mean Earth of 6,371 km: right to half a per cent, far better than a phone knows where it is

/** Metres east and north from one place to another, near each other. */
export function between(from: Place, [lon_deg, lat_deg]: Position): [east_m: number, north_m: number] {
  const east = ((lon_deg! - from.lon_deg + 540) % 360) - 180;
  return [east * METRES_PER_DEG * Math.cos(from.lat_deg * RAD_PER_DEG), (lat_deg! - from.lat_deg) * METRES_PER_DEG];
}

export interface Way {
  distance_m: number;
  /** Clockwise from north, 0 to 360. */
  bearing_deg: number;
}

export function way(from: Place, to: Position): Way {
  const [east_m, north_m] = between(from, to);
  return { distance_m: Math.hypot(east_m, north_m), bearing_deg: (Math.atan2(east_m, north_m) / RAD_PER_DEG + 360) % 360 };
}

/** The compass point that a bearing is nearest to, as the words name it. */
export function compassPoint(bearing_deg: number): 'n' | 'ne' | 'e' | 'se' | 's' | 'sw' | 'w' | 'nw' {
  return (['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const)[Math.round((((bearing_deg % 360) + 360) % 360) / 45) % 8]!;
}

/** The nearest point of a segment to the origin of both its ends, which are in metres. */
function nearestOn([ax, ay]: readonly [number, number], [bx, by]: readonly [number, number]): [number, number] {
  const [dx, dy] = [bx - ax, by - ay];
  const length2 = dx * dx + dy * dy;
  const share = length2 === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length2));
  return [ax + share * dx, ay + share * dy];
}

/** The way to the nearest point of an area; of length 0 inside it. The first ring is its outside, further ones are holes. */
export function wayInto(from: Place, rings: readonly (readonly Position[])[]): Way {
  let inside = false;
  let nearest: [number, number] = [Infinity, Infinity];
  for (const ring of rings) {
    const corners = ring.map((corner) => between(from, corner));
    corners.forEach((b, index) => {
      const a = corners[(index + corners.length - 1) % corners.length]!;
      // A ray to the east crosses the outline an odd number of times from inside; holes are outlines too.
      if (a[1] > 0 !== b[1] > 0 && a[0] + ((b[0] - a[0]) * -a[1]) / (b[1] - a[1]) > 0) inside = !inside;
      const near = nearestOn(a, b);
      if (Math.hypot(...near) < Math.hypot(...nearest)) nearest = near;
    });
  }
  if (inside) return { distance_m: 0, bearing_deg: 0 };
  return { distance_m: Math.hypot(...nearest), bearing_deg: (Math.atan2(nearest[0], nearest[1]) / RAD_PER_DEG + 360) % 360 };
}

/** The zones that a choice concerns: within the accuracy of what the phone says, every zone that it may be in. */
export function zonesOf(chosen: Chosen, zones: readonly Zone[]): Zone[] {
  if (chosen.kind === 'zone') return zones.filter((zone) => zone.properties.id === chosen.zone);
  const doubt_m = chosen.kind === 'sensed' ? chosen.accuracy_m : 0;
  return zones.filter((zone) => wayInto(chosen, zone.geometry.coordinates).distance_m <= doubt_m);
}

export interface Nearest {
  zone: Zone;
  way: Way;
}

export function nearestZone(from: Place, zones: readonly Zone[]): Nearest | null {
  return zones.reduce<Nearest | null>((best, zone) => {
    const found = wayInto(from, zone.geometry.coordinates);
    return best && best.way.distance_m <= found.distance_m ? best : { zone, way: found };
  }, null);
}

/** Whether a choice lies in the endangered part; whoever chose a whole zone lies in every part of it. */
export function inPart(chosen: Chosen, part: readonly Position[]): boolean {
  if (chosen.kind === 'zone' || part.length === 0) return true;
  return wayInto(chosen, [part]).distance_m <= (chosen.kind === 'sensed' ? chosen.accuracy_m : 0);
}

/** From where ways are counted: the place itself, or the middle of the zone. */
export function standpoint(chosen: Chosen, zones: readonly Zone[]): Place | null {
  if (chosen.kind !== 'zone') return chosen;
  const zone = zones.find((found) => found.properties.id === chosen.zone);
  if (!zone) return null;
  const [lon_deg, lat_deg] = centroid(zone.geometry.coordinates[0]!) as [number, number];
  return { lat_deg, lon_deg };
}

export interface ShelterWay {
  shelter: Shelter;
  way: Way;
}

export function nearestShelter(from: Place, shelters: readonly Shelter[]): ShelterWay | null {
  return shelters.reduce<ShelterWay | null>((best, shelter) => {
    const found = way(from, [shelter.lon_deg, shelter.lat_deg]);
    return best && best.way.distance_m <= found.distance_m ? best : { shelter, way: found };
  }, null);
}

/** Metres as people say them: tens below a kilometre, hundreds above. */
export function saidMetres(distance_m: number): number {
  const step = distance_m < 1000 ? 10 : 100;
  return Math.max(step, Math.round(distance_m / step) * step);
}
