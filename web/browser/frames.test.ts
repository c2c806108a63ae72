/**
 * How long a frame takes with 1,000 moving tracks and 1,449 zones: `npm run frames`.
 *
 * Two things are measured, and they are not the same. Script is the processor's time for what our code, deck.gl and MapLibre do within a
 * frame. Frame is from one frame to the next, and holds the drawing as well: without a graphics card that is done by the processor, and says nothing
 * of a machine that has one. So all is measured twice: with graphics that take every command and paint nothing, and painted in software.
 *
 * Nothing is asserted of time: a figure belongs to the machine and the hour. PARAPET_FRAMES_S is how long each is watched.
 */

import type { Browser, Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { byTestId, launch } from './chromium';
import { crowd, site, zones } from './crowd';
import { MockServer } from './mock';

const WATCHED_S = Number(process.env['PARAPET_FRAMES_S'] ?? 15);
const PICTURE_MS = 200;
const WAIT_MS = 60_000;

interface Frames {
  /** Milliseconds of the processor's time for all callbacks of each frame: other work on the machine does not count. */
  script: number[];
  /** Milliseconds on the clock from each frame to the next. */
  between: number[];
}

interface TraceEvent {
  name: string;
  /** Microseconds: when, how long, and how much of that was this thread's own. */
  ts: number;
  tdur?: number;
}

/** The browser's name for all that is called back for one frame. */
const FRAME = 'PageAnimator::serviceScriptedAnimations';

async function watched(browser: Browser, page: Page): Promise<Frames> {
  await browser.startTracing(page, { categories: ['blink', 'rail', 'devtools.timeline'] });
  await page.waitForTimeout(WATCHED_S * 1_000);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const frames = traceEvents.filter((event) => event.name === FRAME && event.tdur !== undefined).sort((a, b) => a.ts - b.ts);
  return { script: frames.map((frame) => frame.tdur! / 1_000), between: frames.slice(1).map((frame, i) => (frame.ts - frames[i]!.ts) / 1_000) };
}

function quantile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN).toFixed(1).padStart(6);
}

function row(name: string, { script, between }: Frames): string {
  const of = (values: readonly number[]) => [0.5, 0.95, 1].map((share) => quantile(values, share)).join(' ');
  return `${name.padEnd(18)} ${String(script.length).padStart(6)}   ${of(script)}   ${of(between)}`;
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
    if (!painted) await page.addInitScript(paintNothing);
    await page.goto(url);
    await page.waitForSelector(byTestId('map'), { timeout: WAIT_MS });
    const count = () => page.evaluate(() => (window as unknown as { parapet?: { sky: { count: number } } }).parapet?.sky.count);
    await expect.poll(count, { timeout: WAIT_MS }).toBe(1_000);
    // The zones' shapes have come when the map has nothing more to do; while it moves it never rests, so it is asked for its tiles.
    await expect.poll(() => page.evaluate(() => (window as unknown as { parapet: { map: { areTilesLoaded(): boolean } } }).parapet.map.areTilesLoaded()), { timeout: WAIT_MS }).toBe(true);
    const still = await watched(browser, page);
    await page.evaluate(() => {
      const { map } = (window as unknown as { parapet: { map: import('maplibre-gl').Map } }).parapet;
      const turn = () => void map.easeTo({ bearing: map.getBearing() + 60, duration: 4_000, easing: (share) => share });
      map.on('moveend', turn);
      turn();
    });
    const turning = await watched(browser, page);
    console.log([
      `1,000 tracks, ${all.zones.length} zones (${all.from}), 1440 x 900, ${WATCHED_S} s each, ${name}`,
      `${''.padEnd(18)} frames   script, p50 p95 max ms   frame, p50 p95 max ms`,
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
