/** Valid examples for tests; each test changes only what it is about. */

import type { Alarm, Picture, Threat, Track } from './contract/picture';

export function aTrack(change: Partial<Track> = {}): Track {
  return {
    id: 1, lat_deg: 33.3, lon_deg: 44.4, height_m: 900, speed_mps: 310, course_deg: 265, climb_mps: -90,
    class: 'rocket', odds: { ballistic: 0.97, level: 0.03 }, classes: { rocket: 0.97, aircraft: 0.03 }, existence: 0.99, threat: false, plots: 7, updated_ms: 0,
    callsign: null, ...change,
  };
}

export function aThreat(track: number, at_ms: number): Threat {
  return {
    track,
    impact: {
      lat_deg: 33.3, lon_deg: 44.39, at_ms, sigma_time_s: 0.4,
      ellipse: { semi_major_m: 240, semi_minor_m: 80, bearing_deg: 80 },
    },
  };
}

export function anAlarm(change: Partial<Alarm> = {}): Alarm {
  return {
    id: 'a1', zone: 'z1', zone_name: 'Hospital', stage: 'take_cover', raised_ms: 0, updated_ms: 0, impact_ms: 14_000,
    probability: 0.7, threats: [1], reason: null, say: null, ...change,
  };
}

export function aPicture(change: Partial<Picture> = {}): Picture {
  return {
    now_ms: 0, tracks: [], threats: [], alarms: [], sensors: [],
    counts: { heard: 0, used: 0, refused: 0, recording: 'ok' }, ...change,
  };
}
