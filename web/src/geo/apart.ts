/** From one place to another along the ground: the way back of `offset`, for drawing and for comparing. */

import { offset, type Place } from './local';

/** Metres east and north; some metres wrong at 50 km, as `offset` is. */
export function apart(from: Place, to: Place): { east_m: number; north_m: number } {
  const [lon_deg, lat_deg] = offset(from, 1_000, 1_000) as [number, number];
  return {
    east_m: ((to.lon_deg - from.lon_deg) * 1_000) / (lon_deg - from.lon_deg),
    north_m: ((to.lat_deg - from.lat_deg) * 1_000) / (lat_deg - from.lat_deg),
  };
}
