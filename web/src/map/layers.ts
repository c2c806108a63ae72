/**
 * The style of the map: sources by name, and layers from bottom to top.
 *
 * No `glyphs` and no `sprite`: without a glyph address MapLibre draws text with the fonts of the machine, and symbols
 * are drawn in `icons.ts`, so the map asks the network for nothing. What is in the air is not here but in `sky.ts`.
 */

import type { DataDrivenPropertyValueSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { collection } from './features';
import type { Theme } from './theme';

export const SOURCES = ['outlines', 'grid', 'coverage', 'sensor-rings', 'zones', 'zone-names', 'sensors'] as const;
export type SourceName = (typeof SOURCES)[number];

export const HATCH = 'hatch-hold';

const FONT = ['system-ui', 'Segoe UI', 'Roboto', 'Noto Sans', 'DejaVu Sans', 'sans-serif'];

type Value<T> = DataDrivenPropertyValueSpecification<T>;

export function mapStyle(theme: Theme): StyleSpecification {
  return {
    version: 8,
    sky: {
      'sky-color': theme['ground-water'], 'horizon-color': theme.ground, 'fog-color': theme.ground, 'fog-ground-blend': 0.6,
      'horizon-fog-blend': 0.8, 'sky-horizon-blend': 0.9,
    },
    sources: Object.fromEntries(SOURCES.map((name) => [name, { type: 'geojson', data: collection([]), ...(name.startsWith('zone') ? { promoteId: 'id' } : {}) }])),
    layers: [
      { id: 'background', type: 'background', paint: { 'background-color': theme.ground } },
      ...ground(theme),
      ...zones(theme),
      ...symbols(theme),
    ],
  };
}

function ground(theme: Theme): LayerSpecification[] {
  const faint: Value<number> = ['case', ['get', 'well'], 0.5, 0.9];
  const ring: Value<string> = ['case', ['get', 'well'], theme.sensor, theme['hold-text']];
  return [
    {
      id: 'outline-area', type: 'fill', source: 'outlines', filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': ['match', ['get', 'kind'], 'water', theme['ground-water'], theme['ground-land']] },
    },
    { id: 'grid-fine', type: 'line', source: 'grid', filter: ['get', 'fine'], minzoom: 11, paint: { 'line-color': theme['line-grid'], 'line-width': 0.7 } },
    { id: 'grid', type: 'line', source: 'grid', filter: ['!', ['get', 'fine']], paint: { 'line-color': theme.line, 'line-width': 1.1 } },
    { id: 'outline-line', type: 'line', source: 'outlines', paint: { 'line-color': theme['ink-faint'], 'line-opacity': 0.55, 'line-width': 1 } },
    { id: 'coverage-fill', type: 'fill', source: 'coverage', paint: { 'fill-color': theme.sensor, 'fill-opacity': 0.16, 'fill-antialias': false } },
    { id: 'coverage-line', type: 'line', source: 'coverage', paint: { 'line-color': theme.sensor, 'line-opacity': 0.5, 'line-width': 1 } },
    { id: 'sensor-ring', type: 'line', source: 'sensor-rings', paint: { 'line-color': ring, 'line-width': ['case', ['get', 'well'], 1.2, 2], 'line-dasharray': [6, 4], 'line-opacity': faint } },
  ];
}

function zones(theme: Theme): LayerSpecification[] {
  const colour: Value<string> = [
    'match', ['get', 'tone'],
    'prepare', theme.hold, 'take_cover', theme.cover, 'hold', theme.hold, 'all_clear', theme.clear, 'withdrawn', theme.withdrawn, theme.zone,
  ];
  const strength: Value<number> = ['match', ['get', 'tone'], 'prepare', 0.12, 'take_cover', 0.62, 'hold', 0.2, 'all_clear', 0.3, 'withdrawn', 0.25, 0.2];
  const width: Value<number> = ['match', ['get', 'tone'], 'prepare', 2.5, 'take_cover', 4, 'hold', 3.5, 'all_clear', 2, 'withdrawn', 2, 1.3];
  return [
    { id: 'zone-fill', type: 'fill', source: 'zones', paint: { 'fill-color': colour, 'fill-opacity': strength } },
    { id: 'zone-hatch', type: 'fill', source: 'zones', filter: ['==', ['get', 'tone'], 'hold'], paint: { 'fill-pattern': HATCH, 'fill-opacity': 0.6 } },
    { id: 'zone-line', type: 'line', source: 'zones', layout: { 'line-join': 'round' }, paint: { 'line-color': colour, 'line-width': width } },
  ];
}

/** Text is apart from its symbol, so that a label that finds no room never takes its symbol with it. */
function symbols(theme: Theme): LayerSpecification[] {
  const halo = { 'text-halo-color': theme.ground, 'text-halo-width': 1.6 };
  return [
    {
      id: 'sensor', type: 'symbol', source: 'sensors',
      layout: { 'icon-image': ['concat', 'sensor-', ['get', 'state']], 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    },
    {
      id: 'zone-name', type: 'symbol', source: 'zone-names', filter: ['all', ['==', ['get', 'tone'], 'quiet'], ['>=', ['zoom'], ['get', 'from_zoom']]],
      layout: {
        'text-field': ['format', ['get', 'name'], {}, '\n', {}, ['get', 'kind'], { 'font-scale': 0.8, 'text-color': theme['ink-faint'] }],
        'text-font': FONT, 'text-size': 13, 'text-max-width': 11, 'symbol-sort-key': ['-', 0, ['get', 'people']],
        'text-variable-anchor': ['center', 'top', 'bottom', 'left', 'right'], 'text-radial-offset': 0.4,
      },
      paint: { 'text-color': theme.ink, ...halo },
    },
    {
      id: 'sensor-name', type: 'symbol', source: 'sensors',
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'text-variable-anchor': ['left', 'right', 'top', 'bottom'], 'text-radial-offset': 1.1, 'text-justify': 'auto' },
      paint: { 'text-color': ['case', ['get', 'well'], theme.sensor, theme['hold-text']], ...halo },
    },
  ];
}
