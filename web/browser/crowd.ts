/** The most that a page should draw at once: a country's 1,449 warning zones and a thousand tracks. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Feature, FeatureCollection, Polygon, Position } from 'geojson';
import type { Alarm, Picture, Threat, Track } from '../src/contract/picture';
import type { Site, Zone } from '../src/contract/site';
import { offset } from '../src/geo/local';

/** The published polygons, where they are there. */
const PUBLISHED = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'alerts', 'warning_zones_israel.geojson.gz');
const ZONES = 1_449;
/** Corners of a published zone, on average. */
const CORNERS = 47;

/** The published zones, or as many of like size where there are none; says which. */
export function zones(): { zones: Zone[]; from: string } {
  if (!existsSync(PUBLISHED)) return { zones: made(), from: 'made up, because the published polygons are not here' };
  const { features } = JSON.parse(gunzipSync(readFileSync(PUBLISHED)).toString()) as FeatureCollection<Polygon, Record<string, unknown>>;
  const polygons = features.filter((feature) => feature.geometry.type === 'Polygon');
  return { zones: polygons.map((feature, i) => zone(i, feature.geometry.coordinates)), from: 'published' };
}

function zone(i: number, coordinates: Position[][]): Zone {
  return { type: 'Feature', geometry: { type: 'Polygon', coordinates }, properties: { id: `z${i}`, name: `Zone ${i}`, kind: 'town', people: 500 } };
}

function made(): Zone[] {
  const origin = { lat_deg: 31.8, lon_deg: 34.9 };
  return Array.from({ length: ZONES }, (_, i): Feature<Polygon, Zone['properties']> => {
    const [lon_deg, lat_deg] = offset(origin, ((i % 27) - 13) * 4_000, (Math.floor(i / 27) - 27) * 4_000) as [number, number];
    const corner = (k: number) => {
      const angle = (2 * Math.PI * (k % CORNERS)) / CORNERS;
      const radius_m = 1_400 + 300 * Math.sin(5 * angle + i);
      return offset({ lat_deg, lon_deg }, radius_m * Math.cos(angle), radius_m * Math.sin(angle));
    };
    return zone(i, [Array.from({ length: CORNERS + 1 }, (_, k) => corner(k))]);
  });
}

export function site(all: Zone[]): Site {
  const [lon_deg, lat_deg] = all[Math.floor(all.length / 2)]!.geometry.coordinates[0]![0] as [number, number];
  const origin = { lat_deg, lon_deg, height_m: 50 };
  const sensors = [0, 1, 2, 3].map((i) => {
    const [lon, lat] = offset(origin, (i - 1.5) * 20_000, (i % 2) * 30_000 - 15_000) as [number, number];
    return { id: `radar-${i}`, name: `Radar ${i}`, kind: 'radar', lat_deg: lat, lon_deg: lon, height_m: 60, range_min_m: 500, range_max_m: 60_000 };
  });
  return { name: 'A country', mode: 'exercise', version: '0.0.0-mock', origin, sensors, zones: { type: 'FeatureCollection', features: all } };
}

const TRACKS = 1_000;
const ROUNDS = 40;
const ALARMED = 30;

/** A thousand tracks on their ways at an instant, forty of them rounds that alarm thirty zones. */
export function crowd({ origin, sensors, zones: { features } }: Site, begun_ms: number, now_ms: number): Picture {
  const t_s = (now_ms - begun_ms) / 1000;
  const tracks: Track[] = [];
  const threats: Threat[] = [];
  for (let id = 1; id <= TRACKS; id += 1) {
    const course_deg = (id * 137.5) % 360;
    const speed_mps = id <= ROUNDS ? 300 : id % 3 === 0 ? 120 : 14;
    const [sin, cos] = [Math.sin((course_deg * Math.PI) / 180), Math.cos((course_deg * Math.PI) / 180)];
    const from_m = [30_000 * Math.cos(id * 2.4) * Math.sqrt(id / TRACKS), 60_000 * Math.sin(id * 2.4) * Math.sqrt(id / TRACKS)] as const;
    const there = (s: number) => offset(origin, from_m[0] + speed_mps * sin * s, from_m[1] + speed_mps * cos * s) as [number, number];
    const [lon_deg, lat_deg] = there(t_s);
    const kind = id <= ROUNDS ? 'rocket' : id % 3 === 0 ? 'aircraft' : 'bird';
    tracks.push({
      id, lat_deg, lon_deg, height_m: id <= ROUNDS ? 4_000 : 200 + (id % 30) * 100, speed_mps, course_deg, climb_mps: 0, class: kind,
      odds: { ballistic: 0.5, boosting: 0.1, coasting: 0.3, level: 0.1 },
      classes: { mortar: 0.02, artillery: 0.03, rocket: 0.6, aircraft: 0.2, drone: 0.05, bird: 0.05, unknown: 0.05 },
      existence: 0.98, threat: id <= ROUNDS, plots: 40, updated_ms: now_ms - 100, callsign: null,
    });
    if (id <= ROUNDS) threats.push(threat(id, there, t_s, now_ms));
  }
  const alarms = features.slice(0, ALARMED).map((zone, i): Alarm => ({
    id: `a${i}`, zone: zone.properties.id, zone_name: zone.properties.name, stage: i % 3 === 0 ? 'hold' : 'take_cover', raised_ms: begun_ms, updated_ms: begun_ms,
    impact_ms: now_ms + 20_000 + i * 500, probability: 0.6, threats: [1 + (i % ROUNDS)], reason: null, say: null,
  }));
  return {
    now_ms, tracks, threats, alarms, salvo: { began_ms: begun_ms, rounds: ROUNDS, in_air: ROUNDS, last_impact_ms: now_ms + 40_000 },
    sensors: sensors.map(({ id }) => ({ id, state: 'ok' as const, last_heard_ms: now_ms - 100, plots: 1, refused: 0, troubles: [] })),
    counts: { heard: 1, used: 1, refused: 0, recording: 'ok', alarm_output: 'ok', datagrams_lost: 0 },
  };
}

function threat(track: number, there: (s: number) => [number, number], t_s: number, now_ms: number): Threat {
  const left_s = 30;
  const path = Array.from({ length: 17 }, (_, i) => [...there(t_s + (left_s * i) / 16), 4_000 * (1 - (i / 16) ** 2) + 50] as [number, number, number]);
  const [lon_deg, lat_deg] = there(t_s + left_s);
  return { track, path, impact: { lat_deg, lon_deg, at_ms: now_ms + left_s * 1_000, sigma_time_s: 1, ellipse: { semi_major_m: 900, semi_minor_m: 300, bearing_deg: track * 9 } } };
}
