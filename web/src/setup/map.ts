/** The map of set-up: shows the draft, takes places by mouse, finger and keyboard, and lends handles to what is chosen. */

import * as maplibregl from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { GeoJSON, Position } from 'geojson';
import type { Coverage } from '../contract/coverage';
import { el, prefersReducedMotion } from '../dom';
import { offset, type Box } from '../geo/local';
import { readTheme, type Theme } from '../map/theme';
import type { Kind, Model } from './contract';
import { collection, midpoints, sensorPoints, siteBox, zoneAreas, zoneNames } from './shapes';
import { rounded } from './words';

maplibregl.setWorkerUrl(workerUrl);

const FONT = ['system-ui', 'Segoe UI', 'Roboto', 'Noto Sans', 'DejaVu Sans', 'sans-serif'];
const SOURCES = ['outlines', 'coverage', 'zones', 'zone-names', 'sensors', 'drawing'] as const;
type SourceName = (typeof SOURCES)[number];
/** An outline with more corners is edited as text: so many handles are of no use to anybody. */
const HANDLES_MAX = 200;
/** How far an arrow key moves a handle, metres; ten times as far with Shift. */
const STEP_M = 2;

/** What is drawn just now, and what becomes of it. */
export interface Drawing {
  kind: 'polygon' | 'place';
  words: string;
  finish: (places: Position[]) => void;
  cancel: () => void;
}

/** A place that can be moved. */
export interface Handle {
  place: Position;
  words: string;
  /** In between two corners: moving it makes a new one. */
  isNew?: boolean;
  moved: (place: Position) => void;
  removed?: () => void;
}

export class SetupMap {
  /** For tests and the browser's console. */
  readonly map: maplibregl.Map;
  readonly root = el('section', { class: 'map', attributes: { 'aria-label': 'Map' } });
  readonly theme: Theme = readTheme();
  private readonly tools = el('div', { class: 'tools', testid: 'tools', attributes: { role: 'group', 'aria-label': 'Drawing' } });
  private readonly cross = el('div', { class: 'cross', attributes: { 'aria-hidden': 'true' } });
  private drawing: Drawing | null = null;
  private places: Position[] = [];
  private markers: maplibregl.Marker[] = [];
  private focused = -1;
  private loaded = false;
  private fitted = false;

  constructor(choose: (kind: Kind, id: string) => void, ready: (map: maplibregl.Map, theme: Theme) => void) {
    const container = el('div', { class: 'canvas', testid: 'map' });
    this.root.append(container, this.cross, this.tools);
    this.tools.hidden = this.cross.hidden = true;
    this.map = new maplibregl.Map({
      container, style: style(this.theme), attributionControl: false, maxPitch: 0, dragRotate: false, fadeDuration: 0,
      renderWorldCopies: false, maxZoom: 19, doubleClickZoom: false,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), 'top-right');
    this.map.addControl(new maplibregl.ScaleControl({ maxWidth: 140 }), 'bottom-right');
    this.map.on('click', (event) => this.clicked(event, choose));
    this.map.on('load', () => {
      this.loaded = true;
      ready(this.map, this.theme);
    });
    container.addEventListener('keydown', (event) => this.pressed(event), { capture: true });
    container.dataset['state'] = 'busy';
    this.map.on('idle', () => (container.dataset['state'] = 'idle'));
    this.map.on('dataloading', () => (container.dataset['state'] = 'busy'));
  }

  /** Shows a draft. */
  draw(model: Model | null, chosen: { kind: Kind; id: string } | null): void {
    this.whenLoaded(() => {
      const zones = model?.zones ?? [];
      this.write('zones', zoneAreas(zones, chosen?.kind === 'zone' ? chosen.id : null));
      this.write('zone-names', zoneNames(zones));
      this.write('sensors', model ? sensorPoints(model, chosen) : collection([]));
      const box = model && siteBox(model);
      if (box && !this.fitted) {
        this.fitted = true;
        this.map.fitBounds(box, { duration: 0, padding: 30 });
      }
    });
  }

  show(box: Box | null): void {
    if (box) this.map.fitBounds(box, { duration: prefersReducedMotion() ? 0 : 500, padding: 60, maxZoom: 17 });
  }

  outlines(data: GeoJSON): void {
    this.whenLoaded(() => this.write('outlines', data));
  }

  coverage(data: Coverage | null): void {
    this.whenLoaded(() => this.write('coverage', data ?? collection([])));
  }

  centre(): Position {
    const { lng, lat } = this.map.getCenter();
    return [rounded(lng), rounded(lat)];
  }

  /** The handles of what is chosen. */
  handles(handles: readonly Handle[]): void {
    const focused = this.focused;
    for (const marker of this.markers) marker.remove();
    this.markers = handles.length > HANDLES_MAX ? [] : handles.map((handle, index) => this.marker(handle, index));
    if (focused >= 0) this.markers[focused]?.getElement().focus();
  }

  /** Begins to draw; what was drawn before is given up. */
  begin(drawing: Drawing): void {
    this.cancel();
    this.drawing = drawing;
    this.places = [];
    this.handles([]);
    const add = tool('Add the place at the cross', 'draw-add', () => this.add(this.centre()));
    const back = tool('Take back', 'draw-back', () => this.back());
    const finish = tool('Finish', 'draw-finish', () => this.finish());
    const cancel = tool('Cancel', 'draw-cancel', () => this.cancel());
    const words = el('p', { text: drawing.words, testid: 'draw-words', attributes: { role: 'status' } });
    this.tools.replaceChildren(words, add, ...(drawing.kind === 'polygon' ? [back, finish] : []), cancel);
    this.tools.hidden = this.cross.hidden = false;
    this.map.getCanvas().style.cursor = 'crosshair';
    this.map.getCanvas().focus();
    this.drawPlaces();
  }

  cancel(): void {
    this.drawing?.cancel();
    this.end();
  }

  private end(): void {
    this.drawing = null;
    this.places = [];
    this.tools.hidden = this.cross.hidden = true;
    this.map.getCanvas().style.cursor = '';
    this.drawPlaces();
  }

  private add(place: Position): void {
    if (!this.drawing) return;
    this.places.push(place);
    if (this.drawing.kind === 'place') return this.finish();
    this.drawPlaces();
  }

  private back(): void {
    this.places.pop();
    this.drawPlaces();
  }

  private finish(): void {
    const { drawing, places } = this;
    if (!drawing) return;
    if (drawing.kind === 'polygon' && places.length < 3) return this.tell(`${places.length} corners; an outline needs at least 3.`);
    this.end();
    drawing.finish(places);
  }

  private tell(words: string): void {
    const place = this.tools.querySelector('p');
    if (place) place.textContent = words;
  }

  private clicked(event: maplibregl.MapMouseEvent, choose: (kind: Kind, id: string) => void): void {
    const place: Position = [rounded(event.lngLat.lng), rounded(event.lngLat.lat)];
    if (this.drawing) {
      const first = this.places[0];
      const near = first && this.places.length >= 3 && this.map.project(first as [number, number]).dist(event.point) < 14;
      return near ? this.finish() : this.add(place);
    }
    const [found] = this.map.queryRenderedFeatures(event.point, { layers: ['sensor', 'zone-fill'] });
    if (!found) return;
    const kind = found.layer.id === 'zone-fill' ? 'zone' : (found.properties['kind'] as Kind);
    choose(kind, String(found.properties['id']));
  }

  private pressed(event: KeyboardEvent): void {
    if (!this.drawing || event.target !== this.map.getCanvas()) return;
    const act: Record<string, () => void> = {
      Enter: () => this.add(this.centre()), ' ': () => this.add(this.centre()), Backspace: () => this.back(), Escape: () => this.cancel(),
      f: () => this.finish(),
    };
    const found = act[event.key];
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    found();
  }

  private drawPlaces(): void {
    const { places } = this;
    if (this.drawing?.kind === 'polygon' && places.length > 0) this.tell(`${places.length} corners. ${this.drawing.words}`);
    const line = places.length > 2 ? [...places, places[0]!] : places;
    const points = places.map((place) => ({ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: place }, properties: {} }));
    const lines = places.length > 1 ? [{ type: 'Feature' as const, geometry: { type: 'LineString' as const, coordinates: line }, properties: {} }] : [];
    this.whenLoaded(() => this.write('drawing', collection([...lines, ...points])));
  }

  private marker(handle: Handle, index: number): maplibregl.Marker {
    const element = el('button', { class: handle.isNew ? 'handle new' : 'handle', testid: 'handle', attributes: { type: 'button', 'aria-label': handle.words } });
    const marker = new maplibregl.Marker({ element, draggable: true }).setLngLat(handle.place as [number, number]).addTo(this.map);
    const commit = () => {
      const { lng, lat } = marker.getLngLat();
      handle.moved([rounded(lng), rounded(lat)]);
    };
    marker.on('dragend', commit);
    let isMoved = false;
    element.addEventListener('focus', () => (this.focused = index));
    element.addEventListener('blur', () => {
      // A marker that is taken away loses the focus too; only a person who goes elsewhere gives it up.
      if (element.isConnected) this.focused = -1;
    });
    element.addEventListener('keydown', (event) => {
      const ways: Record<string, [number, number]> = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
      const way = ways[event.key];
      if (way) {
        const step_m = STEP_M * (event.shiftKey ? 10 : 1);
        const { lng, lat } = marker.getLngLat();
        marker.setLngLat(offset({ lat_deg: lat, lon_deg: lng }, way[0] * step_m, way[1] * step_m) as [number, number]);
        isMoved = true;
      } else if ((event.key === 'Delete' || event.key === 'Backspace') && handle.removed) handle.removed();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    element.addEventListener('keyup', () => {
      if (isMoved) commit();
      isMoved = false;
    });
    if (handle.isNew) {
      element.addEventListener('click', (event) => {
        event.stopPropagation();
        commit();
      });
    }
    return marker;
  }

  private whenLoaded(act: () => void): void {
    if (this.loaded) act();
    else this.map.once('load', act);
  }

  private write(source: SourceName, data: GeoJSON): void {
    (this.map.getSource(source) as maplibregl.GeoJSONSource).setData(data);
  }
}

function tool(words: string, testid: string, press: () => void): HTMLButtonElement {
  const made = el('button', { text: words, testid, attributes: { type: 'button' } });
  made.addEventListener('click', press);
  return made;
}

/** Handles of an outline: its corners, and between them places for new ones. */
export function cornerHandles(ring: readonly Position[], changed: (ring: Position[]) => void): Handle[] {
  const corners = ring.map((place, index): Handle => ({
    place,
    words: `Corner ${index + 1} of ${ring.length}. Arrow keys move it, Delete removes it.`,
    moved: (to) => changed(ring.map((old, at) => (at === index ? to : old))),
    removed: () => {
      if (ring.length > 3) changed(ring.filter((_, at) => at !== index));
    },
  }));
  const between = midpoints(ring).map((place, index): Handle => ({
    place, isNew: true,
    words: `New corner after corner ${index + 1}`,
    moved: (to) => changed([...ring.slice(0, index + 1), to, ...ring.slice(index + 1)]),
  }));
  return [...corners, ...between];
}

function style(theme: Theme): maplibregl.StyleSpecification {
  const halo = { 'text-halo-color': theme.ground, 'text-halo-width': 1.6 };
  const chosen = <T>(yes: T, no: T): maplibregl.ExpressionSpecification => ['case', ['get', 'chosen'], yes, no] as maplibregl.ExpressionSpecification;
  return {
    version: 8,
    sources: Object.fromEntries(SOURCES.map((name) => [name, { type: 'geojson', data: collection([]) }])),
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': theme.ground } },
      { id: 'outline-area', type: 'fill', source: 'outlines', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['match', ['get', 'kind'], 'water', theme['ground-water'], theme['ground-land']] } },
      { id: 'grid-line', type: 'line', source: 'outlines', paint: { 'line-color': theme['ink-faint'], 'line-opacity': 0.55, 'line-width': 1 } },
      { id: 'coverage-fill', type: 'fill', source: 'coverage', paint: { 'fill-color': theme.sensor, 'fill-opacity': 0.16, 'fill-antialias': false } },
      { id: 'coverage-line', type: 'line', source: 'coverage', paint: { 'line-color': theme.sensor, 'line-opacity': 0.6, 'line-width': 1 } },
      { id: 'zone-fill', type: 'fill', source: 'zones', paint: { 'fill-color': chosen(theme.clear, theme.zone), 'fill-opacity': chosen(0.35, 0.25) } },
      { id: 'zone-line', type: 'line', source: 'zones', layout: { 'line-join': 'round' }, paint: { 'line-color': chosen(theme.clear, theme.zone), 'line-width': chosen(3, 1.4) } },
      { id: 'drawing-line', type: 'line', source: 'drawing', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': theme.hold, 'line-width': 2.5, 'line-dasharray': [2, 1.5] } },
      { id: 'drawing-point', type: 'circle', source: 'drawing', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': theme.hold, 'circle-radius': 6, 'circle-stroke-color': theme.ground, 'circle-stroke-width': 2 } },
      {
        id: 'sensor', type: 'circle', source: 'sensors',
        paint: {
          'circle-color': ['match', ['get', 'kind'], 'node', theme.ground, theme.sensor], 'circle-radius': chosen(9, 6),
          'circle-stroke-color': chosen(theme.clear, theme.sensor), 'circle-stroke-width': 2.5,
        },
      },
      {
        id: 'zone-name', type: 'symbol', source: 'zone-names',
        layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 13, 'text-max-width': 11 }, paint: { 'text-color': theme.ink, ...halo },
      },
      {
        id: 'sensor-name', type: 'symbol', source: 'sensors',
        layout: { 'text-field': ['get', 'id'], 'text-font': FONT, 'text-size': 12, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 1.1 },
        paint: { 'text-color': theme.sensor, ...halo },
      },
    ],
  };
}
