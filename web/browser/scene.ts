/** An invented site and an invented attack on it: pictures as functions of time. */

import type { Position } from 'geojson';
import type { Alarm, PathPoint, Picture, Salvo, Threat, Track, TrackClass } from '../src/contract/picture';
import type { Site, Zone } from '../src/contract/site';
import { offset, type Place } from '../src/geo/local';

export const ORIGIN = { lat_deg: 33.306, lon_deg: 44.387, height_m: 34 };

/** Markup in a name must appear as these very characters. */
export const HOSTILE_NAME = '<img src=x onerror="document.title=1"><b>Annex</b>';

const east_north = (east_m: number, north_m: number): Place => {
  const [lon_deg, lat_deg] = offset(ORIGIN, east_m, north_m) as [number, number];
  return { lat_deg, lon_deg };
};

function zone(id: string, name: string, kind: string, people: number, [east_m, north_m]: [number, number], [width_m, height_m]: [number, number], turn_deg = 0): Zone {
  const [s, c] = [Math.sin((turn_deg * Math.PI) / 180), Math.cos((turn_deg * Math.PI) / 180)];
  const corner = (x: number, y: number): Position => offset(ORIGIN, east_m + x * c - y * s, north_m + x * s + y * c);
  const [w, h] = [width_m / 2, height_m / 2];
  const ring = [corner(-w, -h), corner(w, -h), corner(w, h), corner(-w, h), corner(-w, -h)];
  return { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { id, name, kind, people } };
}

export const SITE: Site = {
  name: 'River Compound',
  mode: 'live',
  version: '0.0.0-mock',
  origin: ORIGIN,
  sensors: [
    { id: 'north', name: 'Radar North', kind: 'radar', ...east_north(300, 1900), height_m: 40, range_min_m: 300, range_max_m: 15_000 },
    { id: 'south', name: 'Radar South', kind: 'radar', ...east_north(-500, -1900), height_m: 38, range_min_m: 300, range_max_m: 15_000 },
  ],
  zones: {
    type: 'FeatureCollection',
    features: [
      zone('embassy', 'Embassy', 'embassy', 1200, [1100, -700], [760, 560], 12),
      zone('hospital', 'Hospital', 'hospital', 420, [-300, 500], [420, 360], -8),
      zone('housing-n', 'North Housing', 'housing', 900, [700, 1150], [620, 380], 5),
      zone('housing-s', 'South Housing', 'housing', 650, [-350, -1150], [560, 420], 20),
      zone('command', 'Command', 'office', 180, [350, -80], [340, 300], 0),
      zone('gate', 'East Gate', 'gate', 60, [1900, 300], [240, 260], 15),
      zone('dining', 'Dining Hall', 'assembly', 350, [-1100, 120], [300, 260], -12),
      zone('annex', HOSTILE_NAME, 'office', 40, [-1500, -700], [420, 340], 30),
      zone('motor', 'Motor Pool', 'works', 80, [-1250, 1050], [520, 380], 0),
    ],
  },
};

interface Shot {
  id: number;
  class: TrackClass;
  from: Place;
  to: Place;
  launch_s: number;
  flight_s: number;
  /** The zone under its ellipse; null where nobody is. */
  zone: string | null;
}

const LAUNCH = east_north(8_200, -3_000);
export const FLIGHT_S = 22;

export const SHOTS: Shot[] = [
  { id: 101, class: 'rocket', from: LAUNCH, to: east_north(1150, -640), launch_s: 0, flight_s: FLIGHT_S, zone: 'embassy' },
  { id: 102, class: 'rocket', from: LAUNCH, to: east_north(1300, -830), launch_s: 3, flight_s: FLIGHT_S, zone: 'embassy' },
  { id: 103, class: 'rocket', from: LAUNCH, to: east_north(-280, 470), launch_s: 6, flight_s: FLIGHT_S + 1, zone: 'hospital' },
  { id: 104, class: 'rocket', from: LAUNCH, to: east_north(2600, 1300), launch_s: 8, flight_s: FLIGHT_S, zone: null },
];

/** Seconds from launch to the first alarm, and from the last impact to all clear, in this invented attack. */
const TRACKED_AFTER_S = 4;
const HOLD_S = 10;

const base: Omit<Track, 'id' | 'lat_deg' | 'lon_deg'> = {
  height_m: 900, speed_mps: 100, course_deg: 0, climb_mps: 0, class: 'unknown', odds: {}, existence: 0.98, threat: false,
  plots: 12, updated_ms: 0, callsign: null,
};

function bearing_deg(from: Place, to: Place): number {
  const east = (to.lon_deg - from.lon_deg) * Math.cos((from.lat_deg * Math.PI) / 180);
  return ((Math.atan2(east, to.lat_deg - from.lat_deg) * 180) / Math.PI + 360) % 360;
}

function round(shot: Shot, t_s: number, now_ms: number): Track {
  const share = Math.min(1, (t_s - shot.launch_s) / shot.flight_s);
  return {
    ...base,
    id: shot.id,
    lat_deg: shot.from.lat_deg + (shot.to.lat_deg - shot.from.lat_deg) * share,
    lon_deg: shot.from.lon_deg + (shot.to.lon_deg - shot.from.lon_deg) * share,
    height_m: 4 * 1800 * share * (1 - share),
    speed_mps: 350,
    course_deg: bearing_deg(shot.from, shot.to),
    class: shot.class,
    odds: { ballistic: 0.9, boosting: 0.05, coasting: 0.04, level: 0.01 },
    classes: { mortar: 0.01, artillery: 0.03, rocket: 0.95, unknown: 0.01 },
    climb_mps: (4 * 1800 * (1 - 2 * share)) / shot.flight_s,
    threat: shot.zone !== null,
    updated_ms: now_ms,
  };
}

/** The rest of its parabola, at equal times. */
function path(shot: Shot, t_s: number): PathPoint[] {
  const now = Math.min(1, (t_s - shot.launch_s) / shot.flight_s);
  return Array.from({ length: 17 }, (_, step) => {
    const share = now + ((1 - now) * step) / 16;
    const along = (from: number, to: number) => from + (to - from) * share;
    return [along(shot.from.lon_deg, shot.to.lon_deg), along(shot.from.lat_deg, shot.to.lat_deg), Math.max(ORIGIN.height_m, 4 * 1800 * share * (1 - share))];
  });
}

function threat(shot: Shot, t_s: number, start_ms: number): Threat {
  const left = Math.max(0.05, 1 - (t_s - shot.launch_s) / shot.flight_s);
  return {
    track: shot.id,
    path: path(shot, t_s),
    impact: {
      ...shot.to,
      at_ms: start_ms + (shot.launch_s + shot.flight_s) * 1000,
      sigma_time_s: 1.2 * left,
      ellipse: { semi_major_m: 120 + 700 * left, semi_minor_m: 50 + 220 * left, bearing_deg: bearing_deg(shot.from, shot.to) },
    },
  };
}

/** Ordinary traffic: it must never look like a threat. */
function traffic(t_s: number, now_ms: number, birds: number): Track[] {
  const airliner = { ...east_north(-5500 + 110 * t_s, 3000 + 20 * t_s) };
  const helicopter = { ...east_north(2200 - 40 * t_s, -2300 + 30 * t_s) };
  const flock = Array.from({ length: birds }, (_, i) => ({
    ...base, ...east_north(2400 * Math.cos(i * 2.4) * Math.sqrt(i / birds) - 600 + 8 * t_s, 2400 * Math.sin(i * 2.4) * Math.sqrt(i / birds)),
    id: 500 + i, class: 'bird' as const, speed_mps: 12, course_deg: (i * 47) % 360, height_m: 80, updated_ms: now_ms,
  }));
  return [
    { ...base, ...airliner, id: 1, class: 'aircraft', callsign: 'IAW117', speed_mps: 112, course_deg: 80, height_m: 2400, updated_ms: now_ms },
    { ...base, ...helicopter, id: 2, class: 'aircraft', callsign: 'DUST21', speed_mps: 50, course_deg: 307, height_m: 150, updated_ms: now_ms },
    { ...base, ...east_north(-2000, 1800), id: 3, class: 'slow_flyer', speed_mps: 14, course_deg: 120, height_m: 110, updated_ms: now_ms },
    { ...base, ...east_north(3300, 900), id: 4, class: 'unknown', speed_mps: 30, course_deg: 200, updated_ms: now_ms - 9000 },
    ...flock,
  ];
}

function alarm(zoneId: string, t_s: number, start_ms: number): Alarm[] {
  const shots = SHOTS.filter((shot) => shot.zone === zoneId);
  const raised_s = shots[0]!.launch_s + TRACKED_AFTER_S;
  if (t_s < raised_s) return [];
  const impacts_s = shots.map((shot) => shot.launch_s + shot.flight_s);
  const last_s = Math.max(...impacts_s);
  const stage = t_s < last_s ? 'take_cover' : t_s < last_s + HOLD_S ? 'hold' : 'all_clear';
  return [{
    id: `alarm-${zoneId}`,
    zone: zoneId,
    zone_name: SITE.zones.features.find((entry) => entry.properties.id === zoneId)!.properties.name,
    stage,
    raised_ms: start_ms + raised_s * 1000,
    updated_ms: start_ms + t_s * 1000,
    impact_ms: start_ms + Math.min(...impacts_s) * 1000,
    probability: 0.83,
    threats: shots.filter((shot) => t_s >= shot.launch_s + TRACKED_AFTER_S).map((shot) => shot.id),
    reason: stage === 'all_clear' ? 'no threat for 10 s' : null,
  }];
}

/** The rounds that were seen so far, until a minute after the last of them. */
function salvo(t_s: number, start_ms: number): Salvo | null {
  const seen = SHOTS.filter((shot) => t_s >= shot.launch_s + TRACKED_AFTER_S);
  const last_s = Math.max(...seen.map((shot) => shot.launch_s + shot.flight_s));
  if (seen.length === 0 || t_s > last_s + 60) return null;
  const in_air = seen.filter((shot) => t_s < shot.launch_s + shot.flight_s).length;
  return { began_ms: start_ms, rounds: seen.length, in_air, last_impact_ms: start_ms + last_s * 1000 };
}

/** The picture `t_s` seconds after the first launch. */
export function attack(t_s: number, now_ms: number, birds = 12): Picture {
  const start_ms = now_ms - t_s * 1000;
  const flying = SHOTS.filter((shot) => t_s >= shot.launch_s + TRACKED_AFTER_S && t_s < shot.launch_s + shot.flight_s);
  return {
    now_ms,
    tracks: [...traffic(t_s, now_ms, birds), ...flying.map((shot) => round(shot, t_s, now_ms))],
    threats: flying.map((shot) => threat(shot, t_s, start_ms)),
    salvo: salvo(t_s, start_ms),
    alarms: ['embassy', 'hospital'].flatMap((id) => alarm(id, t_s, start_ms)),
    sensors: [
      { id: 'north', state: 'ok', last_heard_ms: now_ms - 200, plots: 18_244, refused: 12, troubles: [] },
      { id: 'south', state: 'silent', last_heard_ms: now_ms - 34_000, plots: 9_120, refused: 3, troubles: [] },
    ],
    counts: { heard: 27_364, used: 26_901, refused: 15, recording: 'ok', alarm_output: 'ok', datagrams_lost: 0 },
  };
}

/** Ordinary traffic and nothing else. */
export function quiet(now_ms: number): Picture {
  return attack(-100, now_ms);
}
