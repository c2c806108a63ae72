/**
 * What is in the air, in three dimensions, drawn by deck.gl over the map: symbols at their height, stems down to the ground, trails
 * behind, and the way of each round ahead.
 *
 * A picture is turned into flat arrays when it comes. Between pictures each frame moves the places within two buffers on the graphics
 * card and asks for nothing else: no layer is made anew, nothing is compared, nothing is allocated.
 */

import type { Layer } from '@deck.gl/core';
import { IconLayer, LineLayer } from '@deck.gl/layers';
import { MapLibreOverlay } from '@deck.gl/maplibre';
import type { Picture, Track } from '../contract/picture';
import type { Origin } from '../contract/site';
import { Movers } from '../picture/motion';
import type { Trails } from '../picture/trails';
import { freshness } from './features';
import { iconOf, iconSheet, SYMBOL_OF, type IconSheet, type TrackSymbol } from './icons';
import { rgba, type Rgba, type Theme } from './theme';

/** What we need of luma.gl's device and buffers. */
interface GpuBuffer {
  write(data: ArrayBufferView, byteOffset?: number): void;
  destroy(): void;
}
interface GpuDevice {
  createBuffer(props: { byteLength: number }): GpuBuffer;
}

const FLOATS_PER_PLACE = 3;
const BYTES_PER_PLACE = 12;
/** Strips of a path are drawn for this share and left out for the rest: what is predicted is dashed, what was seen is not. */
const DASH = 0.55;
const ICON_PX = 32;

/** In the order in which they are drawn: nothing hides a round. */
const RANK: Record<TrackSymbol, number> = { bird: 0, slow: 0, drone: 1, unknown: 1, aircraft: 1, ballistic: 2 };

interface Lines {
  count: number;
  from: Float32Array;
  to: Float32Array;
  colour: Uint8Array;
}

function lines(room: number): Lines {
  return { count: 0, from: new Float32Array(3 * room), to: new Float32Array(3 * room), colour: new Uint8Array(4 * room) };
}

export class Sky {
  readonly overlay: MapLibreOverlay;
  readonly movers: Movers;
  private device: GpuDevice | null = null;
  private tops: GpuBuffer | null = null;
  private feet: GpuBuffer | null = null;
  private room = 0;
  private layers: Layer[] = [];
  private sheet: IconSheet;
  private trails: Lines = lines(0);
  private turned_deg = 0;
  private last: { picture: Picture; alarming: ReadonlySet<number> } | null = null;
  private threatening = new Set<number>();

  constructor(
    private readonly origin: Origin,
    private theme: Theme,
  ) {
    this.movers = new Movers(origin);
    this.sheet = iconSheet(theme);
    this.overlay = new MapLibreOverlay({
      interleaved: false,
      layers: [],
      // Painted in order: a symbol is never half hidden by the stem of another.
      parameters: { depthCompare: 'always', depthWriteEnabled: false },
      onDeviceInitialized: (device) => {
        this.device = device as unknown as GpuDevice;
        this.rebuild();
      },
      onError: (fault) => console.warn('The sky cannot be drawn:', fault),
    });
  }

  /** Colours of the other theme. */
  dress(theme: Theme): void {
    this.theme = theme;
    this.sheet = iconSheet(theme);
    this.rebuild();
  }

  /** Symbols keep their course on the ground when the map is turned. */
  turn(bearing_deg: number): void {
    if (bearing_deg === this.turned_deg) return;
    this.turned_deg = bearing_deg;
    this.rebuild();
  }

  /** How many tracks are drawn. */
  get count(): number {
    return this.movers.count;
  }

  isThreat(track: number): boolean {
    return this.threatening.has(track);
  }

  picture(picture: Picture, trails: Trails, now_ms: number, alarming: ReadonlySet<number>): void {
    this.last = { picture, alarming };
    this.threatening = new Set(picture.threats.map((threat) => threat.track));
    const ranked = [...picture.tracks].sort((a, b) => rank(a) - rank(b));
    this.movers.picture(ranked, picture.threats, now_ms);
    this.layTrails(trails, picture.now_ms);
    this.rebuild();
  }

  /** Moves everything to an instant; sixty times per second. */
  frame(now_ms: number): void {
    if (!this.tops || !this.feet || this.movers.count === 0) return;
    this.movers.frame(now_ms);
    this.upload(this.tops, this.feet);
    for (const layer of this.layers) layer.setNeedsRedraw();
  }

  private upload(tops: GpuBuffer, feet: GpuBuffer): void {
    const length = this.movers.count * FLOATS_PER_PLACE;
    tops.write(this.movers.place.subarray(0, length));
    feet.write(this.movers.foot.subarray(0, length));
  }

  private rebuild(): void {
    if (!this.device || !this.last) return;
    const { tops, feet } = this.buffers(this.device, this.movers.count);
    this.upload(tops, feet);
    const { picture, alarming } = this.last;
    this.layers = [this.stems(tops, feet), this.wakes(), this.ways(picture, alarming), this.symbols(tops, picture.now_ms)];
    this.overlay.setProps({ layers: this.layers });
  }

  private buffers(device: GpuDevice, count: number): { tops: GpuBuffer; feet: GpuBuffer } {
    if (!this.tops || !this.feet || count > this.room) {
      this.room = Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, count))));
      this.tops?.destroy();
      this.feet?.destroy();
      this.tops = device.createBuffer({ byteLength: this.room * BYTES_PER_PLACE });
      this.feet = device.createBuffer({ byteLength: this.room * BYTES_PER_PLACE });
    }
    return { tops: this.tops, feet: this.feet };
  }

  private about(id: string) {
    return {
      id,
      coordinateSystem: 'lnglat-offsets' as const,
      coordinateOrigin: [this.origin.lon_deg, this.origin.lat_deg, 0] as [number, number, number],
      pickable: false,
    };
  }

  private stems(tops: GpuBuffer, feet: GpuBuffer): Layer {
    const { tracks } = this.movers;
    const colour = new Uint8Array(4 * tracks.length);
    const [plain, threat] = [rgba(this.theme['ink-faint'], 110), rgba(this.theme.cover, 230)];
    tracks.forEach((track, i) => colour.set(track.threat ? threat : plain, 4 * i));
    return new LineLayer({
      ...this.about('stems'),
      data: {
        length: tracks.length,
        attributes: { getSourcePosition: place(tops), getTargetPosition: place(feet), getColor: { value: colour, size: 4, normalized: true } },
      } as never,
      getWidth: 1.2,
    });
  }

  private wakes(): Layer {
    return this.lineLayer('trails', this.trails, 2);
  }

  private ways(picture: Picture, alarming: ReadonlySet<number>): Layer {
    const threats = picture.threats.filter((threat) => (threat.path?.length ?? 0) > 1);
    const dashes = lines(threats.reduce((sum, threat) => sum + threat.path!.length - 1, 0));
    for (const { track, path } of threats) {
      const colour = rgba(alarming.has(track) ? this.theme.impact : this.theme.ballistic, 235);
      for (let step = 0; step + 1 < path!.length; step += 1) {
        const [from, to] = [path![step]!, path![step + 1]!];
        const end = from.map((value, axis) => value + (to[axis]! - value) * DASH) as [number, number, number];
        this.push(dashes, from, end, colour);
      }
    }
    return this.lineLayer('ways', dashes, 2.4);
  }

  private symbols(tops: GpuBuffer, now_ms: number): Layer {
    const { tracks } = this.movers;
    const { sheet, turned_deg } = this;
    const index = { index: 0 };
    return new IconLayer({
      ...this.about('symbols'),
      data: { length: tracks.length, attributes: { getPosition: place(tops) } } as never,
      iconAtlas: sheet.canvas as never,
      iconMapping: sheet.mapping,
      getIcon: (_: unknown, { index: i }: typeof index) => iconOf(tracks[i]!),
      getAngle: (_: unknown, { index: i }: typeof index) => (upright(tracks[i]!) ? 0 : turned_deg - tracks[i]!.course_deg),
      getColor: (_: unknown, { index: i }: typeof index) => [0, 0, 0, 255 * freshness(tracks[i]!, now_ms)],
      getSize: ICON_PX,
      billboard: true,
    });
  }

  private lineLayer(id: string, { count, from, to, colour }: Lines, width: number): Layer {
    return new LineLayer({
      ...this.about(id),
      data: {
        length: count,
        attributes: {
          getSourcePosition: { value: from, size: 3 }, getTargetPosition: { value: to, size: 3 }, getColor: { value: colour, size: 4, normalized: true },
        },
      } as never,
      getWidth: width,
    });
  }

  private layTrails(trails: Trails, now_ms: number): void {
    const { tracks } = this.movers;
    let room = 0;
    for (const track of tracks) room += Math.max(0, (trails.trail(track.id)?.length ?? 0) - 1);
    const laid = lines(room);
    const { lon_deg, lat_deg, height_m } = this.origin;
    for (const track of tracks) {
      const trail = trails.trail(track.id);
      if (!trail) continue;
      const colour = rgba(this.theme[track.threat ? 'cover' : SYMBOL_COLOURS[SYMBOL_OF[track.class]]], 0);
      const strength = track.threat ? 235 : RANK[SYMBOL_OF[track.class]] === 0 ? 60 : 150;
      for (let back = trail.length - 1; back > 0; back -= 1) {
        const at = 3 * laid.count;
        laid.from[at] = trail.get(back, 0) - lon_deg;
        laid.from[at + 1] = trail.get(back, 1) - lat_deg;
        laid.from[at + 2] = Math.max(0, trail.get(back, 2) - height_m);
        laid.to[at] = trail.get(back - 1, 0) - lon_deg;
        laid.to[at + 1] = trail.get(back - 1, 1) - lat_deg;
        laid.to[at + 2] = Math.max(0, trail.get(back - 1, 2) - height_m);
        colour[3] = strength * Math.max(0.15, 1 - (now_ms - trail.get(back, 3)) / 40_000);
        laid.colour.set(colour, 4 * laid.count);
        laid.count += 1;
      }
    }
    this.trails = laid;
  }

  private push(into: Lines, from: readonly number[], to: readonly number[], colour: Rgba): void {
    const { lon_deg, lat_deg, height_m } = this.origin;
    const at = 3 * into.count;
    into.from.set([from[0]! - lon_deg, from[1]! - lat_deg, Math.max(0, from[2]! - height_m)], at);
    into.to.set([to[0]! - lon_deg, to[1]! - lat_deg, Math.max(0, to[2]! - height_m)], at);
    into.colour.set(colour, 4 * into.count);
    into.count += 1;
  }
}

const SYMBOL_COLOURS: Record<TrackSymbol, 'ballistic' | 'aircraft' | 'bird' | 'drone' | 'unknown'> = {
  ballistic: 'ballistic', aircraft: 'aircraft', slow: 'bird', drone: 'drone', bird: 'bird', unknown: 'unknown',
};

const place = (buffer: GpuBuffer) => ({ buffer, type: 'float32', size: 3, stride: BYTES_PER_PLACE, offset: 0 });

function rank(track: Track): number {
  return track.threat ? 3 : RANK[SYMBOL_OF[track.class]];
}

/** What flies slowly turns as it likes; its symbol stays upright and recognisable. */
function upright(track: Track): boolean {
  return ['bird', 'drone', 'slow'].includes(SYMBOL_OF[track.class]);
}
