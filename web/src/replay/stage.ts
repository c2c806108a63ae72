/** The map of a replay: the live page's own map with recorded pictures, and over it what became true. */

import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource, Map as MapLibreMap } from 'maplibre-gl';
import type { Picture } from '../contract/picture';
import type { Site } from '../contract/site';
import { ellipse } from '../geo/local';
import { MapView } from '../map/view';
import type { Truth } from './contract';

/** All that a replay needs of the map. */
interface MapFace {
  readonly map: MapLibreMap;
  picture(picture: Picture): void;
  tick(scene: { picture: Picture; now_ms: number }, local_ms: number): void;
  showZone(zone: string): void;
}

const SOURCE = 'truth';
/** What became true is shown from a while before it fell until a while after. */
const BEFORE_MS = 120_000;
const AFTER_MS = 20_000;

export class Stage {
  readonly face: MapFace;
  private truth: Truth | null = null;
  private shown = '';

  /** Throws where WebGL is not to be had. */
  constructor(root: HTMLElement, site: Site, now_ms: () => number) {
    const Maker = MapView as unknown as new (root: HTMLElement, site: Site, now_ms: () => number | null) => MapFace;
    this.face = new Maker(root, site, now_ms);
    const { map } = this.face;
    map.on('load', () => {
      const ink = getComputedStyle(document.documentElement).getPropertyValue('--truth').trim();
      map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
      map.addLayer({ id: 'truth-line', type: 'line', source: SOURCE, filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': ink, 'line-width': 2, 'line-dasharray': [2, 1.5] } });
      map.addLayer({ id: 'truth-point', type: 'circle', source: SOURCE, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 6, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': ink, 'circle-stroke-width': 3 } });
    });
  }

  know(truth: Truth): void {
    this.truth = truth;
    this.shown = '';
  }

  /** After a leap: what is shown and where it has been, and nothing of where the cursor was before. */
  leap(history: readonly Picture[]): void {
    const first = history[0];
    if (first) this.face.picture({ ...first, tracks: [] });
    history.forEach((picture) => this.face.picture(picture));
  }

  draw(picture: Picture, at_ms: number, local_ms: number, withTruth: boolean): void {
    this.face.tick({ picture, now_ms: at_ms }, local_ms);
    const rounds = withTruth ? (this.truth?.rounds ?? []).filter((round) => {
      const fell_ms = round.came_down?.at_ms;
      return fell_ms !== undefined && round.detected_ms <= at_ms && at_ms > fell_ms - BEFORE_MS && at_ms < fell_ms + AFTER_MS;
    }) : [];
    const key = rounds.map((round) => round.track).join(' ');
    const source = this.face.map.getSource(SOURCE) as GeoJSONSource | undefined;
    if (key === this.shown || !source) return;
    this.shown = key;
    const features = rounds.flatMap((round): FeatureCollection['features'] => [
      { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: round.arc.map(([lon, lat]) => [lon, lat]) } },
      { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [round.came_down!.lon_deg, round.came_down!.lat_deg] } },
      { type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: ellipse(round.came_down!, round.came_down!.ellipse) } },
    ]);
    source.setData({ type: 'FeatureCollection', features });
  }
}
