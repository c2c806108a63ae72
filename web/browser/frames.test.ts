/**
 * How long a frame takes with 1,000 moving tracks and 1,449 zones: `npm run frames`.
 *
 * Two things are measured, and they are not the same. Script is what our code, deck.gl and MapLibre do within a frame, on one core. Frame
 * is from one frame to the next, and holds the drawing as well: without a graphics card that is done by the processor, and says nothing
 * of a machine that has one. So all is measured twice: with graphics that take every command and paint nothing, and painted in software.
 *
 * Nothing is asserted of time: a figure belongs to the machine and the hour. PARAPET_FRAMES_S is how long each is watched.
 */

import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { byTestId, launch } from './chromium';
import { crowd, site, zones } from './crowd';
import { MockServer } from './mock';

const WATCHED_S = Number(process.env['PARAPET_FRAMES_S'] ?? 15);
const PICTURE_MS = 200;
const WAIT_MS = 60_000;

interface Frames {
  /** Milliseconds of script within each frame. */
  script: number[];
  /** Milliseconds from each frame to the next. */
  between: number[];
}

/** Before the page's own code: every callback of a frame is timed, whoever asked for it. */
function time(): void {
  const frames = new Map<number, number>();
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    ask((at) => {
      const begun = performance.now();
      try {
        callback(at);
      } finally {
        frames.set(at, (frames.get(at) ?? 0) + performance.now() - begun);
      }
    });
  Object.assign(window, { frames });
}

async function watched(page: Page): Promise<Frames & { all_ms_per_s: number }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const script_s = async () => (await devtools.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'ScriptDuration')!.value;
  await page.evaluate(() => (window as unknown as { frames: Map<number, number> }).frames.clear());
  const [before_s, begun] = [await script_s(), Date.now()];
  await page.waitForTimeout(WATCHED_S * 1_000);
  const all_ms_per_s = ((await script_s()) - before_s) * 1e6 / (Date.now() - begun);
  const found = await page.evaluate(() => [...(window as unknown as { frames: Map<number, number> }).frames]);
  const script = found.map(([, ms]) => ms);
  const between = found.slice(1).map(([at], i) => at - found[i]![0]);
  return { script, between, all_ms_per_s };
}

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1).padStart(6);
}

function row(name: string, { script, between, all_ms_per_s }: Awaited<ReturnType<typeof watched>>): string {
  const of = (values: readonly number[]) => [0.5, 0.95, 1].map((share) => quantile(values, share)).join(' ');
  return `${name.padEnd(34)} ${String(script.length).padStart(6)} ${of(script)}   ${of(between)} ${all_ms_per_s.toFixed(0).padStart(9)}`;
}

/** Before the page's own code: the graphics take every command and all data, and paint no pixel. */
function paintNothing(): void {
  for (const name of ['drawArrays', 'drawElements', 'drawArraysInstanced', 'drawElementsInstanced', 'drawRangeElements'] as const) {
    WebGL2RenderingContext.prototype[name] = () => undefined;
  }
}

it.each([
  ['graphics that paint nothing', false],
  ['painted in software', true],
])('frames, %s', { timeout: 4 * WAIT_MS + 2 * WATCHED_S * 1_000 }, async (name, painted) => {
  const all = zones();
  const place = site(all.zones);
  const begun_ms = Date.now();
  const server = new MockServer(place, (now_ms) => crowd(place, begun_ms + server.skew_ms, now_ms));
  const url = await server.start();
  const browser = await launch();
  const publishing = setInterval(() => server.publish(), PICTURE_MS);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(time);
    if (!painted) await page.addInitScript(paintNothing);
    await page.goto(url);
    await page.waitForSelector(byTestId('map'), { timeout: WAIT_MS });
    const count = () => page.evaluate(() => (window as unknown as { parapet?: { sky: { count: number } } }).parapet?.sky.count);
    await expect.poll(count, { timeout: WAIT_MS }).toBe(1_000);
    // The zones' shapes have come when the map has nothing more to do; while it moves it never rests, so it is asked for its tiles.
    await expect.poll(() => page.evaluate(() => (window as unknown as { parapet: { map: { areTilesLoaded(): boolean } } }).parapet.map.areTilesLoaded()), { timeout: WAIT_MS }).toBe(true);
    const still = await watched(page);
    await page.evaluate(() => {
      const { map } = (window as unknown as { parapet: { map: import('maplibre-gl').Map } }).parapet;
      const turn = () => void map.easeTo({ bearing: map.getBearing() + 60, duration: 4_000, easing: (share) => share });
      map.on('moveend', turn);
      turn();
    });
    const turning = await watched(page);
    console.log([
      `1,000 tracks, ${all.zones.length} zones (${all.from}), 1440 x 900, ${WATCHED_S} s each, ${name}`,
      `${''.padEnd(34)} frames   script p50/95/max ms   frame p50/95/max ms   all script, ms/s`,
      row('camera still', still),
      row('camera turning', turning),
    ].join('\n'));
    expect(await count()).toBe(1_000);
  } finally {
    clearInterval(publishing);
    await browser.close();
    await server.stop();
  }
});
