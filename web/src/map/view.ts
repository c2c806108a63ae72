/** The map: one object that is given pictures and draws them; what is in the air moves with every frame, all else five times per second. */

import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { GeoJSON } from 'geojson';
import type { Alarm, Picture } from '../contract/picture';
import type { Site, Zone } from '../contract/site';
import { keep, kept } from '../device';
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
import { Labels } from './labels';
import { legend } from './legend';
import { Sky } from './sky';
import { readTheme, type Theme } from './theme';

// Vite does not find MapLibre 6's worker by itself; without this line no source ever loads.
maplibregl.setWorkerUrl(workerUrl);

const REDRAW_MS_MIN = 200;
/** Without news the map is still redrawn once per second, because its labels count. */
const REDRAW_MS_MAX = 1_000;
/** Steep enough to read a place from above, slanted enough to read a height. */
const PITCH_DEG = 48;
const PITCH_DEG_MAX = 80;
/** Room for heights, labels and buttons around what is brought into view, pixels. */
const PADDING_PX = { top: 70, bottom: 50, left: 40, right: 60 };
/** A person who has moved the map himself is left alone for this long, milliseconds. */
const LEFT_ALONE_MS = 30_000;
/** Where the choice between slanted and straight down is kept on this device. */
const PITCH_KEY = 'parapet-map';

export interface Scene {
  picture: Picture;
  /** The server's time now. */
  now_ms: number;
}

export class MapView {
  /** For the browser's console and for tests. */
  readonly map: maplibregl.Map;
  readonly sky: Sky;
  private readonly labels: Labels | undefined;
  private readonly trails = new Trails();
  private readonly badges: Badges;
  private readonly written = new Map<SourceName, string>();
  private readonly zones: ReadonlyMap<string, Zone>;
  private tones = new Map<string, string>();
  private loaded = false;
  private fresh = false;
  private drawn_local_ms = -Infinity;
  private scene: Scene | null = null;
  private touched_local_ms = -Infinity;
  private threatened = false;
  private key: HTMLElement;

  /** Throws where WebGL is not to be had; the page goes on without a map. `now_ms` gives the server's time, for the frames. */
  constructor(
    root: HTMLElement,
    private readonly site: Site,
    private readonly now_ms: () => number | null,
  ) {
    const theme = readTheme();
    const container = el('div', { class: 'canvas', testid: 'map' });
    const coverage = new CoverageChoice(site.sensors, (seen) => this.whenLoaded(() => this.write('coverage', seen)));
    this.key = legend(theme);
    this.zones = new Map(site.zones.features.map((zone) => [zone.properties.id, zone]));
    root.append(container, this.viewButtons(coverage.root), this.key);
    this.map = new maplibregl.Map({
      container,
      style: mapStyle(theme),
      bounds: features.siteBox(site),
      attributionControl: false,
      pitch: keptPitch(),
      maxPitch: PITCH_DEG_MAX,
      fadeDuration: 0,
      renderWorldCopies: false,
      maxZoom: 18,
    });
    this.map.addControl(new maplibregl.NavigationControl({ visualizePitch: true }), 'bottom-right');
    this.map.addControl(new maplibregl.ScaleControl({ maxWidth: 160 }), 'bottom-right');
    this.sky = new Sky(site.origin, theme, () => this.labels?.frame());
    this.map.addControl(this.sky.overlay);
    this.labels = new Labels(this.map, this.sky.movers, site.origin);
    container.append(this.labels.root);
    this.badges = new Badges(this.map, site.zones.features);
    for (const gesture of ['mousedown', 'touchstart', 'wheel'] as const) this.map.on(gesture, () => (this.touched_local_ms = performance.now()));
    this.map.on('rotate', () => this.sky.turn(this.map.getBearing(), false));
    this.map.on('rotateend', () => this.sky.turn(this.map.getBearing(), true));
    this.map.on('load', () => {
      this.drawImages(theme, false);
      this.loaded = true;
      this.drawStill();
      void addBasemap(this.map, site, theme);
    });
    container.dataset['state'] = 'busy';
    this.map.once('idle', () => (container.dataset['state'] = 'idle'));
    if (!prefersReducedMotion()) requestAnimationFrame(this.frame);
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
    const zone = this.zones.get(id);
    if (zone) this.show(features.zoneBox(zone));
  }

  /** The palette has changed: everything is told its new colours, and nothing is loaded again. */
  dress(): void {
    const theme = readTheme();
    this.sky.dress(theme);
    const key = legend(theme);
    key.toggleAttribute('open', this.key.hasAttribute('open'));
    this.key.replaceWith(key);
    this.key = key;
    this.whenLoaded(() => {
      this.drawImages(theme, true);
      const style = mapStyle(theme);
      this.map.setSky(style.sky!);
      for (const layer of style.layers) {
        for (const [name, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, name as never, value as never);
        for (const [name, value] of Object.entries(layer.layout ?? {})) this.map.setLayoutProperty(layer.id, name as never, value as never);
      }
    });
  }

  private readonly frame = (): void => {
    requestAnimationFrame(this.frame);
    const now_ms = this.now_ms();
    if (now_ms === null || this.sky.count === 0) return;
    this.sky.frame(now_ms);
  };

  private whenLoaded(act: () => void): void {
    if (this.loaded) act();
    else this.map.once('load', act);
  }

  private drawImages(theme: Theme, again: boolean): void {
    const hatch = { name: HATCH, ...hatchImage(theme.hold) };
    for (const { name, image, pixelRatio } of [...ICON_NAMES.map((name) => ({ name, ...iconImage(name, theme) })), hatch]) {
      if (again) this.map.updateImage(name, image);
      else this.map.addImage(name, image, { pixelRatio });
    }
  }

  private drawStill(): void {
    const { sensors, zones, origin } = this.site;
    this.write('grid', features.kilometreGrid(origin));
    this.write('zones', features.zoneAreas(zones.features, new Map()));
    this.write('zone-names', features.zoneNames(zones.features, new Map()));
    this.write('sensors', features.sensorPoints(sensors, []));
    this.write('sensor-rings', features.sensorRings(sensors, []));
  }

  private drawScene({ picture, now_ms }: Scene, shown: ReadonlyMap<string, Alarm>): void {
    const { sensors } = this.site;
    const health = picture.sensors.map((sensor) => `${sensor.id} ${sensor.state} ${sensor.troubles.length > 0}`).join('\n');
    this.toneZones(shown);
    this.writeIfChanged('sensors', health, () => features.sensorPoints(sensors, picture.sensors));
    this.writeIfChanged('sensor-rings', health, () => features.sensorRings(sensors, picture.sensors));
    this.sky.picture(picture, this.trails, now_ms);
    this.labels?.picture(picture, now_ms);
    this.lookUp(picture);
  }

  /** The first round of an attack is brought into view, unless somebody is looking at something else. */
  private lookUp(picture: Picture): void {
    const threatened = picture.threats.length > 0;
    const begins = threatened && !this.threatened;
    this.threatened = threatened;
    if (begins && performance.now() - this.touched_local_ms > LEFT_ALONE_MS) this.showThreats();
  }

  private showThreats(): void {
    const box = this.scene && features.threatBox(this.site, this.scene.picture);
    if (box) this.show(box);
  }

  /** Only zones whose stage has changed are written: a site may have thousands, and one salvo changes a few. */
  private toneZones(shown: ReadonlyMap<string, Alarm>): void {
    const tones = new Map([...shown].map(([id, alarm]) => [id, alarm.stage as string]));
    const touched = [...new Set([...tones.keys(), ...this.tones.keys()])];
    const changed = touched.filter((id) => this.zones.has(id) && tones.get(id) !== this.tones.get(id));
    this.tones = tones;
    if (changed.length === 0) return;
    const update = changed.map((id) => ({ id, addOrUpdateProperties: [{ key: 'tone', value: tones.get(id) ?? 'quiet' }] }));
    for (const name of ['zones', 'zone-names'] as const) void this.source(name).updateData({ update });
  }

  private writeIfChanged(source: SourceName, key: string, data: () => GeoJSON): void {
    if (this.written.get(source) === key) return;
    this.written.set(source, key);
    this.write(source, data());
  }

  private write(source: SourceName, data: GeoJSON): void {
    void this.source(source).setData(data);
  }

  private source(name: SourceName): maplibregl.GeoJSONSource {
    return this.map.getSource(name) as maplibregl.GeoJSONSource;
  }

  private show(box: Box): void {
    const [pitch, bearing] = [this.map.getPitch(), this.map.getBearing()];
    this.map.fitBounds(box, { duration: prefersReducedMotion() ? 0 : 600, pitch, bearing, padding: PADDING_PX });
  }

  private viewButtons(coverage: HTMLElement): HTMLElement {
    const toSite = el('button', { text: 'Fit to site', testid: 'fit-site', attributes: { type: 'button' } });
    const toThreats = el('button', { text: 'Fit to threats', testid: 'fit-threats', attributes: { type: 'button' } });
    const slant = el('button', { text: '3-D', testid: 'slant', attributes: { type: 'button', 'aria-pressed': String(keptPitch() > 0) } });
    toSite.addEventListener('click', () => this.show(features.siteBox(this.site)));
    toThreats.addEventListener('click', () => this.showThreats());
    slant.addEventListener('click', () => {
      const pitch = this.map.getPitch() > 0 ? 0 : PITCH_DEG;
      slant.setAttribute('aria-pressed', String(pitch > 0));
      keep(PITCH_KEY, pitch > 0 ? '3d' : '2d');
      this.map.easeTo({ pitch, ...(pitch === 0 ? { bearing: 0 } : {}), duration: prefersReducedMotion() ? 0 : 400 });
    });
    return el('div', { class: 'views' }, toSite, toThreats, slant, coverage);
  }
}

function keptPitch(): number {
  return kept(PITCH_KEY) === '2d' ? 0 : PITCH_DEG;
}
