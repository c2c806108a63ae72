import { describe, expect, it } from 'vitest';
import { boxAround, centroid, circle, ellipse, grow, offset, type Place } from './local';

const BAGHDAD: Place = { lat_deg: 33.3, lon_deg: 44.39 };
const TROMSO: Place = { lat_deg: 69.65, lon_deg: 18.96 };

/** Straight-line distance through Earth-centred coordinates: independent of the formula under test. */
function chord_m(a: Place, b: Place): number {
  const xyz = ({ lat_deg, lon_deg }: Place) => {
    const [lat, lon] = [(lat_deg * Math.PI) / 180, (lon_deg * Math.PI) / 180];
    const e2 = 6.69437999014e-3;
    const n = 6378137 / Math.sqrt(1 - e2 * Math.sin(lat) ** 2);
    return [n * Math.cos(lat) * Math.cos(lon), n * Math.cos(lat) * Math.sin(lon), n * (1 - e2) * Math.sin(lat)] as const;
  };
  const [p, q] = [xyz(a), xyz(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

const place = ([lon, lat]: number[]): Place => ({ lat_deg: lat!, lon_deg: lon! });

/** Initial bearing on the sphere: good to 0.2 degrees over a few kilometres. */
function bearing_deg(a: Place, b: Place): number {
  const r = Math.PI / 180;
  const east = (b.lon_deg - a.lon_deg) * Math.cos(((a.lat_deg + b.lat_deg) / 2) * r);
  return ((Math.atan2(east, b.lat_deg - a.lat_deg) / r) + 360) % 360;
}

describe('offset', () => {
  it('goes as far as asked, in the direction asked', () => {
    for (const from of [BAGHDAD, TROMSO]) {
      for (const [east, north] of [[1000, 0], [0, 1000], [-3000, 4000], [0, -5000]] as const) {
        const to = place(offset(from, east, north));
        expect(chord_m(from, to)).toBeCloseTo(Math.hypot(east, north), -0.5); // within about 1.6 m
        expect(bearing_deg(from, to)).toBeCloseTo((Math.atan2(east, north) * 180 / Math.PI + 360) % 360, 0);
      }
    }
  });

  it('matches the published length of a degree of latitude at the equator, 110 574 m', () => {
    expect(offset({ lat_deg: 0, lon_deg: 0 }, 0, 110_574)[1]).toBeCloseTo(1, 4);
  });

  it('keeps a 50 km range ring within 0.1 % of its radius', () => {
    for (const position of circle(BAGHDAD, 50_000)) {
      expect(Math.abs(chord_m(BAGHDAD, place(position)) / 50_000 - 1)).toBeLessThan(1e-3);
    }
  });
});

describe('ellipse', () => {
  const shape = { semi_major_m: 400, semi_minor_m: 100, bearing_deg: 60 };
  const ring = ellipse(BAGHDAD, shape, 360);

  it('is closed', () => {
    expect(ring.at(-1)).toEqual(ring[0]);
    expect(ring).toHaveLength(361);
  });

  it('reaches its semi-axes and no further', () => {
    const distances = ring.map((position) => chord_m(BAGHDAD, place(position)));
    expect(Math.max(...distances)).toBeCloseTo(400, 0);
    expect(Math.min(...distances)).toBeCloseTo(100, 0);
  });

  it('points its long axis along the bearing, clockwise from north', () => {
    expect(bearing_deg(BAGHDAD, place(ring[0]!))).toBeCloseTo(60, 0);
    expect(bearing_deg(BAGHDAD, place(ring[180]!))).toBeCloseTo(240, 0);
  });

  it('runs counter-clockwise as RFC 7946 asks of an outer ring', () => {
    let twiceArea = 0;
    for (let i = 0; i + 1 < ring.length; i += 1) {
      twiceArea += ring[i]![0]! * ring[i + 1]![1]! - ring[i + 1]![0]! * ring[i]![1]!;
    }
    expect(twiceArea).toBeGreaterThan(0);
  });

  it('of zero size is a point, not a fault', () => {
    const dot = ellipse(BAGHDAD, { semi_major_m: 0, semi_minor_m: 0, bearing_deg: 0 });
    for (const position of dot) expect(place(position)).toEqual(BAGHDAD);
  });
});

describe('boxes and labels', () => {
  it('puts the label of an L-shaped zone at its centre of area', () => {
    const square = [[10, 20], [12, 20], [12, 22], [10, 22], [10, 20]];
    expect(centroid(square)).toEqual([11, 21]);
    expect(centroid([[5, 5], [5, 5], [5, 5], [5, 5]])).toEqual([5, 5]);
  });

  it('grows a box by a share of its size, and never leaves it a point', () => {
    expect(boxAround([])).toBeNull();
    const box = boxAround([[1, 2], [3, -4]])!;
    expect(box).toEqual([1, -4, 3, 2]);
    const [west, south, east, north] = grow(box, 0.5, 1);
    expect([west, south, east, north]).toEqual([0, -7, 4, 5]);
    const around = grow([44, 33, 44, 33], 0.5, 2000);
    expect(around[3] - around[1]).toBeCloseTo(4000 / 110_900, 3);
  });
});
