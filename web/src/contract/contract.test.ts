import { describe, expect, it } from 'vitest';
import { anAlarm, aPicture, aThreat, aTrack } from '../testing';
import { readCoverage } from './coverage';
import { readPicture } from './picture';
import { readSite } from './site';

const site = {
  name: 'Compound', mode: 'exercise', version: '0.1.0', origin: { lat_deg: 33.3, lon_deg: 44.39, height_m: 34 },
  sensors: [{ id: 'r1', name: 'North', kind: 'radar', lat_deg: 33.31, lon_deg: 44.39, height_m: 40, range_min_m: 300, range_max_m: 25000 }],
  zones: {
    type: 'FeatureCollection',
    features: [{
      type: 'Feature',
      geometry: { type: 'Polygon', coordinates: [[[44, 33], [44.1, 33], [44.1, 33.1], [44, 33]]] },
      properties: { id: 'z1', name: 'Hospital', kind: 'hospital', people: 300, colour: 'ignored' },
    }],
  },
};

/** A deep copy of `value` with the entry at `path` replaced, or removed when `put` is undefined. */
function changed(value: unknown, path: string, put: unknown): string {
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
  if (put === undefined) delete parent[last];
  else parent[last] = put;
  return JSON.stringify(copy);
}

const coverage = {
  type: 'FeatureCollection', height_m: 500, terrain: false,
  features: [{
    type: 'Feature',
    geometry: { type: 'MultiPolygon', coordinates: [[[[44, 33], [44.1, 33], [44.1, 33.1], [44, 33]]]] },
    properties: { sensor: 'north', height_m: 500, area_km2: 12.5 },
  }],
};

describe('coverage', () => {
  it('is read, and what does not fit is named', () => {
    expect(readCoverage(JSON.stringify(coverage)).features[0]!.properties.area_km2).toBe(12.5);
    expect(() => readCoverage(changed(coverage, 'features.0.geometry.type', 'Point'))).toThrow(/features\[0\].geometry.type/);
    expect(() => readCoverage(changed(coverage, 'features.0.geometry.coordinates.0.0.0.1', 91))).toThrow(/-90 to 90/);
    expect(() => readCoverage(changed(coverage, 'features.0.properties.sensor', undefined))).toThrow(/sensor/);
  });
});

describe('site', () => {
  it('is read, and only what the contract names is kept', () => {
    const read = readSite(JSON.stringify(site));
    expect(read.zones.features[0]!.properties).toEqual({ id: 'z1', name: 'Hospital', kind: 'hospital', people: 300 });
    expect(read.mode).toBe('exercise');
  });

  it('allows a zone that does not say how many people are in it', () => {
    const read = readSite(changed(site, 'zones.features.0.properties.people', undefined));
    expect(read.zones.features[0]!.properties.people).toBeNull();
  });

  it.each([
    ['mode', 'rehearsal', 'site.mode: expected one of live, exercise, replay, got "rehearsal"'],
    ['sensors', undefined, 'site.sensors: expected a list of at most 20000, got nothing'],
    ['origin.lat_deg', 91, 'site.origin.lat_deg: expected a number from -90 to 90, got 91'],
    ['zones.features.0.geometry.type', 'MultiPolygon', 'site.zones.features[0].geometry.type: expected one of Polygon, got "MultiPolygon"'],
    ['zones.features.0.geometry.coordinates', [[[44, 33]]], 'site.zones.features[0].geometry.coordinates[0]: expected a closed ring'],
  ])('refuses %s = %j and says where', (path, put, message) => {
    expect(() => readSite(changed(site, path, put))).toThrow(message);
  });
});

describe('picture', () => {
  const full = aPicture({
    now_ms: 5,
    tracks: [aTrack()],
    threats: [{ ...aThreat(1, 9), path: [[44, 33, 500], [44.39, 33.3, 34]] }],
    salvo: { began_ms: 1, rounds: 4, in_air: 3, last_impact_ms: 9 },
    alarms: [anAlarm()],
    sensors: [{ id: 'r1', state: 'silent', last_heard_ms: null, plots: 1, refused: 0, troubles: ['frozen'] }],
    counts: { heard: 0, used: 0, refused: 0, recording: 'ok', alarm_output: 'ok', datagrams_lost: 0 },
  });

  it('is read whole', () => {
    expect(readPicture(JSON.stringify(full))).toEqual(full);
  });

  it('takes an absent callsign, impact time or reason as not known', () => {
    const bare = { ...full, alarms: [{ ...anAlarm(), impact_ms: undefined, reason: undefined }] };
    expect(readPicture(JSON.stringify(bare)).alarms[0]).toMatchObject({ impact_ms: null, reason: null });
  });

  it.each([
    ['tracks.0.class', 'ufo', 'picture.tracks[0].class: expected one of mortar'],
    ['tracks.0.lon_deg', '44', 'picture.tracks[0].lon_deg: expected a finite number, got "44"'],
    ['tracks.0.odds', [], 'picture.tracks[0].odds: expected an object, got []'],
    ['alarms.0.stage', 'panic', 'picture.alarms[0].stage: expected one of prepare, take_cover, hold, all_clear, withdrawn'],
    ['alarms.0.probability', 1.2, 'picture.alarms[0].probability: expected a number from 0 to 1'],
    ['threats.0.impact.ellipse.semi_major_m', -1, 'picture.threats[0].impact.ellipse.semi_major_m'],
    ['sensors.0.plots', 1.5, 'picture.sensors[0].plots: expected a whole number'],
    ['counts.recording', undefined, 'picture.counts.recording: expected text of at most 2000 characters, got nothing'],
    ['now_ms', null, 'picture.now_ms: expected a finite number, got null'],
  ])('refuses %s = %j and says where', (path, put, message) => {
    expect(() => readPicture(changed(full, path, put))).toThrow(message);
  });

  it('refuses what is not JSON, without repeating it at length', () => {
    expect(() => readPicture('x'.repeat(5000))).toThrow(/^picture: expected JSON, got "x{56}\.\.\.$/);
  });

  it('refuses a text that is too long', () => {
    expect(() => readPicture(changed(full, 'alarms.0.zone_name', 'x'.repeat(2001)))).toThrow('picture.alarms[0].zone_name');
  });
});
