/**
 * The symbols, drawn here rather than loaded: there is no sprite server, and a symbol's meaning belongs beside its form.
 *
 * Shape says what a thing is, so that the picture reads without colour; symbols of moving things point north and are
 * turned to their course by the map.
 */

import type { SensorState, Track, TrackClass } from '../contract/picture';
import type { Colour, Theme } from './theme';

/** Pixels of the drawing grid; symbols are drawn around its centre. */
const GRID = 32;
const PIXEL_RATIO = 3;

type Pen = CanvasRenderingContext2D;
type Draw = (pen: Pen, theme: Theme) => void;

export type TrackSymbol = 'ballistic' | 'aircraft' | 'slow' | 'drone' | 'bird' | 'unknown';

/** Rounds share one symbol: which kind of round it is matters less than that it is one, and is said in words. */
export const SYMBOL_OF: Record<TrackClass, TrackSymbol> = {
  mortar: 'ballistic', artillery: 'ballistic', rocket: 'ballistic', ballistic: 'ballistic',
  aircraft: 'aircraft', slow_flyer: 'slow', drone: 'drone', bird: 'bird', unknown: 'unknown',
};

/** The symbol of a track: threats have one of their own. */
export function iconOf(track: Track): string {
  return `${track.threat ? 'threat' : 'track'}-${SYMBOL_OF[track.class]}`;
}

function polygon(pen: Pen, points: readonly (readonly [number, number])[]): void {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.closePath();
}

/** Fills the current path, with a dark rim that parts it from whatever is below. */
function solid(pen: Pen, theme: Theme, fill: string, rim = 3): void {
  pen.strokeStyle = theme.ground;
  pen.lineWidth = rim;
  pen.lineJoin = 'round';
  pen.stroke();
  pen.fillStyle = fill;
  pen.fill();
}

/** Strokes the current path twice, dark and wide below, bright above. */
function wire(pen: Pen, theme: Theme, colour: string, width: number): void {
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.strokeStyle = theme.ground;
  pen.lineWidth = width + 2.5;
  pen.stroke();
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

const outlines: Record<TrackSymbol, (pen: Pen, theme: Theme, colour: string) => void> = {
  ballistic: (pen, theme, colour) => {
    polygon(pen, [[0, -12], [7, 9], [0, 4.5], [-7, 9]]);
    solid(pen, theme, colour);
  },
  aircraft: (pen, theme, colour) => {
    polygon(pen, [
      [0, -11], [1.8, -8], [1.8, -2.5], [10, 3], [10, 5], [1.8, 2.6], [1.3, 7.5], [4, 9.6], [4, 11],
      [0, 10], [-4, 11], [-4, 9.6], [-1.3, 7.5], [-1.8, 2.6], [-10, 5], [-10, 3], [-1.8, -2.5], [-1.8, -8],
    ]);
    solid(pen, theme, colour, 2.5);
  },
  slow: (pen, theme, colour) => {
    polygon(pen, [[0, -5], [5, 0], [0, 5], [-5, 0]]);
    wire(pen, theme, colour, 1.8);
  },
  drone: (pen, theme, colour) => {
    pen.beginPath();
    for (const [x, y] of [[6, 6], [-6, 6]] as const) {
      pen.moveTo(-x, -y);
      pen.lineTo(x, y);
    }
    for (const [x, y] of [[6, 6], [-6, 6], [6, -6], [-6, -6]] as const) {
      pen.moveTo(x + 3, y);
      pen.arc(x, y, 3, 0, 2 * Math.PI);
    }
    wire(pen, theme, colour, 1.8);
  },
  bird: (pen, theme, colour) => {
    pen.beginPath();
    pen.moveTo(-8, 2);
    pen.quadraticCurveTo(-4, -5, 0, 1);
    pen.quadraticCurveTo(4, -5, 8, 2);
    wire(pen, theme, colour, 1.8);
  },
  unknown: (pen, theme, colour) => {
    pen.beginPath();
    pen.arc(0, 0, 5, 0, 2 * Math.PI);
    pen.moveTo(0, -5);
    pen.lineTo(0, -10.5);
    wire(pen, theme, colour, 1.8);
  },
};

const threat =
  (symbol: TrackSymbol): Draw =>
  (pen, theme) => {
    pen.save();
    pen.scale(1.25, 1.25);
    outlines[symbol](pen, theme, theme.cover);
    pen.restore();
  };

const sensor =
  (state: SensorState): Draw =>
  (pen, theme) => {
    const colour = state === 'ok' ? theme.sensor : state === 'silent' ? theme['hold-text'] : theme['ink-faint'];
    polygon(pen, [[0, -7], [8, 7], [-8, 7]]);
    if (state === 'ok') return solid(pen, theme, colour);
    wire(pen, theme, colour, 1.8);
    if (state === 'never_heard') return;
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(side * 8, -9);
      pen.lineTo(side * -8, 9);
    }
    wire(pen, theme, colour, 2.2);
  };

const impact =
  (colour: Colour): Draw =>
  (pen, theme) => {
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(side * 6, -6);
      pen.lineTo(side * -6, 6);
    }
    pen.moveTo(11, 0);
    pen.arc(0, 0, 11, 0, 2 * Math.PI);
    wire(pen, theme, theme[colour], 2.4);
  };

const SYMBOLS: TrackSymbol[] = ['ballistic', 'aircraft', 'slow', 'drone', 'bird', 'unknown'];

/** Slow flyers are mostly birds, and as quiet; their shape says that it is not known. */
const colourOf = (symbol: TrackSymbol): Colour => (symbol === 'slow' ? 'bird' : symbol);

/** Every symbol by the name under which the map and the legend use it. */
const DRAWINGS: Record<string, Draw> = {
  ...Object.fromEntries(
    SYMBOLS.flatMap((symbol) => [
      [`track-${symbol}`, ((pen, theme) => outlines[symbol](pen, theme, theme[colourOf(symbol)])) as Draw],
      [`threat-${symbol}`, threat(symbol)],
    ]),
  ),
  'sensor-ok': sensor('ok'),
  'sensor-silent': sensor('silent'),
  'sensor-never_heard': sensor('never_heard'),
  impact: impact('impact'),
  'impact-empty': impact('ballistic'),
};

export const ICON_NAMES = Object.keys(DRAWINGS);

/** A canvas with one symbol on it, for the legend. */
export function iconCanvas(name: string, theme: Theme): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = GRID * PIXEL_RATIO;
  const pen = canvas.getContext('2d')!;
  pen.scale(PIXEL_RATIO, PIXEL_RATIO);
  pen.translate(GRID / 2, GRID / 2);
  DRAWINGS[name]!(pen, theme);
  return canvas;
}

export interface IconSheet {
  canvas: HTMLCanvasElement;
  mapping: Record<string, { x: number; y: number; width: number; height: number; mask: false }>;
}

/** The symbols of all that moves on one canvas, as deck.gl takes them. */
export function iconSheet(theme: Theme): IconSheet {
  const names = ICON_NAMES.filter((name) => !name.startsWith('sensor-'));
  const canvas = document.createElement('canvas');
  const size = GRID * PIXEL_RATIO;
  [canvas.width, canvas.height] = [size * names.length, size];
  const pen = canvas.getContext('2d')!;
  names.forEach((name, i) => pen.drawImage(iconCanvas(name, theme), i * size, 0));
  const mapping = Object.fromEntries(names.map((name, i) => [name, { x: i * size, y: 0, width: size, height: size, mask: false as const }]));
  return { canvas, mapping };
}

/** The same symbol as the map takes it. */
export function iconImage(name: string, theme: Theme): { image: ImageData; pixelRatio: number } {
  const canvas = iconCanvas(name, theme);
  const image = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
  return { image, pixelRatio: PIXEL_RATIO };
}

/** Slanted stripes for zones on hold: told apart from a plain fill without colour. */
export function hatchImage(colour: string): { image: ImageData; pixelRatio: number } {
  const size = 24;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const pen = canvas.getContext('2d')!;
  pen.strokeStyle = colour;
  pen.lineWidth = 5;
  for (const shift of [-size, 0, size]) {
    pen.beginPath();
    pen.moveTo(shift - 4, size + 4);
    pen.lineTo(shift + size + 4, -4);
    pen.stroke();
  }
  return { image: pen.getImageData(0, 0, size, size), pixelRatio: 2 };
}
