/** From what the server says to what the map draws: pure functions, no map in sight. */

import type { Feature, FeatureCollection, Geometry, LineString, Point, Polygon, Position } from 'geojson';
import type { Alarm, Picture, SensorHealth, Stage, Threat, Track } from '../contract/picture';
import type { SensorPlace, Site, Zone } from '../contract/site';
import { boxAround, centroid, circle, degreesPerMetre, ellipse, grow, offset, type Box, type Place } from '../geo/local';
import { isActive } from '../picture/words';

export type ZoneTone = Stage | 'quiet';

export function collection<G extends Geometry, P>(features: Feature<G, P>[]): FeatureCollection<G, P> {
  return { type: 'FeatureCollection', features };
}

function feature<G extends Geometry, P>(geometry: G, properties: P): Feature<G, P> {
  return { type: 'Feature', geometry, properties };
}

const point = (coordinates: Position): Point => ({ type: 'Point', coordinates });
const line = (coordinates: Position[]): LineString => ({ type: 'LineString', coordinates });
const area = (ring: Position[]): Polygon => ({ type: 'Polygon', coordinates: [ring] });
const at = (place: Place): Position => [place.lon_deg, place.lat_deg];

export function zoneAreas(zones: readonly Zone[], shown: ReadonlyMap<string, Alarm>) {
  return collection(zones.map((zone) => feature(zone.geometry, { id: zone.properties.id, tone: toneOf(zone, shown) })));
}

/** Name and kind of each zone, once, at its centre of area. */
export function zoneNames(zones: readonly Zone[], shown: ReadonlyMap<string, Alarm>) {
  return collection(
    zones.map((zone) =>
      feature(point(zoneCentre(zone)), {
        id: zone.properties.id,
        name: zone.properties.name,
        kind: zone.properties.kind,
        people: zone.properties.people ?? 0,
        from_zoom: readableFrom(zone),
        tone: toneOf(zone, shown),
      }),
    ),
  );
}

/** A zone's name is worth its room from the zoom on at which the zone is about this wide, pixels. */
const READABLE_PX = 26;
/** Circumference of the Earth at the equator over the width of the whole map at zoom 0 (512 pixels), metres per pixel. */
const METRES_PER_PIXEL_0 = 78_271.5;

function readableFrom(zone: Zone): number {
  const [west, south, east] = boxAround(zone.geometry.coordinates[0]!)!;
  const width_m = (east - west) / degreesPerMetre(south).east_deg;
  const metres_per_pixel = Math.max(width_m, 1) / READABLE_PX;
  return Math.min(16, Math.max(0, Math.floor(Math.log2((METRES_PER_PIXEL_0 * Math.cos((south * Math.PI) / 180)) / metres_per_pixel))));
}

export function zoneCentre(zone: Zone): Position {
  return centroid(zone.geometry.coordinates[0]!);
}

/** The middle of its northern edge: where its badge stands. */
export function zoneTop(zone: Zone): Position {
  const [west, , east, north] = boxAround(zone.geometry.coordinates[0]!)!;
  return [(west + east) / 2, north];
}

export function toneOf(zone: Zone, shown: ReadonlyMap<string, Alarm>): ZoneTone {
  return shown.get(zone.properties.id)?.stage ?? 'quiet';
}

export function sensorPoints(sensors: readonly SensorPlace[], health: readonly SensorHealth[]) {
  return collection(
    sensors.map((sensor) =>
      feature(point(at(sensor)), { id: sensor.id, name: sensorName(sensor, health), state: stateOf(sensor, health), well: isWell(sensor, health) }),
    ),
  );
}

export function sensorRings(sensors: readonly SensorPlace[], health: readonly SensorHealth[]) {
  return collection(
    sensors.flatMap((sensor) =>
      [sensor.range_min_m, sensor.range_max_m]
        .filter((range_m) => range_m > 0)
        .map((range_m) => feature(line(circle(sensor, range_m)), { id: sensor.id, state: stateOf(sensor, health), well: isWell(sensor, health) })),
    ),
  );
}

function stateOf(sensor: SensorPlace, health: readonly SensorHealth[]): SensorHealth['state'] {
  return health.find((entry) => entry.id === sensor.id)?.state ?? 'never_heard';
}

function isWell(sensor: SensorPlace, health: readonly SensorHealth[]): boolean {
  const found = health.find((entry) => entry.id === sensor.id);
  return found?.state === 'ok' && found.troubles.length === 0;
}

/** A sensor that is not well says so where it stands. */
function sensorName(sensor: SensorPlace, health: readonly SensorHealth[]): string {
  const found = health.find((entry) => entry.id === sensor.id);
  if (!found || isWell(sensor, health)) return sensor.name;
  return `${sensor.name}\n${found.state === 'silent' ? 'SILENT' : found.state === 'never_heard' ? 'NOT HEARD' : 'TROUBLE'}`;
}

/** A track not updated for this long is being guessed at, and fades. */
const FRESH_MS = 5_000;
const FADED_MS = 15_000;

export function freshness(track: Track, now_ms: number): number {
  const share = (FADED_MS - (now_ms - track.updated_ms)) / (FADED_MS - FRESH_MS);
  return Math.round(Math.min(1, Math.max(0.35, share)) * 100) / 100;
}

/** The tracks for which a zone is alarmed now. */
export function alarmingTracks({ alarms }: Pick<Picture, 'alarms'>): ReadonlySet<number> {
  return new Set(alarms.filter(isActive).flatMap((alarm) => alarm.threats));
}

/** Where it will come down; `alarming` tells the rounds that alarm a zone from those that fall where nobody is. */
export function impactShapes(picture: Picture, now_ms: number) {
  const tracks = new Map(picture.tracks.map((track) => [track.id, track]));
  const alarming = alarmingTracks(picture);
  const features: Feature<Geometry, { part: string; alarming: boolean; label: string }>[] = [];
  for (const threat of picture.threats) {
    const track = tracks.get(threat.track);
    const about = { alarming: alarming.has(threat.track), label: '' };
    features.push(feature(area(ellipse(threat.impact, threat.impact.ellipse)), { ...about, part: 'ellipse' }));
    if (track) features.push(feature(line([at(track), at(threat.impact)]), { ...about, part: 'path' }));
    // In an alarmed zone the badge counts; a second number beside it, a moment older, would only raise doubt.
    const label = about.alarming ? '' : impactLabel(threat, now_ms);
    features.push(feature(point(at(threat.impact)), { ...about, part: 'point', label }));
  }
  return collection(features);
}

export function impactLabel(threat: Threat, now_ms: number): string {
  const seconds = Math.floor((threat.impact.at_ms - now_ms) / 1000);
  return seconds >= 0 ? `${seconds} s` : 'passed';
}

const GRID_EXTENT_M = 100_000;
const FINE_EXTENT_M = 20_000;

/** A kilometre grid around the site, so that distances read without a basemap: 10 km lines, and 1 km lines near by. */
export function kilometreGrid(origin: Place) {
  const features: Feature<LineString, { fine: boolean }>[] = [];
  const lines = (extent_m: number, step_m: number, fine: boolean) => {
    for (let shift_m = -extent_m; shift_m <= extent_m; shift_m += step_m) {
      if (fine && shift_m % 10_000 === 0) continue;
      const along = Array.from({ length: 21 }, (_, i) => extent_m * (i / 10 - 1));
      features.push(feature(line(along.map((m) => offset(origin, shift_m, m))), { fine }));
      features.push(feature(line(along.map((m) => offset(origin, m, shift_m))), { fine }));
    }
  };
  lines(GRID_EXTENT_M, 10_000, false);
  lines(FINE_EXTENT_M, 1_000, true);
  return collection(features);
}

/** What "the site" means to the eye: zones and sensors, and enough around them to see something coming. */
export function siteBox(site: Site): Box {
  const corners = site.zones.features.flatMap((zone) => zone.geometry.coordinates[0]!);
  const sensors = site.sensors.map(at);
  return grow(boxAround([...corners, ...sensors, at(site.origin)])!, 0.22, 1_500);
}

/** The site with everything that threatens it; null when nothing does. */
export function threatBox(site: Site, picture: Picture): Box | null {
  if (picture.threats.length === 0) return null;
  const threatening = new Set(picture.threats.map((threat) => threat.track));
  const tracks = picture.tracks.filter((track) => threatening.has(track.id)).map(at);
  const impacts = picture.threats.map((threat) => at(threat.impact));
  const [west, south, east, north] = siteBox(site);
  return grow(boxAround([...tracks, ...impacts, [west, south], [east, north]])!, 0.1, 1_500);
}

export function zoneBox(zone: Zone): Box {
  return grow(boxAround(zone.geometry.coordinates[0]!)!, 0.5, 1_200);
}
