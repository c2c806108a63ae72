/** An impact as the server writes it, wherever it stands. */

import type { Impact } from '../contract/picture';
import { notNegative, number, shape, type Reader } from '../contract/read';
import { latitude, longitude } from '../contract/site';

export const impact: Reader<Impact> = shape<Impact>({
  lat_deg: latitude,
  lon_deg: longitude,
  at_ms: number,
  sigma_time_s: notNegative,
  ellipse: shape<Impact['ellipse']>({ semi_major_m: notNegative, semi_minor_m: notNegative, bearing_deg: number }),
});
