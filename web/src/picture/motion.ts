/**
 * Where everything is at any instant between two pictures, in flat arrays that go to the graphics card as they are.
 *
 * Pictures come five times per second and a radar turns once in some; the eye wants sixty places per second. A round follows the way
 * that the server told, everything else its last known velocity, for a short time only: what has not been heard of stays where it was.
 * Where a new picture disagrees with what was drawn, the difference fades instead of jumping.
 *
 * Places are offsets from the site's origin (degrees east, degrees north, metres above its ground), for which 32 bits are enough.
 */

import type { PathPoint, Threat, Track } from '../contract/picture';
import { degreesPerMetre } from '../geo/local';

export interface Ground {
  lat_deg: number;
  lon_deg: number;
  /** Above mean sea level: what stands on it is drawn at zero. */
  height_m: number;
}

/** Velocity alone is believed for so long, seconds: a little more than a turn of a radar. */
const DEAD_RECKONING_S_MAX = 3;
/** The difference to a new picture has faded to a third after this, milliseconds: less than the time between two pictures. */
const FADE_MS = 120;
/** A difference greater than this is shown as the jump that it is, degrees: about two kilometres. */
const JUMP_DEG = 0.02;

interface Way {
  from_ms: number;
  to_ms: number;
  points: readonly PathPoint[];
}

export class Movers {
  /** Tracks in the order in which they are drawn; what matters most comes last, on top. */
  tracks: readonly Track[] = [];
  /** Three numbers for each track, valid as of the last call of `frame`. */
  place = new Float32Array(0);
  /** The same on the ground. */
  foot = new Float32Array(0);
  private base = new Float64Array(0);
  private rate = new Float64Array(0);
  private error = new Float64Array(0);
  private since_ms = new Float64Array(0);
  private ways: (Way | null)[] = [];
  private index = new Map<number, number>();
  private came_ms = 0;

  constructor(private readonly ground: Ground) {}

  get count(): number {
    return this.tracks.length;
  }

  /** The place of a track in the arrays; undefined where it is not known. */
  indexOf(track: number): number | undefined {
    return this.index.get(track);
  }

  /** Takes in a picture that is shown from `now_ms` on, by the server's clock. */
  picture(tracks: readonly Track[], threats: readonly Threat[], now_ms: number): void {
    const [drawn, before] = [this.place, this.index];
    this.grow(tracks.length);
    const paths = new Map(threats.map((threat) => [threat.track, threat]));
    this.tracks = tracks;
    this.index = new Map(tracks.map((track, i) => [track.id, i]));
    this.ways = tracks.map((track) => way(track, paths.get(track.id)));
    this.came_ms = now_ms;
    this.error.fill(0);
    tracks.forEach((track, i) => this.begin(track, i));
    this.frame(now_ms);
    for (const [id, i] of this.index) {
      const old = before.get(id);
      if (old !== undefined) this.forgive(i, drawn, old);
    }
    this.frame(now_ms);
  }

  /** Moves everything to an instant. Nothing is allocated here. */
  frame(now_ms: number): void {
    const { base, rate, error, since_ms, ways, place, foot, ground } = this;
    const fade = Math.exp((this.came_ms - now_ms) / FADE_MS);
    for (let i = 0, at = 0; i < this.tracks.length; i += 1, at += 3) {
      const way = ways[i];
      if (way) {
        along(way, now_ms, ground, place, at);
      } else {
        const seconds = Math.min(DEAD_RECKONING_S_MAX, Math.max(0, (now_ms - since_ms[i]!) / 1000));
        for (let axis = 0; axis < 3; axis += 1) place[at + axis] = base[at + axis]! + rate[at + axis]! * seconds;
      }
      for (let axis = 0; axis < 3; axis += 1) place[at + axis]! += error[at + axis]! * fade;
      if (place[at + 2]! < 0) place[at + 2] = 0;
      foot[at] = place[at]!;
      foot[at + 1] = place[at + 1]!;
    }
  }

  private begin(track: Track, i: number): void {
    const at = 3 * i;
    const per = degreesPerMetre(this.ground.lat_deg);
    const level_mps = Math.sqrt(Math.max(0, track.speed_mps ** 2 - track.climb_mps ** 2));
    const course = (track.course_deg * Math.PI) / 180;
    this.base[at] = track.lon_deg - this.ground.lon_deg;
    this.base[at + 1] = track.lat_deg - this.ground.lat_deg;
    this.base[at + 2] = track.height_m - this.ground.height_m;
    this.rate[at] = level_mps * Math.sin(course) * per.east_deg;
    this.rate[at + 1] = level_mps * Math.cos(course) * per.north_deg;
    this.rate[at + 2] = track.climb_mps;
    this.since_ms[i] = track.updated_ms;
  }

  private forgive(i: number, drawn: Float32Array, old: number): void {
    const difference = [0, 1, 2].map((axis) => drawn[3 * old + axis]! - this.place[3 * i + axis]!) as [number, number, number];
    if (Math.abs(difference[0]) > JUMP_DEG || Math.abs(difference[1]) > JUMP_DEG) return;
    this.error.set(difference, 3 * i);
  }

  /** Fresh arrays, because the old ones hold what is on the screen until the differences are known. */
  private grow(count: number): void {
    this.place = new Float32Array(3 * count);
    if (this.since_ms.length >= count) return;
    const room = Math.max(64, 2 ** Math.ceil(Math.log2(count)));
    this.foot = new Float32Array(3 * room);
    [this.base, this.rate, this.error] = [new Float64Array(3 * room), new Float64Array(3 * room), new Float64Array(3 * room)];
    this.since_ms = new Float64Array(room);
  }
}

function way(track: Track, threat: Threat | undefined): Way | null {
  if (!threat?.path || threat.path.length < 2 || threat.impact.at_ms <= track.updated_ms) return null;
  return { from_ms: track.updated_ms, to_ms: threat.impact.at_ms, points: threat.path };
}

function along(way: Way, now_ms: number, ground: Ground, into: Float32Array, at: number): void {
  const last = way.points.length - 1;
  const share = Math.min(1, Math.max(0, (now_ms - way.from_ms) / (way.to_ms - way.from_ms))) * last;
  const step = Math.min(last - 1, Math.floor(share));
  const [from, to, rest] = [way.points[step]!, way.points[step + 1]!, share - step];
  into[at] = from[0] + (to[0] - from[0]) * rest - ground.lon_deg;
  into[at + 1] = from[1] + (to[1] - from[1]) * rest - ground.lat_deg;
  into[at + 2] = from[2] + (to[2] - from[2]) * rest - ground.height_m;
}
