/** A stand-in for recordings: the invented attack of `scene.ts` as the server would give it, window by window. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { offset } from '../src/geo/local';
import { POLICY } from './mock';
import { attack, FLIGHT_S, ORIGIN, SHOTS, SITE } from './scene';

const DIST = join(import.meta.dirname, '..', 'dist');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml',
};

export const NAME = '2026-11-22T18-00-00Z.mcap';
export const BEGAN_MS = Date.parse('2026-11-22T18:00:00.000Z');
const WINDOW_MS = 10_000;
export const LENGTH_MS = 45_000;
/** The first launch is so long after the beginning. */
export const LAUNCH_MS = 5_000;
/** The first alarm, four seconds after the launch. */
export const ALARM_MS = BEGAN_MS + LAUNCH_MS + 4_000;
export const ALARM = 'alarm-embassy';

const picture = (at_ms: number) => attack((at_ms - BEGAN_MS - LAUNCH_MS) / 1000, at_ms, 6);

const FACTS = {
  name: NAME, site: SITE.name, recorded_mode: 'exercise', program: 'parapet 0.1.0', from_ms: BEGAN_MS, to_ms: BEGAN_MS + LENGTH_MS,
  window_ms: WINDOW_MS, bytes: 1, progress: 1, looked_through: true, growing: false, ending: 'closed', not_understood: 0, rounds: 1,
  alarms: 1, marks_left_out: 0,
  marks: [
    { at_ms: ALARM_MS - 200, kind: 'detection', words: 'Round 101 detected', track: 101 },
    { at_ms: ALARM_MS, kind: 'take_cover', words: 'Embassy: take cover, told 17.5 s', alarm: ALARM, zone: 'embassy' },
    { at_ms: BEGAN_MS + LAUNCH_MS + 1000 * FLIGHT_S, kind: 'impact', words: 'Round 101 comes down', track: 101 },
    { at_ms: BEGAN_MS + 40_000, kind: 'sensor_lost', words: 'Radar South falls silent' },
  ],
};

function impact(east_m: number, north_m: number, at_ms: number) {
  const { to } = SHOTS[0]!;
  const [lon_deg, lat_deg] = offset(to, east_m, north_m) as [number, number];
  return { lat_deg, lon_deg, at_ms, sigma_time_s: 0.3, ellipse: { semi_major_m: 300, semi_minor_m: 90, bearing_deg: 290 } };
}

const FELL_MS = BEGAN_MS + LAUNCH_MS + 1000 * FLIGHT_S;
const ROUNDS = {
  rounds: [{
    track: 101, class: 'rocket', first_plot_ms: ALARM_MS - 900, detected_ms: ALARM_MS - 200, ended_ms: FELL_MS + 2_000,
    predictions: [
      { at_ms: ALARM_MS - 200, probability: 0.97, impact: impact(200, 0, FELL_MS - 600) },
      { at_ms: ALARM_MS + 6_000, probability: 0.999, impact: impact(30, 0, FELL_MS - 100) },
    ],
    came_down: impact(0, 0, FELL_MS), came_from: null,
    arc: [[ORIGIN.lon_deg + 0.08, ORIGIN.lat_deg - 0.02, 900, ALARM_MS], [ORIGIN.lon_deg + 0.01, ORIGIN.lat_deg - 0.006, 40, FELL_MS]],
    misfit: 1, agrees: true,
  }],
  rounds_left_out: 0,
  alarms: [{ id: ALARM, zone: 'embassy', zone_name: 'Embassy', words: [{ at_ms: ALARM_MS, stage: 'take_cover', impact_ms: FELL_MS - 500, probability: 0.83, threshold: 0.05, threats: [101] }] }],
};

const RULE = { zone_threshold: 0.05, misses_worth: 19, posture: 'normal', ballistic_probability: 0.95, existence_probability: 0.9, plots_min: 4, corroboration: 1, effect_radius_m: 100 };
const OUTLINE = SITE.zones.features[0]!.geometry.coordinates[0]!;
const HAZARD = Array.from({ length: 60 }, (_, n) => ({ at_ms: ALARM_MS - 2_000 + 500 * n, probability: Math.min(0.97, 0.001 * 1.6 ** n), threshold: 0.05 }));
const at = (ms: number) => new Date(ms).toISOString();

export const CARD = {
  alarm: ALARM, zone: 'embassy', zone_name: 'Embassy', people: 1200, mode: 'exercise', decided_at: at(ALARM_MS), stage: 'take_cover',
  probability: 0.36, threshold: 0.05, rule: RULE, left: { earliest_s: 16.4, median_s: 18.1, latest_s: 19.9 }, advice: 'down_now',
  tracks: [{
    track: 101, class: 'rocket', classes: { mortar: 0.01, artillery: 0.04, rocket: 0.95, aircraft: 0, drone: 0, bird: 0, unknown: 0 },
    existence: 0.999, probability_of_a_round: 0.97, impact: impact(200, 0, FELL_MS - 600), came_down: impact(0, 0, FELL_MS), came_from: null,
    off_m: 200, endangers: 0.36, plots_used: 6, sensors: { north: 4, south: 2 },
    plots: [1, 2, 3].map((n) => ({
      sensor: 'north', sequence: n, measured_at: at(ALARM_MS - 400 + n * 100), heard_at: at(ALARM_MS - 380 + n * 100), range_m: 7_400 - 20 * n,
      azimuth_deg: 101.5, elevation_deg: 12.25, range_rate_mps: -280, datagram: 40 + n,
    })),
  }],
  hazard: HAZARD, timeline: { measured_ms: ALARM_MS - 100, heard_ms: ALARM_MS - 80, sensor: 'north', decided_ms: ALARM_MS },
  deliveries: [
    { alarm: ALARM, stage: 'take_cover', revision: 1, channel: 'sirens', receiver: 'gate', queued_s: 0.0004, sent_s: 0.0011, acknowledged_s: 0.031, resent: 0 },
    { alarm: ALARM, stage: 'take_cover', revision: 1, channel: 'sirens', receiver: 'roof', queued_s: 0.0004, sent_s: 0.0011, acknowledged_s: null, resent: 2 },
  ],
  alternatives: [{ threshold: 0.0125, later_s: -1.2 }, { threshold: 0.1, later_s: 2 }, { threshold: 0.2, later_s: null }],
  messages: [{ at: at(ALARM_MS), stage: 'take_cover', reason: 'impact_predicted', probability: 0.36, threshold: 0.05, seconds_left: 18.1 }],
  outline: OUTLINE,
};

export const QUIET_ZONE = {
  zone: 'dining', zone_name: 'Dining Hall', people: 350, alarms: [], threshold: 0.05, worst: { at: at(ALARM_MS + 900), probability: 0.004, left: null, tracks: [[101, 0.004]] },
  nearest: [{ track: 101, at: at(ALARM_MS), away_m: 1_640.2, semi_major_m: 300, probability_of_a_round: 0.97, believed: true, impact: impact(200, 0, FELL_MS) }],
  rule: RULE, hazard: HAZARD.map((point) => ({ ...point, probability: point.probability / 300 })), outline: SITE.zones.features[6]!.geometry.coordinates[0]!,
};

/** Two pictures per second, of which every one but the first is sent as what changed. */
function window(number: number) {
  const from_ms = BEGAN_MS + number * WINDOW_MS;
  const times = Array.from({ length: 20 }, (_, n) => from_ms + n * 500).filter((time) => time <= FACTS.to_ms);
  const then = times.slice(1).map((time) => {
    const now = picture(time);
    return { set: { ...now }, lists: {} };
  });
  return { number, from_ms, to_ms: from_ms + WINDOW_MS, complete: true, first: picture(from_ms), then };
}

export class TapeServer {
  /** What the recording itself answers; a test may change it. */
  facts: object = FACTS;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://tape');
    const json = (value: object, status = 200) => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const base = `/api/recordings/${NAME}`;
    const found = /^\/pictures\/(\d+)$/.exec(pathname.startsWith(base) ? pathname.slice(base.length) : '');
    if (found) return json(window(Number(found[1])));
    if (pathname === `${base}/why`) {
      if (searchParams.get('part') === 'without') return json({ without: [{ sensor: 'north', later_s: 3.2 }, { sensor: 'south', later_s: null }] });
      if (searchParams.get('alarm') === ALARM) return json(CARD);
      if (searchParams.has('zone')) return json(QUIET_ZONE);
      return json({ error: 'the recording has no such alarm', remedy: 'choose another' }, 404);
    }
    switch (pathname) {
      case base:
        return json(this.facts);
      case `${base}/site`:
        return json({ ...SITE, mode: 'replay', recorded_mode: 'exercise' });
      case `${base}/rounds`:
        return json(ROUNDS);
      case '/api/recordings':
        return json({
          recordings: [
            { name: NAME, bytes: 8_308_969, site: SITE.name, mode: 'exercise', started_ms: BEGAN_MS, length_s: 45, closed: true, alarm_messages: 3 },
            { name: 'torn.mcap', bytes: 17, unreadable: 'at byte 0: not an MCAP file' },
          ],
        });
      default:
        if (pathname.startsWith('/api/')) return json({ error: 'there is no such recording', remedy: 'GET /api/recordings lists them' }, 404);
        return this.file(pathname === '/replay' ? '/replay.html' : pathname, response);
    }
  }

  private async file(path: string, response: ServerResponse): Promise<void> {
    try {
      const body = await readFile(join(DIST, normalize(path)));
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream', 'content-security-policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }
}
