/** Where each track has been, remembered by the page alone and bounded in every direction. */

import type { Position } from 'geojson';
import type { Track } from '../contract/picture';

export const TRAIL_POINTS_MAX = 48;
export const TRAIL_AGE_MS_MAX = 40_000;
export const TRAILS_MAX = 5_000;

interface TrailPoint {
  at_ms: number;
  position: Position;
}

export class Trails {
  private readonly points = new Map<number, TrailPoint[]>();

  get size(): number {
    return this.points.size;
  }

  /** The positions of one track, oldest first; empty when unknown. */
  of(track: number): Position[] {
    return this.points.get(track)?.map((point) => point.position) ?? [];
  }

  /** Takes in one picture; a track that is no longer in it is forgotten. */
  update(tracks: readonly Track[], now_ms: number): void {
    const present = new Set(tracks.map((track) => track.id));
    for (const id of this.points.keys()) if (!present.has(id)) this.points.delete(id);
    for (const track of tracks) this.extend(track, now_ms);
  }

  private extend(track: Track, now_ms: number): void {
    const trail = this.points.get(track.id) ?? [];
    if (trail.length === 0 && this.points.size >= TRAILS_MAX) return;
    const last = trail.at(-1);
    const moved = !last || last.position[0] !== track.lon_deg || last.position[1] !== track.lat_deg;
    if (moved) trail.push({ at_ms: now_ms, position: [track.lon_deg, track.lat_deg] });
    const kept = trail.filter((point) => now_ms - point.at_ms <= TRAIL_AGE_MS_MAX).slice(-TRAIL_POINTS_MAX);
    this.points.set(track.id, kept);
  }
}
