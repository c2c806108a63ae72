/**
 * The owner's own map under everything else: vector or raster tiles out of one PMTiles file of the server.
 *
 * Two schemas are known by the names of their layers, Protomaps' and OpenMapTiles'. All colours are mixtures of the
 * palette's own ground and ink, so that the map is quieter than anything on it, in light and dark.
 */

import * as maplibregl from 'maplibre-gl';
import type { ExpressionSpecification, FilterSpecification, LayerSpecification, Map as MapLibre } from 'maplibre-gl';
import { PMTiles, Protocol } from 'pmtiles';
import type { Basemap } from '../contract/site';
import { el } from '../dom';
import type { Theme } from './theme';

const SOURCE = 'basemap';
const FILE = './api/basemap.pmtiles';
const FONT = ['system-ui', 'Segoe UI', 'Roboto', 'Noto Sans', 'DejaVu Sans', 'sans-serif'];
/** Shown of what the file says of its makers, characters. */
const ATTRIBUTION_MAX = 200;

let protocol: Protocol | null = null;

type Ground = Pick<Theme, 'ground' | 'ground-land' | 'ground-water' | 'ink' | 'ink-faint'>;

/** Draws the site's basemap, if it has one, below the grid or else below every other layer. The map must have loaded. */
export async function addBasemap(map: MapLibre, site: { basemap?: Basemap | null }, theme: Ground): Promise<void> {
  if (!site.basemap) return;
  try {
    const file = new PMTiles(new URL(FILE, location.href).href);
    const about = (await file.getMetadata()) as Record<string, unknown>;
    if (!protocol) {
      protocol = new Protocol();
      maplibregl.addProtocol('pmtiles', protocol.tile);
    }
    protocol.add(file);
    const url = `pmtiles://${file.source.getKey()}`;
    const raster = site.basemap.kind === 'raster';
    map.addSource(SOURCE, raster ? { type: 'raster', url, tileSize: 256 } : { type: 'vector', url });
    const layers = map.getStyle().layers;
    const above = layers.find((layer) => layer.id.startsWith('grid')) ?? layers.find((layer) => layer.type !== 'background');
    const drawn = raster ? [rasterLayer(theme)] : vectorLayers(theme, layerNames(about));
    for (const layer of drawn) map.addLayer(layer, above?.id);
    attribute(map, about['attribution']);
  } catch (fault) {
    console.warn('The basemap cannot be drawn:', fault);
  }
}

/** The layers that the file says it has; `null` when it does not say. */
export function layerNames(about: Record<string, unknown>): ReadonlySet<string> | null {
  const layers = about['vector_layers'];
  if (!Array.isArray(layers)) return null;
  return new Set(layers.map((layer: unknown) => String((layer as { id?: unknown } | null)?.id)));
}

/** What the file says of its makers, as text: whatever markup it holds stays markup of somebody else. */
function attribute(map: MapLibre, words: unknown): void {
  if (typeof words !== 'string' || words === '') return;
  const text = new DOMParser().parseFromString(words, 'text/html').body.textContent ?? '';
  const shown = text.trim().slice(0, ATTRIBUTION_MAX);
  if (shown) map.getContainer().append(el('p', { class: 'basemap-attribution', testid: 'attribution', text: shown }));
}

function channels(colour: string): number[] {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** Between two colours of the palette, which are written `#rrggbb`. */
export function mix(from: string, to: string, share: number): string {
  const [a, b] = [channels(from), channels(to)];
  const mixed = a.map((value, index) => Math.round(value + (b[index]! - value) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function isDark(theme: Ground): boolean {
  return channels(theme.ground).reduce((sum, value) => sum + value, 0) < 384;
}

function rasterLayer(theme: Ground): LayerSpecification {
  const paint = isDark(theme) ? { 'raster-brightness-max': 0.42, 'raster-saturation': -0.6 } : { 'raster-opacity': 0.6, 'raster-saturation': -0.5 };
  return { id: 'basemap-raster', type: 'raster', source: SOURCE, paint };
}

/** The word that says what a feature is: `kind` in Protomaps' schema, `class` in OpenMapTiles'. */
const KIND: ExpressionSpecification = ['coalesce', ['get', 'kind'], ['get', 'pmap:kind'], ['get', 'class'], ''];
const oneOf = (...words: string[]): FilterSpecification => ['in', KIND, ['literal', words]];

/** Exported for its test: which layers of a file are drawn, from bottom to top. */
export function vectorLayers(theme: Ground, names: ReadonlySet<string> | null): LayerSpecification[] {
  const tint = (share: number) => mix(theme.ground, theme.ink, share);
  const green = mix(theme['ground-land'], isDark(theme) ? '#2f5d46' : '#9cc3a0', 0.28);
  const fill = (layer: string, colour: string, filter?: FilterSpecification, minzoom = 0): LayerSpecification => ({
    id: `basemap-${layer}${filter ? '-part' : ''}`, type: 'fill', source: SOURCE, 'source-layer': layer, minzoom,
    ...(filter ? { filter } : {}), paint: { 'fill-color': colour },
  });
  const line = (layer: string, part: string, colour: string, widths: [number, number], filter: FilterSpecification, minzoom: number, dash?: number[]): LayerSpecification => ({
    id: `basemap-${layer}-${part}`, type: 'line', source: SOURCE, 'source-layer': layer, filter, minzoom,
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': colour, 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 8, widths[0], 17, widths[1]],
      ...(dash ? { 'line-dasharray': dash } : {}),
    },
  });
  const roads = (layer: string) => [
    line(layer, 'path', tint(0.12), [0.3, 2], oneOf('path', 'track', 'other', 'pedestrian'), 14, [2, 2]),
    line(layer, 'minor', tint(0.15), [0.3, 7], oneOf('minor_road', 'minor', 'service', 'residential', 'street'), 12),
    line(layer, 'rail', tint(0.24), [0.5, 2], oneOf('rail', 'transit'), 10, [4, 3]),
    line(layer, 'medium', tint(0.18), [0.5, 10], oneOf('medium_road', 'secondary', 'tertiary'), 9),
    line(layer, 'major', tint(0.22), [0.8, 13], oneOf('major_road', 'primary', 'trunk'), 7),
    line(layer, 'highway', tint(0.29), [1.1, 16], oneOf('highway', 'motorway'), 5),
  ];
  const border = (layer: string): LayerSpecification =>
    line(layer, 'line', tint(0.42), [1, 2], ['any', ['!', ['has', 'admin_level']], ['<=', ['to-number', ['get', 'admin_level'], 2], 4]], 0, [4, 2]);
  const names_: LayerSpecification[] = ['places', 'place'].map((layer) => ({
    id: `basemap-${layer}`, type: 'symbol', source: SOURCE, 'source-layer': layer,
    layout: {
      'text-field': ['coalesce', ['get', 'name:en'], ['get', 'name_en'], ['get', 'name'], ''], 'text-font': FONT,
      'text-size': ['match', KIND, ['country', 'region', 'state'], 15, ['city', 'locality', 'town'], 13, 11], 'text-max-width': 9,
    },
    paint: { 'text-color': theme['ink-faint'], 'text-halo-color': theme.ground, 'text-halo-width': 1.4 },
  }));
  const all: LayerSpecification[] = [
    fill('earth', theme['ground-land']),
    fill('landcover', green, oneOf('forest', 'wood', 'grass', 'grassland', 'wetland', 'scrub', 'farmland', 'barren')),
    fill('landuse', green, oneOf('park', 'forest', 'wood', 'cemetery', 'grass', 'nature_reserve', 'national_park', 'garden', 'orchard')),
    fill('park', green),
    fill('water', theme['ground-water']),
    line('waterway', 'line', theme['ground-water'], [0.6, 6], ['has', 'class'], 8),
    ...['buildings', 'building'].map((layer) => fill(layer, tint(0.09), undefined, 13)),
    ...['roads', 'transportation'].flatMap(roads),
    ...['boundaries', 'boundary'].map(border),
    ...names_,
  ];
  return all.filter((layer) => names === null || ('source-layer' in layer && names.has(layer['source-layer'] as string)));
}
