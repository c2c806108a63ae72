/**
 * What is in the air, in three dimensions, drawn by deck.gl over the map: symbols at their height, stems down to the ground, trails
 * behind, and the way of each round ahead.
 *
 * A picture is turned into flat arrays when it comes. Between pictures each frame moves the places within two buffers on the graphics
 * card and asks for nothing else: no layer is made anew, nothing is compared, nothing is allocated.
 */

import type { Layer } from '@deck.gl/core';
import type { Polygon, Position } from 'geojson';
import { IconLayer, LineLayer, SolidPolygonLayer } from '@deck.gl/layers';
import { MapLibreOverlay } from '@deck.gl/maplibre';
import type { Picture, Track } from '../contract/picture';
import type { Origin } from '../contract/site';
import { Movers } from '../picture/motion';
import { TRAIL_AGE_MS_MAX, TRAIL_POINTS_MAX, type Trails } from '../picture/trails';
import { alarmingTracks, freshness, impactShapes } from './features';
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
/** What threatens nobody leaves a shorter trail: a thousand long ones hide the few that matter. */
const QUIET_TRAIL_POINTS = 20;
/** ... and they are laid anew only so often: they are by far the most that a picture holds. */
const QUIET_TRAILS_MS = 1_000;
const GROUND_DASHES = 24;

/** In the order in which they are drawn: nothing hides a round. */
const RANK: Record<TrackSymbol, number> = { bird: 0, slow: 0, drone: 1, unknown: 1, aircraft: 1, ballistic: 2 };

interface Lines {
  count: number;
  from: Float32Array;
  to: Float32Array;
  colour: Uint8Array;
  /** As deck.gl takes it; the same object again says that nothing has changed. */
  data?: object;
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
  private outgrown: GpuBuffer[] = [];
  private room = 0;
  private layers: Layer[] = [];
  private sheet: IconSheet;
  private trails: Lines = lines(0);
  private quietTrails: Lines = lines(0);
  private quietLaid_ms = -Infinity;
  private turned_deg = 0;
  private last: { picture: Picture; now_ms: number } | null = null;
  /** How many impacts are drawn: in alarmed zones, and where nobody is. */
  impacts = { alarming: 0, elsewhere: 0 };

  constructor(
    private readonly origin: Origin,
    private theme: Theme,
    /** Called after each frame that is drawn: what is moved then costs no second layout within the frame. */
    drawn: () => void,
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
      onAfterRender: drawn,
      onError: (fault) => console.warn('The sky cannot be drawn:', fault),
    });
  }

  /** Colours of the other theme. */
  dress(theme: Theme): void {
    this.theme = theme;
    this.sheet = iconSheet(theme);
    this.rebuild();
  }

  /** Symbols keep their course on the ground when the map is turned: at once when it has come to rest, else with the next picture. */
  turn(bearing_deg: number, atRest: boolean): void {
    const turned = bearing_deg !== this.turned_deg;
    this.turned_deg = bearing_deg;
    if (turned && atRest) this.rebuild();
  }

  /** How many tracks are drawn. */
  get count(): number {
    return this.movers.count;
  }

  picture(picture: Picture, trails: Trails, now_ms: number): void {
    this.last = { picture, now_ms };
    const ranked = [...picture.tracks].sort((a, b) => rank(a) - rank(b));
    this.movers.picture(ranked, picture.threats, now_ms);
    this.trails = this.layTrails(trails, ranked.filter(matters), picture.now_ms);
    if (Math.abs(picture.now_ms - this.quietLaid_ms) >= QUIET_TRAILS_MS) {
      this.quietTrails = this.layTrails(trails, ranked.filter((track) => !matters(track)), picture.now_ms);
      this.quietLaid_ms = picture.now_ms;
    }
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
    const { picture, now_ms } = this.last;
    this.layers = [
      ...this.falls(picture, now_ms), this.stems(tops, feet), ...this.wakes(), this.ways(picture), this.symbols(tops, picture.now_ms),
    ];
    this.overlay.setProps({ layers: this.layers });
  }

  private buffers(device: GpuDevice, count: number): { tops: GpuBuffer; feet: GpuBuffer } {
    if (!this.tops || !this.feet || count > this.room) {
      this.room = Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, count))));
      // The layers of the last picture may be drawn once more before those of this one are.
      for (const buffer of this.outgrown) buffer.destroy();
      this.outgrown = [this.tops, this.feet].filter((buffer) => buffer !== null);
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

  private wakes(): Layer[] {
    return [this.lineLayer('quiet-trails', this.quietTrails, 1.4), this.lineLayer('trails', this.trails, 2.6)];
  }

  /** Where each round falls, on the ground: its ellipse, the line below its way, and the point. */
  private falls(picture: Picture, now_ms: number): Layer[] {
    const { features } = impactShapes(picture, now_ms);
    const of = (part: string) => features.filter((feature) => feature.properties.part === part);
    const [ellipses, points, ways] = [of('ellipse'), of('point'), of('path')];
    const alarming = points.filter((feature) => feature.properties.alarming).length;
    this.impacts = { alarming, elsewhere: points.length - alarming };
    const edge = (of: { alarming: boolean }, alpha: number) => rgba(of.alarming ? this.theme.impact : this.theme.ballistic, alpha);
    const rings = ellipses.map((feature) => ({ ring: (feature.geometry as Polygon).coordinates[0]!, about: feature.properties }));
    const rims = lines(rings.reduce((sum, { ring }) => sum + ring.length - 1, 0));
    for (const { ring, about } of rings) {
      const colour = edge(about, 255);
      for (let i = 0; i + 1 < ring.length; i += 1) this.push(rims, ground(ring[i]!), ground(ring[i + 1]!), colour);
    }
    const below = lines(ways.length * GROUND_DASHES);
    for (const { geometry, properties } of ways) {
      const [from, to] = (geometry as { coordinates: Position[] }).coordinates as [Position, Position];
      const colour = edge(properties, 130);
      for (let dash = 0; dash < GROUND_DASHES; dash += 1) {
        this.push(below, between(from, to, dash / GROUND_DASHES), between(from, to, (dash + DASH) / GROUND_DASHES), colour);
      }
    }
    const { lon_deg, lat_deg } = this.origin;
    return [
      new SolidPolygonLayer({
        ...this.about('impact-areas'),
        data: rings,
        getPolygon: ({ ring }: (typeof rings)[number]) => ring.map(([lon, lat]) => [lon! - lon_deg, lat! - lat_deg] as [number, number]),
        getFillColor: ({ about }: (typeof rings)[number]) => rgba(about.alarming ? this.theme.cover : this.theme.ballistic, 50),
      }),
      this.lineLayer('impact-rims', rims, 1.8),
      this.lineLayer('impact-ways', below, 1.2),
      new IconLayer({
        ...this.about('impact-points'),
        data: points,
        iconAtlas: this.sheet.canvas as never,
        iconMapping: this.sheet.mapping,
        getIcon: ({ properties }: (typeof points)[number]) => (properties.alarming ? 'impact' : 'impact-empty'),
        getPosition: ({ geometry }: (typeof points)[number]) => {
          const [lon, lat] = (geometry as { coordinates: Position }).coordinates;
          return [lon! - lon_deg, lat! - lat_deg, 0] as [number, number, number];
        },
        getSize: ICON_PX,
      }),
    ];
  }

  private ways(picture: Picture): Layer {
    const alarming = alarmingTracks(picture);
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

  private lineLayer(id: string, laid: Lines, width: number): Layer {
    const { count, from, to, colour } = laid;
    laid.data ??= {
      length: count,
      attributes: {
        getSourcePosition: { value: from, size: 3 }, getTargetPosition: { value: to, size: 3 }, getColor: { value: colour, size: 4, normalized: true },
      },
    };
    return new LineLayer({ ...this.about(id), data: laid.data as never, getWidth: width });
  }

  private layTrails(trails: Trails, tracks: readonly Track[], now_ms: number): Lines {
    const most = (track: Track) => (matters(track) ? TRAIL_POINTS_MAX : QUIET_TRAIL_POINTS);
    let room = 0;
    for (const track of tracks) room += Math.max(0, Math.min(most(track), trails.trail(track.id)?.length ?? 0) - 1);
    const laid = lines(room);
    const { lon_deg, lat_deg, height_m } = this.origin;
    const { from, to, colour } = laid;
    const [cover, ...rest] = [this.theme.cover, ...SYMBOLS.map((symbol) => this.theme[SYMBOL_COLOURS[symbol]])].map((name) => rgba(name, 255));
    const quiet = Object.fromEntries(SYMBOLS.map((symbol, i) => [symbol, rest[i]!])) as Record<TrackSymbol, Rgba>;
    for (const track of tracks) {
      const symbol = SYMBOL_OF[track.class];
      const [red, green, blue] = track.threat ? cover! : quiet[symbol];
      const strength = track.threat ? 235 : RANK[symbol] === 0 ? 60 : 150;
      trails.trail(track.id)?.pairs(most(track), (points, older, newer) => {
        const [at, tint] = [3 * laid.count, 4 * laid.count];
        from[at] = points[older]! - lon_deg;
        from[at + 1] = points[older + 1]! - lat_deg;
        from[at + 2] = Math.max(0, points[older + 2]! - height_m);
        to[at] = points[newer]! - lon_deg;
        to[at + 1] = points[newer + 1]! - lat_deg;
        to[at + 2] = Math.max(0, points[newer + 2]! - height_m);
        colour[tint] = red;
        colour[tint + 1] = green;
        colour[tint + 2] = blue;
        colour[tint + 3] = strength * Math.max(0.15, 1 - (now_ms - points[older + 3]!) / TRAIL_AGE_MS_MAX);
        laid.count += 1;
      });
    }
    return laid;
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

const SYMBOLS: readonly TrackSymbol[] = ['ballistic', 'aircraft', 'slow', 'drone', 'bird', 'unknown'];

const SYMBOL_COLOURS: Record<TrackSymbol, 'ballistic' | 'aircraft' | 'bird' | 'drone' | 'unknown'> = {
  ballistic: 'ballistic', aircraft: 'aircraft', slow: 'bird', drone: 'drone', bird: 'bird', unknown: 'unknown',
};

const place = (buffer: GpuBuffer) => ({ buffer, type: 'float32', size: 3, stride: BYTES_PER_PLACE, offset: 0 });

const ground = ([lon, lat]: Position): [number, number, number] => [lon!, lat!, 0];

function between(from: Position, to: Position, share: number): [number, number, number] {
  return [from[0]! + (to[0]! - from[0]!) * share, from[1]! + (to[1]! - from[1]!) * share, 0];
}

/** A round matters wherever it falls. */
function matters(track: Track): boolean {
  return track.threat || SYMBOL_OF[track.class] === 'ballistic';
}

function rank(track: Track): number {
  return track.threat ? 3 : RANK[SYMBOL_OF[track.class]];
}

/** What flies slowly turns as it likes; its symbol stays upright and recognisable. */
function upright(track: Track): boolean {
  return ['bird', 'drone', 'slow'].includes(SYMBOL_OF[track.class]);
}
