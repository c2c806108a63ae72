/** Metres on the ground to degrees on the map, near one place, on the WGS 84 ellipsoid. */

import type { Position } from 'geojson';

const SEMI_MAJOR_M = 6_378_137; // WGS 84, NIMA TR8350.2
const ECCENTRICITY_SQUARED = 6.694_379_990_14e-3; // WGS 84, NIMA TR8350.2
const RAD_PER_DEG = Math.PI / 180;

export interface Place {
  lat_deg: number;
  lon_deg: number;
}

/** Radii of curvature (meridian M, prime vertical N) at a latitude. */
function radii_m(lat_deg: number): { meridian_m: number; normal_m: number } {
  const s = Math.sin(lat_deg * RAD_PER_DEG);
  const w2 = 1 - ECCENTRICITY_SQUARED * s * s;
  const normal_m = SEMI_MAJOR_M / Math.sqrt(w2);
  return { meridian_m: (normal_m * (1 - ECCENTRICITY_SQUARED)) / w2, normal_m };
}

/**
 * The place `east_m`, `north_m` along the ground from `from`, as [longitude, latitude].
 *
 * Mid-latitude formula: the radii are taken half-way, which leaves an error of metres at 50 km. That is less than a
 * pixel at any zoom that shows 50 km; it is for drawing, and nothing here is sent back to the engine.
 */
export function offset(from: Place, east_m: number, north_m: number): Position {
  const rough_deg = north_m / radii_m(from.lat_deg).meridian_m / RAD_PER_DEG;
  const middle_deg = from.lat_deg + rough_deg / 2;
  const { meridian_m, normal_m } = radii_m(middle_deg);
  return [
    from.lon_deg + east_m / (normal_m * Math.cos(middle_deg * RAD_PER_DEG)) / RAD_PER_DEG,
    from.lat_deg + north_m / meridian_m / RAD_PER_DEG,
  ];
}

/** Degrees of longitude and latitude in a metre along the ground at a latitude. */
export function degreesPerMetre(lat_deg: number): { east_deg: number; north_deg: number } {
  const { meridian_m, normal_m } = radii_m(lat_deg);
  return { east_deg: 1 / (normal_m * Math.cos(lat_deg * RAD_PER_DEG) * RAD_PER_DEG), north_deg: 1 / (meridian_m * RAD_PER_DEG) };
}

/** A closed ring of positions at `radius_m` around a place. */
export function circle(centre: Place, radius_m: number, steps = 128): Position[] {
  return ellipse(centre, { semi_major_m: radius_m, semi_minor_m: radius_m, bearing_deg: 0 }, steps);
}

/** A closed, counter-clockwise ring (RFC 7946) along an ellipse whose major axis is `bearing_deg` clockwise from north. */
export function ellipse(
  centre: Place,
  shape: { semi_major_m: number; semi_minor_m: number; bearing_deg: number },
  steps = 64,
): Position[] {
  const sinB = Math.sin(shape.bearing_deg * RAD_PER_DEG);
  const cosB = Math.cos(shape.bearing_deg * RAD_PER_DEG);
  const ring: Position[] = [];
  for (let step = 0; step < steps; step += 1) {
    const angle = (-2 * Math.PI * step) / steps;
    const along_m = shape.semi_major_m * Math.cos(angle);
    const across_m = shape.semi_minor_m * Math.sin(angle);
    ring.push(offset(centre, along_m * sinB + across_m * cosB, along_m * cosB - across_m * sinB));
  }
  ring.push(ring[0]!);
  return ring;
}

/** Centroid of a polygon's outer ring: where its label goes. Falls back to the first corner of a ring without area. */
export function centroid(ring: Position[]): Position {
  const [x0, y0] = ring[0] as [number, number];
  let area = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [ax, ay] = [ring[i]![0]! - x0, ring[i]![1]! - y0];
    const [bx, by] = [ring[i + 1]![0]! - x0, ring[i + 1]![1]! - y0];
    const cross = ax * by - bx * ay;
    area += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return Math.abs(area) < 1e-15 ? [x0, y0] : [x0 + x / (3 * area), y0 + y / (3 * area)];
}

export type Box = [west: number, south: number, east: number, north: number];

/** The smallest box around the positions, or null when there are none. */
export function boxAround(positions: Iterable<Position>): Box | null {
  let box: Box | null = null;
  for (const [lon, lat] of positions as Iterable<[number, number]>) {
    box = box
      ? [Math.min(box[0], lon), Math.min(box[1], lat), Math.max(box[2], lon), Math.max(box[3], lat)]
      : [lon, lat, lon, lat];
  }
  return box;
}

/** The box grown on every side by `share` of its size, and to at least `half_min_m` from its middle. */
export function grow([west, south, east, north]: Box, share: number, half_min_m: number): Box {
  const middle = { lat_deg: (south + north) / 2, lon_deg: (west + east) / 2 };
  const [lonMin, latMin] = offset(middle, half_min_m, half_min_m) as [number, number];
  const halfLon = Math.max(((east - west) / 2) * (1 + 2 * share), lonMin - middle.lon_deg);
  const halfLat = Math.max(((north - south) / 2) * (1 + 2 * share), latMin - middle.lat_deg);
  return [middle.lon_deg - halfLon, middle.lat_deg - halfLat, middle.lon_deg + halfLon, middle.lat_deg + halfLat];
}
