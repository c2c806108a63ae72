/** The smallest PMTiles file (version 3) that shows something: one vector tile for the whole world, of water and roads. */

import { gzipSync } from 'node:zlib';

const HEADER = 127;

function varint(value: number): number[] {
  const octets: number[] = [];
  let left = value;
  while (left > 127) {
    octets.push((left & 127) | 128);
    left = Math.floor(left / 128);
  }
  return [...octets, left];
}

/** Field of protobuf with a length: number, and octets or text. */
function bytes(field: number, content: readonly number[] | string): number[] {
  const octets = typeof content === 'string' ? [...Buffer.from(content)] : content;
  return [...varint(field * 8 + 2), ...varint(octets.length), ...octets];
}

const number = (field: number, value: number) => [...varint(field * 8), ...varint(value)];
const zigzag = (value: number) => (value << 1) ^ (value >> 31);

/** A closed polygon or a line of the tile's own 4096 units (Mapbox Vector Tile 2.1, 4.3). */
function geometry(points: readonly (readonly [number, number])[], isClosed: boolean): number[] {
  const commands: number[] = [];
  let [x, y] = [0, 0];
  points.forEach(([to_x, to_y], index) => {
    if (index === 0) commands.push(9);
    if (index === 1) commands.push((points.length - 1) * 8 + 2);
    commands.push(zigzag(to_x - x), zigzag(to_y - y));
    [x, y] = [to_x, to_y];
  });
  if (isClosed) commands.push(15);
  return commands.flatMap(varint);
}

function layer(name: string, kind: string, type: 2 | 3, points: readonly (readonly [number, number])[]): number[] {
  const feature = [...bytes(2, [0, 0]), ...number(3, type), ...bytes(4, geometry(points, type === 3))];
  return bytes(3, [...bytes(1, name), ...bytes(2, feature), ...bytes(3, 'kind'), ...bytes(4, bytes(1, kind)), ...number(5, 4096), ...number(15, 2)]);
}

/** West of Greenwich is water, and a highway runs along the equator. */
function worldTile(): Uint8Array {
  const water = layer('water', 'ocean', 3, [[0, 0], [4096, 0], [4096, 4096], [0, 4096]]);
  const roads = layer('roads', 'highway', 2, [[0, 2048], [4096, 2048]]);
  return gzipSync(Uint8Array.from([...water, ...roads]));
}

export function worldMap(): Uint8Array {
  const tile = worldTile();
  const about = gzipSync(JSON.stringify({ vector_layers: [{ id: 'water' }, { id: 'roads' }], attribution: '<a href="x">© somebody</a>' }));
  // One entry: tile 0 (the whole world), run length 1, its length, and offset 0, which is written as 1.
  const directory = gzipSync(Uint8Array.from([1, 0, 1, ...varint(tile.length), 1]));
  const file = new Uint8Array(HEADER + directory.length + about.length + tile.length);
  const view = new DataView(file.buffer);
  file.set(Buffer.from('PMTiles'));
  file[7] = 3;
  const places = [HEADER, directory.length, HEADER + directory.length, about.length, 0, 0, HEADER + directory.length + about.length, tile.length, 1, 1, 1];
  places.forEach((place, index) => view.setBigUint64(8 + index * 8, BigInt(place), true));
  // Clustered; directory, metadata and tiles by gzip; vector tiles; zoom 0 only.
  [file[96], file[97], file[98], file[99], file[100], file[101]] = [1, 2, 2, 1, 0, 0];
  [-180, -85, 180, 85].forEach((degrees, index) => view.setInt32(102 + index * 4, degrees * 1e7, true));
  file.set(directory, HEADER);
  file.set(about, HEADER + directory.length);
  file.set(tile, HEADER + directory.length + about.length);
  return file;
}
