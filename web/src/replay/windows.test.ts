import { expect, it } from 'vitest';
import { aPicture } from '../testing';
import { Windows } from './windows';

/** Window `number` holds a picture each second, with one track that moves east. */
function text(number: number): string {
  const from_ms = number * 10_000;
  const track = (n: number) => ({
    id: 1, lat_deg: 33, lon_deg: 44 + (from_ms / 1000 + n) / 1000, height_m: 1, speed_mps: 1, course_deg: 1, climb_mps: 0, class: 'rocket',
    odds: {}, existence: 1, threat: false, plots: 9, updated_ms: 0, callsign: null,
  });
  const then = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({
    set: { now_ms: from_ms + n * 1000 }, lists: { tracks: { put: [track(n)], gone: [] } },
  }));
  return JSON.stringify({ number, from_ms, to_ms: from_ms + 10_000, complete: true, first: { ...aPicture(), now_ms: from_ms, tracks: [track(0)] }, then });
}

async function loaded(at_ms: number): Promise<Windows> {
  const windows = new Windows(0, 10_000, async (number) => text(number), () => 0);
  for (let n = 0; n < 12; n += 1) {
    windows.want(at_ms, 120_000, 1);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return windows;
}

it('gives the picture that stood at an instant', async () => {
  const windows = await loaded(35_000);
  expect(windows.isReady(35_000)).toBe(true);
  expect(windows.at(35_999)!.now_ms).toBe(35_000);
  expect(windows.at(35_999)!.tracks[0]!.lon_deg).toBeCloseTo(44.035);
  expect(windows.at(119_000)).toBeNull();
});

it('steps from picture to picture across windows', async () => {
  const windows = await loaded(35_000);
  expect(windows.step(39_500, 1)).toBe(40_000);
  expect(windows.step(30_000, -1)).toBe(29_000);
});

it('gives what the trails need, and nothing of the time to come', async () => {
  const windows = await loaded(45_500);
  const before = windows.before(45_500).map((picture) => picture.now_ms);
  expect(before.at(0)).toBe(6_000);
  expect(before.at(-1)).toBe(45_000);
});

it('says what went wrong and gets over it', async () => {
  let broken = true;
  const windows = new Windows(0, 10_000, async (number) => (broken ? Promise.reject(new Error('busy')) : text(number)), () => 0);
  windows.want(0, 5_000, 1);
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(windows.trouble?.message).toBe('busy');
  broken = false;
  await expect.poll(() => (windows.want(0, 5_000, 1), windows.isReady(0)), { timeout: 5_000 }).toBe(true);
  expect(windows.trouble).toBeNull();
});
