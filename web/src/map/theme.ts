/** The map's colours, read from the style sheet so that there is one palette. */

const NAMES = [
  'ground', 'ground-land', 'ground-water', 'line', 'line-grid', 'ink', 'ink-soft', 'ink-faint', 'cover', 'cover-ink', 'impact',
  'hold', 'clear', 'withdrawn', 'zone', 'sensor', 'ballistic', 'aircraft', 'drone', 'bird', 'unknown',
] as const;

export type Colour = (typeof NAMES)[number];
export type Theme = Readonly<Record<Colour, string>>;

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const entries = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(entries) as Theme;
}
