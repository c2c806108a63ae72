import { expect, it } from 'vitest';
import { layerNames, mix, vectorLayers } from './basemap';

const THEME = { ground: '#0b1016', 'ground-land': '#111923', 'ground-water': '#0a1a2b', ink: '#eef3f8', 'ink-faint': '#8291a3' };

it('mixes two colours of the palette', () => {
  expect(mix('#000000', '#ffffff', 0.5)).toBe('#808080');
  expect(mix('#0b1016', '#eef3f8', 0)).toBe('#0b1016');
});

it.each([
  ['Protomaps', ['earth', 'landuse', 'water', 'roads', 'buildings', 'boundaries', 'places']],
  ['OpenMapTiles', ['landcover', 'landuse', 'park', 'water', 'waterway', 'transportation', 'building', 'boundary', 'place']],
])('draws water, roads, buildings, boundaries and places of %s', (_, names) => {
  const drawn = vectorLayers(THEME, layerNames({ vector_layers: names.map((id) => ({ id })) }));
  const layers = drawn.map((layer) => ('source-layer' in layer ? layer['source-layer'] : ''));
  expect(new Set(layers)).toEqual(new Set(names));
  expect(new Set(drawn.map((layer) => layer.id)).size, 'each layer has an id of its own').toBe(drawn.length);
  expect(layers.indexOf(names.find((name) => name === 'water')!)).toBeLessThan(layers.findIndex((name) => name === 'roads' || name === 'transportation'));
});

it('asks for every layer where the file does not say which it has', () => {
  expect(layerNames({})).toBeNull();
  expect(vectorLayers(THEME, null).length).toBeGreaterThan(15);
});
