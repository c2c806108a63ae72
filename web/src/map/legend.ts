/** What the symbols mean, drawn with the very same pens. */

import { el } from '../dom';
import { iconCanvas } from './icons';
import type { Theme } from './theme';

const MEANINGS: readonly (readonly [icon: string, meaning: string])[] = [
  ['threat-ballistic', 'Threat, with line to its impact'],
  ['impact', 'Impact in a zone, 95 % ellipse'],
  ['impact-empty', 'Impact where nobody is'],
  ['track-ballistic', 'Round, not a threat'],
  ['track-aircraft', 'Aircraft'],
  ['track-slow', 'Slow flyer: drone or bird'],
  ['track-drone', 'Drone'],
  ['track-bird', 'Bird'],
  ['track-unknown', 'Not yet known'],
  ['sensor-ok', 'Sensor'],
  ['sensor-silent', 'Sensor gone silent'],
];

export function legend(theme: Theme): HTMLElement {
  const rows = MEANINGS.map(([icon, meaning]) => {
    const symbol = iconCanvas(icon, theme);
    symbol.setAttribute('aria-hidden', 'true');
    return el('li', {}, symbol, el('span', { text: meaning }));
  });
  const grid = el('li', {}, el('span', { text: 'Grid: 1 km near the site, 10 km beyond' }));
  return el('details', { class: 'legend', testid: 'legend' }, el('summary', { text: 'Symbols' }), el('ul', {}, ...rows, grid));
}
