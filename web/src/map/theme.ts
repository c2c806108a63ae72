/** The map's colours, read from the style sheet so that there is one palette. */

const NAMES = [
  'ground', 'ground-land', 'ground-water', 'line', 'line-grid', 'ink', 'ink-soft', 'ink-faint', 'cover', 'cover-ink', 'impact',
  'hold', 'clear', 'cover-text', 'hold-text', 'withdrawn', 'zone', 'sensor', 'ballistic', 'aircraft', 'drone', 'bird', 'unknown',
] as const;

export type Colour = (typeof NAMES)[number];
export type Theme = Readonly<Record<Colour, string>>;

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries) as Theme;
}

export type Rgba = [red: number, green: number, blue: number, alpha: number];

/** A colour of the palette, which is written `#rrggbb`, as numbers from 0 to 255. */
export function rgba(colour: string, alpha: number): Rgba {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255, alpha];
}
