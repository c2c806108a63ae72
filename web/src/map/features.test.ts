import { describe, expect, it } from 'vitest';
import type { Site } from '../contract/site';
import { anAlarm, aPicture, aThreat, aTrack } from '../testing';
import { freshness, impactShapes, kilometreGrid, sensorRings, siteBox, threatBox, zoneAreas } from './features';
import { iconOf } from './icons';

const square = [[44.39, 33.3], [44.4, 33.3], [44.4, 33.31], [44.39, 33.31], [44.39, 33.3]];
const site: Site = {
  name: 'Compound', mode: 'live', version: '0', origin: { lat_deg: 33.3, lon_deg: 44.39, height_m: 34 },
  sensors: [{ id: 'r1', name: 'North', kind: 'radar', lat_deg: 33.32, lon_deg: 44.39, height_m: 40, range_min_m: 0, range_max_m: 25_000 }],
  zones: {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', geometry: { type: 'Polygon', coordinates: [square] }, properties: { id: 'z1', name: 'Hospital', kind: 'hospital', people: 300 } }],
  },
};

describe('tracks', () => {
  it('differ by class in shape, and threats have a symbol of their own', () => {
    const tracks = [aTrack({ class: 'aircraft' }), aTrack({ class: 'mortar' }), aTrack({ class: 'rocket', threat: true })];
    expect(tracks.map(iconOf)).toEqual(['track-aircraft', 'track-ballistic', 'threat-ballistic']);
  });

  it('fade when they are not updated, and never vanish', () => {
    const track = aTrack({ updated_ms: 0 });
    expect(freshness(track, 4_000)).toBe(1);
    expect(freshness(track, 10_000)).toBe(0.5);
    expect(freshness(track, 1e9)).toBe(0.35);
  });
});

describe('impacts', () => {
  it('have an ellipse, a line from the track, and a point with its seconds', () => {
    const shapes = impactShapes(aPicture({ tracks: [aTrack()], threats: [aThreat(1, 12_900)] }), 0);
    expect(shapes.features.map((f) => [f.properties.part, f.geometry.type, f.properties.label])).toEqual([
      ['ellipse', 'Polygon', ''],
      ['path', 'LineString', ''],
      ['point', 'Point', '12 s'],
    ]);
  });

  it('tell rounds that alarm a zone from those that fall where nobody is', () => {
    const threats = [aThreat(1, 9_000), aThreat(2, 9_000)];
    const shapes = (stage: 'hold' | 'all_clear') => impactShapes(aPicture({ threats, alarms: [anAlarm({ stage, threats: [1] })] }), 0);
    expect(shapes('hold').features.map((f) => f.properties.alarming)).toEqual([true, true, false, false]);
    expect(shapes('all_clear').features.some((f) => f.properties.alarming)).toBe(false);
  });

  it('are drawn without a line when their track is gone', () => {
    const shapes = impactShapes(aPicture({ threats: [aThreat(1, -1)] }), 0);
    expect(shapes.features.map((f) => f.properties.part)).toEqual(['ellipse', 'point']);
    expect(shapes.features[1]!.properties.label).toBe('passed');
  });
});

it('tones a zone by its alarm and leaves the rest quiet', () => {
  const shown = new Map([['z1', anAlarm({ stage: 'hold' })]]);
  expect(zoneAreas(site.zones.features, shown).features[0]!.properties.tone).toBe('hold');
  expect(zoneAreas(site.zones.features, new Map()).features[0]!.properties.tone).toBe('quiet');
});

it('draws no ring for a range of zero', () => {
  expect(sensorRings(site.sensors, []).features).toHaveLength(1);
});

it('holds the zones and the sensors in the box of the site', () => {
  const [west, south, east, north] = siteBox(site);
  for (const [lon, lat] of [...square, [44.39, 33.32]]) {
    expect(lon! > west && lon! < east && lat! > south && lat! < north).toBe(true);
  }
});

it('frames nothing when nothing threatens', () => {
  expect(threatBox(site, aPicture())).toBeNull();
  const far = aTrack({ lon_deg: 44.6, threat: true });
  expect(threatBox(site, aPicture({ tracks: [far], threats: [aThreat(1, 0)] }))![2]).toBeGreaterThan(44.6);
});

it('has a bounded grid', () => {
  expect(kilometreGrid(site.origin).features.length).toBeLessThan(150);
});
