/** Where each track has been, remembered by the page alone and bounded in every direction. */

import type { Position } from 'geojson';
import type { Track } from '../contract/picture';

export const TRAIL_POINTS_MAX = 48;
export const TRAIL_AGE_MS_MAX = 40_000;
export const TRAILS_MAX = 5_000;

/** Longitude, latitude, height in metres above mean sea level, and when. */
const STRIDE = 4;

/** A ring of points: the oldest give way without anything being moved. */
export class Trail {
  private readonly points = new Float64Array(TRAIL_POINTS_MAX * STRIDE);
  private first = 0;
  length = 0;

  /** A number of the point `back` places before the newest: 0 longitude, 1 latitude, 2 height, 3 time. */
  get(back: number, of: 0 | 1 | 2 | 3): number {
    const point = (this.first + this.length - 1 - back) % TRAIL_POINTS_MAX;
    return this.points[point * STRIDE + of]!;
  }

  /**
   * Calls with each pair of neighbours, the older first, from the `most` newest points on.
   * The numbers stand in `points` at the places that are given: longitude, latitude, height and time.
   */
  pairs(most: number, visit: (points: Float64Array, from: number, to: number) => void): void {
    const count = Math.min(most, this.length);
    let from = ((this.first + this.length - count) % TRAIL_POINTS_MAX) * STRIDE;
    for (let i = 1; i < count; i += 1) {
      const next = from + STRIDE;
      const to = next === TRAIL_POINTS_MAX * STRIDE ? 0 : next;
      visit(this.points, from, to);
      from = to;
    }
  }

  extend(track: Track, now_ms: number): void {
    const still = this.length > 0 && this.get(0, 0) === track.lon_deg && this.get(0, 1) === track.lat_deg;
    if (!still) this.push(track, now_ms);
    while (this.length > 0 && now_ms - this.get(this.length - 1, 3) > TRAIL_AGE_MS_MAX) this.dropOldest();
  }

  private push(track: Track, now_ms: number): void {
    if (this.length === TRAIL_POINTS_MAX) this.dropOldest();
    const at = ((this.first + this.length) % TRAIL_POINTS_MAX) * STRIDE;
    this.points[at] = track.lon_deg;
    this.points[at + 1] = track.lat_deg;
    this.points[at + 2] = track.height_m;
    this.points[at + 3] = now_ms;
    this.length += 1;
  }

  private dropOldest(): void {
    this.first = (this.first + 1) % TRAIL_POINTS_MAX;
    this.length -= 1;
  }
}

export class Trails {
  private readonly trails = new Map<number, Trail>();

  get size(): number {
    return this.trails.size;
  }

  trail(track: number): Trail | undefined {
    return this.trails.get(track);
  }

  /** The positions of one track, oldest first; empty when unknown. */
  of(track: number): Position[] {
    const trail = this.trails.get(track);
    if (!trail) return [];
    return Array.from({ length: trail.length }, (_, i) => {
      const back = trail.length - 1 - i;
      return [trail.get(back, 0), trail.get(back, 1)];
    });
  }

  /** Takes in one picture; a track that is no longer in it is forgotten. */
  update(tracks: readonly Track[], now_ms: number): void {
    const present = new Set(tracks.map((track) => track.id));
    for (const id of this.trails.keys()) if (!present.has(id)) this.trails.delete(id);
    for (const track of tracks) {
      let trail = this.trails.get(track.id);
      if (!trail) {
        if (this.trails.size >= TRAILS_MAX) continue;
        this.trails.set(track.id, (trail = new Trail()));
      }
      trail.extend(track, now_ms);
    }
  }
}
