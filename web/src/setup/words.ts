/** Chances and costs in words, coordinates as people type them. */

import type { Position } from 'geojson';

/** `1 in 50`. */
export function oneIn(probability: number): string {
  const times = 1 / probability;
  return times >= 10 ? `1 in ${Math.round(times)}` : `1 in ${times.toFixed(1).replace('.0', '')}`;
}

/** What a threshold means to somebody who has never heard of one. */
export function thresholdWords(probability: number): string {
  if (!(probability > 0 && probability < 1)) return 'A chance lies between 0 and 1.';
  const worse = (1 - probability) / probability;
  const times = worse >= 10 ? Math.round(worse).toString() : worse.toFixed(1).replace('.0', '');
  const held = worse >= 1 ? `${times} times as bad as a needless alarm` : `less bad than a needless alarm`;
  return `Warns when the chance of a round in the zone is ${oneIn(probability)} or more. That holds a missed round for ${held}.`;
}

/** What a change of threshold does. */
export function thresholdChange(before: number, after: number): string {
  if (before === after) return 'No change.';
  const factor = before > after ? before / after : after / before;
  const times = factor >= 10 ? Math.round(factor).toString() : factor.toFixed(1).replace('.0', '');
  return after < before
    ? `Warned from a chance ${times} times smaller: earlier, and more often for nothing.`
    : `Warned from a chance ${times} times greater: later, and less often for nothing.`;
}

/** The probability that costs stand for. */
export function costLoss(cost_false: number, cost_miss: number): number {
  return cost_false / (cost_false + cost_miss);
}

/** Tenths of a metre are enough: nobody surveys a zone better. */
export function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

export function placeWords([lon_deg, lat_deg]: Position): string {
  return `${rounded(lat_deg!)}, ${rounded(lon_deg!)}`;
}

/** Corners as text: latitude and longitude, one corner in a line. */
export function cornersText(ring: readonly Position[]): string {
  return ring.map(placeWords).join('\n');
}

export type Corners = { ring: Position[] } | { fault: string };

/** The corners that somebody has typed, or what is wrong in which line. */
export function readCorners(text: string): Corners {
  const ring: Position[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const place = readPlace(line);
    if ('fault' in place) return { fault: `Line ${index + 1}: ${place.fault}` };
    ring.push(place.place);
  }
  if (ring.length < 3) return { fault: `${ring.length} corners; an outline needs at least 3.` };
  return { ring };
}

/** A place that somebody has typed: `33.305, 44.385`. */
export function readPlace(line: string): { place: Position } | { fault: string } {
  const words = line.trim().split(/[\s,;]+/);
  const [lat_deg, lon_deg] = words.map(Number);
  if (words.length !== 2 || !Number.isFinite(lat_deg) || !Number.isFinite(lon_deg)) {
    return { fault: 'write latitude and longitude in degrees, for example 33.305, 44.385.' };
  }
  if (Math.abs(lat_deg!) > 90) return { fault: `latitude ${lat_deg} is beyond 90 degrees; longitude and latitude may be swapped.` };
  if (Math.abs(lon_deg!) > 180) return { fault: `longitude ${lon_deg} is beyond 180 degrees.` };
  return { place: [lon_deg!, lat_deg!] };
}

/** An id out of a name, as the site file wants it, and one that is free. */
export function freeId(name: string, taken: ReadonlySet<string>): string {
  const slug = name.toLowerCase().replace(/[^a-z0-9_.]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 58) || 'zone';
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; number += 1) if (!taken.has(`${slug}-${number}`)) return `${slug}-${number}`;
}
