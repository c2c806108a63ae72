/** The map: one object that is given pictures and draws them, at most five times per second. */

import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { GeoJSON } from 'geojson';
import type { Alarm, Picture } from '../contract/picture';
import type { Site } from '../contract/site';
import { el, prefersReducedMotion } from '../dom';
import type { Box } from '../geo/local';
import { Trails } from '../picture/trails';
import { stageByZone } from '../picture/words';
import { Badges } from './badges';
import { addBasemap } from './basemap';
import { CoverageChoice } from './coverage';
import * as features from './features';
import { HATCH, mapStyle, type SourceName } from './layers';
import { hatchImage, ICON_NAMES, iconImage } from './icons';
import { legend } from './legend';
import { readTheme } from './theme';

// Vite does not find MapLibre 6's worker by itself; without this line no source ever loads.
maplibregl.setWorkerUrl(workerUrl);

const REDRAW_MS_MIN = 200;
/** Without news the map is still redrawn once per second, because its labels count. */
const REDRAW_MS_MAX = 1_000;

export interface Scene {
  picture: Picture;
  /** The server's time now. */
  now_ms: number;
}

export class MapView {
  /** For the browser's console and for tests. */
  readonly map: maplibregl.Map;
  private readonly trails = new Trails();
  private readonly badges: Badges;
  private readonly written = new Map<SourceName, string>();
  private loaded = false;
  private fresh = false;
  private drawn_local_ms = -Infinity;
  private scene: Scene | null = null;

  /** Throws where WebGL is not to be had; the page goes on without a map. */
  constructor(
    root: HTMLElement,
    private readonly site: Site,
  ) {
    const theme = readTheme();
    const container = el('div', { class: 'canvas', testid: 'map' });
    const coverage = new CoverageChoice(site.sensors, (seen) => this.whenLoaded(() => this.write('coverage', seen)));
    root.append(container, this.viewButtons(coverage.root), legend(theme));
    this.map = new maplibregl.Map({
      container,
      style: mapStyle(theme),
      bounds: features.siteBox(site),
      attributionControl: false,
      maxPitch: 0,
      dragRotate: false,
      fadeDuration: 0,
      renderWorldCopies: false,
      maxZoom: 18,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new maplibregl.ScaleControl({ maxWidth: 160 }), 'bottom-right');
    this.badges = new Badges(this.map, site.zones.features);
    this.map.on('load', () => {
      for (const name of ICON_NAMES) {
        const { image, pixelRatio } = iconImage(name, theme);
        this.map.addImage(name, image, { pixelRatio });
      }
      const hatch = hatchImage(theme.hold);
      this.map.addImage(HATCH, hatch.image, { pixelRatio: hatch.pixelRatio });
      this.loaded = true;
      this.drawStill();
      void addBasemap(this.map, site, theme);
    });
    container.dataset['state'] = 'busy';
    this.map.once('idle', () => (container.dataset['state'] = 'idle'));
  }

  /** Takes in a new picture. */
  picture(picture: Picture): void {
    this.trails.update(picture.tracks, picture.now_ms);
    this.fresh = true;
  }

  /** To be called ten times per second: moves the counting labels, and redraws the map when it is due. */
  tick(scene: Scene, local_ms: number): void {
    this.scene = scene;
    const shown = stageByZone(scene.picture.alarms);
    this.badges.update(shown, scene.picture.threats, scene.now_ms);
    const waited_ms = local_ms - this.drawn_local_ms;
    if (!this.loaded || waited_ms < (this.fresh ? REDRAW_MS_MIN : REDRAW_MS_MAX)) return;
    this.fresh = false;
    this.drawn_local_ms = local_ms;
    this.drawScene(scene, shown);
  }

  /** Lines under everything else, from the operator's own file. */
  outlines(data: GeoJSON): void {
    this.whenLoaded(() => this.write('outlines', data));
  }

  showZone(id: string): void {
    const zone = this.site.zones.features.find((entry) => entry.properties.id === id);
    if (zone) this.show(features.zoneBox(zone));
  }

  private whenLoaded(act: () => void): void {
    if (this.loaded) act();
    else this.map.once('load', act);
  }

  private drawStill(): void {
    const { sensors, zones, origin } = this.site;
    this.write('grid', features.kilometreGrid(origin));
    if (this.scene) return;
    this.write('sensors', features.sensorPoints(sensors, []));
    this.write('sensor-rings', features.sensorRings(sensors, []));
    this.write('zones', features.zoneAreas(zones.features, new Map()));
    this.write('zone-names', features.zoneNames(zones.features, new Map()));
  }

  private drawScene({ picture, now_ms }: Scene, shown: ReadonlyMap<string, Alarm>): void {
    const { sensors, zones } = this.site;
    const stages = [...shown].map(([zone, alarm]) => `${zone} ${alarm.stage}`).join('\n');
    const health = picture.sensors.map((sensor) => `${sensor.id} ${sensor.state}`).join('\n');
    this.writeIfChanged('zones', stages, () => features.zoneAreas(zones.features, shown));
    this.writeIfChanged('zone-names', stages, () => features.zoneNames(zones.features, shown));
    this.writeIfChanged('sensors', health, () => features.sensorPoints(sensors, picture.sensors));
    this.writeIfChanged('sensor-rings', health, () => features.sensorRings(sensors, picture.sensors));
    this.writeIfNew('tracks', features.trackPoints(picture.tracks, now_ms));
    this.writeIfNew('trails', features.trailLines(picture.tracks, this.trails));
    this.writeIfNew('impacts', features.impactShapes(picture, now_ms));
  }

  private writeIfChanged(source: SourceName, key: string, data: () => GeoJSON): void {
    if (this.written.get(source) === key) return;
    this.written.set(source, key);
    this.write(source, data());
  }

  /** A sky in which nothing moves costs no drawing. */
  private writeIfNew(source: SourceName, data: GeoJSON): void {
    this.writeIfChanged(source, JSON.stringify(data), () => data);
  }

  private write(source: SourceName, data: GeoJSON): void {
    (this.map.getSource(source) as maplibregl.GeoJSONSource).setData(data);
  }

  private show(box: Box): void {
    this.map.fitBounds(box, { duration: prefersReducedMotion() ? 0 : 600 });
  }

  private viewButtons(coverage: HTMLElement): HTMLElement {
    const toSite = el('button', { text: 'Fit to site', testid: 'fit-site', attributes: { type: 'button' } });
    const toThreats = el('button', { text: 'Fit to threats', testid: 'fit-threats', attributes: { type: 'button' } });
    toSite.addEventListener('click', () => this.show(features.siteBox(this.site)));
    toThreats.addEventListener('click', () => {
      const box = this.scene && features.threatBox(this.site, this.scene.picture);
      if (box) this.show(box);
    });
    return el('div', { class: 'views' }, toSite, toThreats, coverage);
  }
}
