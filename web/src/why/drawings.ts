/** The drawings of a card: danger over time, and the ellipses on the ground. */

import { ellipse, type Place } from '../geo/local';
import { apart } from '../geo/apart';
import { pathThrough, svg } from '../svg';
import type { Impact } from '../contract/picture';
import type { CurvePoint } from './contract';

const [WIDTH, HEIGHT, LEFT, FOOT] = [560, 150, 46, 22];
/** Below this the scale of probabilities ends. */
const FLOOR = 1e-4;

/** Probability on a logarithmic scale: thresholds are small, and it matters how far below them a danger stayed. */
function y(probability: number): number {
  const share = Math.log10(Math.max(FLOOR, Math.min(1, probability)) / FLOOR) / -Math.log10(FLOOR);
  return (HEIGHT - FOOT) * (1 - share) + 6 * share;
}

/** Danger over time against the threshold; `decided_ms` where an alarm was raised. */
export function hazardChart(points: readonly CurvePoint[], decided_ms: number | null): SVGElement | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return null;
  const span_ms = Math.max(1, last.at_ms - first.at_ms);
  const x = (at_ms: number) => LEFT + ((WIDTH - LEFT - 8) * (at_ms - first.at_ms)) / span_ms;
  const line = (of: (point: CurvePoint) => number) => pathThrough(points.map((point) => [x(point.at_ms), y(of(point))]));
  const scale = [1, 0.1, 0.01, 0.001].flatMap((p) => [
    svg('line', { x1: LEFT, x2: WIDTH - 8, y1: y(p), y2: y(p), class: 'grid' }),
    svg('text', { x: LEFT - 6, y: y(p) + 4, 'text-anchor': 'end' }, `${100 * p} %`),
  ]);
  const time = (at_ms: number) => new Date(at_ms).toISOString().slice(11, 19);
  const decided = decided_ms === null || decided_ms < first.at_ms || decided_ms > last.at_ms ? [] : [
    svg('line', { x1: x(decided_ms), x2: x(decided_ms), y1: 4, y2: HEIGHT - FOOT, class: 'decided' }),
    svg('text', { x: x(decided_ms) + 4, y: 14, class: 'strong' }, 'decided'),
  ];
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: 'drawing hazard', role: 'img', 'aria-label': 'Danger over time against the threshold' },
    ...scale,
    svg('path', { d: line((point) => point.threshold), class: 'threshold' }),
    svg('path', { d: line((point) => point.probability), class: 'danger' }),
    ...decided,
    svg('text', { x: LEFT, y: HEIGHT - 6 }, `${time(first.at_ms)} Z`),
    svg('text', { x: WIDTH - 8, y: HEIGHT - 6, 'text-anchor': 'end' }, `${time(last.at_ms)} Z`),
  );
}

const SIZE = 260;

/** The zone with the ellipses that counted; where the rounds came down is a cross. North is up. */
export function ellipseDrawing(outline: readonly [number, number][], known: readonly Impact[], fell: readonly Place[]): SVGElement | null {
  const middle: Place | null = known[0] ?? (outline[0] ? { lon_deg: outline[0][0], lat_deg: outline[0][1] } : null);
  if (!middle) return null;
  const flat = (place: Place): [number, number] => {
    const { east_m, north_m } = apart(middle, place);
    return [east_m, -north_m];
  };
  const ring = (corners: readonly (readonly number[])[]) => corners.map(([lon_deg, lat_deg]) => flat({ lon_deg: lon_deg!, lat_deg: lat_deg! }));
  const zone = ring(outline);
  const rings = known.map((impact) => ring(ellipse(impact, impact.ellipse)));
  const crosses = fell.map(flat);
  const all = [...zone, ...rings.flat(), ...crosses];
  if (all.length === 0) return null;
  const [xs, ys] = [all.map(([east]) => east), all.map(([, south]) => south)];
  const [west, east, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const extent = 1.12 * Math.max(east - west, bottom - top, 50);
  const scale = SIZE / extent;
  const place = ([px, py]: readonly [number, number]): [number, number] => [
    (px - (west + east) / 2) * scale + SIZE / 2, (py - (top + bottom) / 2) * scale + SIZE / 2,
  ];
  const closed = (points: readonly (readonly [number, number])[]) => `${pathThrough(points.map(place))}Z`;
  const bar_m = roundLength(extent / 3);
  return svg('svg', { viewBox: `0 0 ${SIZE} ${SIZE}`, class: 'drawing ground', role: 'img', 'aria-label': 'The zone, the ellipses at the decision, and where the rounds came down' },
    ...(zone.length > 0 ? [svg('path', { d: closed(zone), class: 'zone' })] : []),
    ...rings.map((one) => svg('path', { d: closed(one), class: 'ellipse' })),
    ...known.map((impact) => {
      const [cx, cy] = place(flat(impact));
      return svg('circle', { cx, cy, r: 3, class: 'point' });
    }),
    ...crosses.map((one) => {
      const [cx, cy] = place(one);
      return svg('path', { d: `M${cx - 6} ${cy - 6}L${cx + 6} ${cy + 6}M${cx - 6} ${cy + 6}L${cx + 6} ${cy - 6}`, class: 'cross' });
    }),
    svg('line', { x1: 8, x2: 8 + bar_m * scale, y1: SIZE - 8, y2: SIZE - 8, class: 'bar' }),
    svg('text', { x: 8, y: SIZE - 14 }, `${bar_m} m`),
  );
}

/** The largest of 1, 2, 5 times a power of ten that is not longer. */
function roundLength(length_m: number): number {
  const power = 10 ** Math.floor(Math.log10(length_m));
  return power * ([5, 2, 1].find((step) => step * power <= length_m) ?? 1);
}
