/** The signs: one shape for each answer, so that nothing rests on a colour. Drawn here; no fonts, no files. */

import type { Said } from './answer';

const SVG = 'http://www.w3.org/2000/svg';

/** In a square of 64: filled shapes, and lines of width 6. */
interface Drawing {
  fill?: string;
  line?: string;
}

const HEAD = (x: number, y: number, r: number) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;

const DRAWINGS: Record<Said['kind'], Drawing> = {
  // Somebody who lies under an arrow that points down.
  down: { fill: HEAD(12, 46, 6.5), line: 'M22 50H58M6 59H60M32 5V30M21 20L32 31L43 20' },
  // Somebody who walks, and where to.
  walk: { fill: HEAD(25, 9, 6.5), line: 'M25 21V38M25 38L15 58M25 38L34 58M25 24L12 33M25 24L37 31M46 41H60M53 33L61 41L53 49' },
  // Somebody under a roof.
  stay: { fill: HEAD(32, 33, 6), line: 'M5 30L32 6L59 30M13 26V59H51V26M32 42V58' },
  prepare: { fill: HEAD(32, 49, 3.6), line: 'M32 6L60 58H4ZM32 24V39' },
  all_clear: { line: 'M8 34L25 52L57 14' },
  withdrawn: { line: 'M12 12L52 52M52 12L12 52' },
  // An eye: somebody looks, and sees nothing. A check would say that it is over.
  nothing: { fill: HEAD(32, 32, 8.5), line: 'M4 32Q32 2 60 32Q32 62 4 32Z' },
  not_known: { fill: HEAD(32, 54, 4), line: 'M17 21a15 15 0 1 1 22 13q-7 4-7 10' },
  not_covered: { line: 'M32 6a26 26 0 1 0 .1 0M14 14L50 50' },
  choose: { fill: HEAD(32, 24, 6), line: 'M32 59Q12 36 12 24a20 20 0 0 1 40 0Q52 36 32 59Z' },
};

export function shape<K extends keyof SVGElementTagNameMap>(name: K, attributes: Record<string, string | number>, ...children: Node[]): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

export function sign(kind: Said['kind']): SVGSVGElement {
  const { fill, line } = DRAWINGS[kind];
  const drawn = shape('svg', { viewBox: '0 0 64 64', class: 'sign', 'aria-hidden': 'true' });
  if (line) drawn.append(shape('path', { d: line, fill: 'none', stroke: 'currentColor', 'stroke-width': 6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }));
  if (fill) drawn.append(shape('path', { d: fill, fill: 'currentColor' }));
  return drawn;
}

/** A compass with its north, and an arrow to where the way leads: without the north nobody knows what an arrow on a phone means. */
export class Compass {
  private readonly arrow = shape('path', { d: 'M0 -31L13 -6H5V30H-5V-6H-13Z', fill: 'currentColor' });
  private readonly north = shape('text', { x: 0, y: -37, 'text-anchor': 'middle', 'font-size': 14, 'font-weight': 700, fill: 'currentColor' });
  readonly root = shape(
    'svg',
    { viewBox: '-50 -50 100 100', class: 'compass', 'aria-hidden': 'true' },
    shape('circle', { r: 35, fill: 'none', stroke: 'currentColor', 'stroke-width': 2, opacity: 0.5 }),
    shape('path', { d: 'M0 -35V-29M35 0H29M0 35V29M-35 0H-29', stroke: 'currentColor', 'stroke-width': 3 }),
    this.north,
    this.arrow,
  );

  point(bearing_deg: number, north: string): void {
    this.arrow.setAttribute('transform', `rotate(${Math.round(bearing_deg)}) scale(.78)`);
    if (this.north.textContent !== north) this.north.textContent = north;
  }
}
