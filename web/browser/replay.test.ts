/** The replay page in a real Chromium, over a scripted recording. Run `npm run build` first. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { violations } from './audit';
import { byTestId, launch, watch, type Watch } from './chromium';
import { ALARM_MS, BEGAN_MS, LENGTH_MS, NAME, TapeServer } from './tape';

const RESULTS = join(import.meta.dirname, '..', 'test-results');
const WAIT_MS = 30_000;

let browser: Browser;
let server: TapeServer;
let url: string;
let page: Page;
let seen: Watch;

beforeAll(async () => {
  mkdirSync(RESULTS, { recursive: true });
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  server = new TapeServer();
  url = await server.start();
});
afterEach(async () => {
  await page?.context().close();
  await server.stop();
});

const moment = (at_ms: number) => `/replay?recording=${NAME}&at=${new Date(at_ms).toISOString()}`;
const textOf = async (id: string) => (await page.locator(byTestId(id)).first().textContent()) ?? '';

async function open(path: string, size = { width: 1440, height: 900 }, colorScheme: 'dark' | 'light' = 'dark'): Promise<void> {
  page = await browser.newPage({ viewport: size, reducedMotion: 'reduce', colorScheme });
  seen = watch(page);
  // Whatever would make a sound leaves a trace.
  await page.addInitScript(() => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    const trap = (name: string) => Object.defineProperty(window, name, { value: class { constructor() { heard.push(name); } } });
    ['AudioContext', 'OfflineAudioContext', 'webkitAudioContext', 'Audio'].forEach(trap);
    HTMLMediaElement.prototype.play = async () => void heard.push('play');
    const speech = { speak: (words: { text: string }) => void heard.push(`speech: ${words.text}`), cancel: () => undefined };
    Object.defineProperty(window, 'speechSynthesis', { value: speech });
    Object.defineProperty(window, 'SpeechSynthesisUtterance', { value: class { constructor(readonly text: string) {} } });
  });
  await page.goto(url + path);
}

/** Waits until the pictures of the cursor's instant are there. */
async function ready(): Promise<void> {
  await page.locator('#app[data-ready="true"]').waitFor({ timeout: WAIT_MS });
}

const cursor = () => page.evaluate(() => (window as unknown as { replay: { player: { at_ms: number } } }).replay.player.at_ms);
const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);

describe('a replay', () => {
  it('says that it is one in every part, and asks nobody but its own server', async () => {
    await open(moment(ALARM_MS + 2_000));
    await ready();
    await page.locator(byTestId('alarm')).first().waitFor({ timeout: WAIT_MS });
    expect(await textOf('mode-chip')).toBe('REPLAY');
    expect(await textOf('recorded-mode')).toBe('of an EXERCISE');
    expect(await textOf('banner-mode')).toMatch(/^REPLAY/);
    expect(await textOf('banner-words')).toMatch(/^A recording of an exercise that began on 2026-11-22.*nothing here is happening now$/);
    expect(await page.title()).toMatch(/^\[REPLAY\] ▲ TAKE COVER \d+ s/);
    expect(await textOf('clock')).toMatch(/^then 2026-11-22 18:00:11/);
    expect(await page.locator('.watermark').isVisible()).toBe(true);
    const [border, cover, liveCover] = await page.evaluate(() => {
      const style = (element: Element) => getComputedStyle(element);
      return [style(document.getElementById('app')!).borderTopWidth, style(document.documentElement).getPropertyValue('--cover').trim(), '#ff6a1f'];
    });
    expect(border).toBe('12px');
    expect(cover).not.toBe(liveCover);
    await page.locator(`${byTestId('map')}[data-state="idle"]`).waitFor({ timeout: WAIT_MS });
    await page.screenshot({ path: join(RESULTS, 'replay.png') });
    expect(seen.errors).toEqual([]);
    expect([...seen.origins]).toEqual([new URL(url).origin]);
  });

  it('makes no sound by itself, and when it is asked to, speaks of a replay and sounds nothing', async () => {
    await open(moment(ALARM_MS - 1_000));
    await ready();
    await page.locator(byTestId('play')).click();
    await expect.poll(cursor, { timeout: WAIT_MS }).toBeGreaterThan(ALARM_MS + 500);
    expect(await heard()).toEqual([]);
    expect(await textOf('announce')).toBe('Replay: Embassy: take cover, told 17.5 s.');

    await page.locator(byTestId('play')).click();
    await page.locator(byTestId('voice')).click();
    await page.locator(byTestId('jump-back')).click();
    await page.locator(byTestId('jump-back')).click();
    await page.locator(byTestId('step-back')).click();
    await page.locator(byTestId('play')).click();
    await expect.poll(async () => (await heard()).length, { timeout: WAIT_MS }).toBeGreaterThan(0);
    for (const one of await heard()) expect(one).toMatch(/^speech: Replay: /);
  });

  it('is scrubbed, stepped and jumped through, and the address leads back', async () => {
    await open(moment(BEGAN_MS));
    await ready();
    await page.locator(byTestId('jump-on')).click();
    expect(await cursor()).toBe(ALARM_MS - 200);
    await page.keyboard.press('Shift+ArrowRight');
    await expect.poll(cursor).toBe(ALARM_MS);
    await expect.poll(() => page.url()).toContain(`at=${new Date(ALARM_MS).toISOString()}`);
    await page.locator(byTestId('alarm-stage'), { hasText: 'TAKE COVER' }).waitFor({ timeout: WAIT_MS });
    await page.keyboard.press('ArrowRight');
    await expect.poll(cursor).toBe(ALARM_MS + 500);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(cursor).toBe(ALARM_MS - 500);
    await expect.poll(() => page.locator(byTestId('alarm')).count()).toBe(0);

    await page.locator(byTestId('scrub')).fill('44000');
    await expect.poll(cursor).toBe(BEGAN_MS + 44_000);
    await page.locator(byTestId('events')).getByText('Round 101 detected').click();
    expect(await cursor()).toBe(ALARM_MS - 200);

    await page.locator(byTestId('share')).click();
    await expect.poll(() => textOf('shared')).toMatch(/Copied|address line/);
    const link = page.url();
    await page.context().close();
    await open(link.slice(url.length));
    await ready();
    expect(await cursor()).toBe(ALARM_MS - 200);
    expect(seen.errors).toEqual([]);
  });

  it('plays to its end as fast as it is asked to', async () => {
    await open(moment(BEGAN_MS));
    await ready();
    await page.locator(byTestId('speed')).selectOption('100');
    await page.locator(byTestId('play')).click();
    await expect.poll(cursor, { timeout: WAIT_MS }).toBe(BEGAN_MS + LENGTH_MS);
    await expect.poll(() => textOf('play')).toBe('Play');
    expect(await page.locator(byTestId('speed')).locator('option').allTextContents()).toEqual(['0.1 ×', '0.2 ×', '0.5 ×', '1 ×', '2 ×', '5 ×', '10 ×', '20 ×', '50 ×', '100 ×']);
  });

  it('holds what was known then against what became true', async () => {
    await open(moment(ALARM_MS));
    await ready();
    const row = page.locator(`${byTestId('compare')} tr`);
    await row.first().waitFor({ timeout: WAIT_MS });
    const cells = async () => row.first().locator('th, td').allTextContents();
    expect(await cells()).toEqual(['101 rocket', 'falls in 17.4 s, 600 × 180 m', 'in 18.0 s', '200 m W, inside the ellipse, −0.6 s']);
    expect(await page.locator(`${byTestId('told')} tr`).first().locator('th, td').allTextContents()).toEqual(['Embassy, 18:00:09.0 Z', '17.5 s', '18.0 s', '−0.5 s']);
    await page.locator(byTestId('scrub')).fill(String(ALARM_MS + 7_000 - BEGAN_MS));
    await expect.poll(async () => (await cells())[3]).toBe('30 m W, inside the ellipse, −0.1 s');
  });

  it('that cannot be shown says why, and lists those that can', async () => {
    await open('/replay?recording=another.mcap');
    await expect.poll(() => textOf('banner-trouble'), { timeout: WAIT_MS }).toBe('there is no such recording; GET /api/recordings lists them');
    await page.locator(byTestId('recordings')).waitFor({ timeout: WAIT_MS });
  });

  it('of another version says how much is not shown', async () => {
    server.facts = { ...server.facts, not_understood: 12 };
    await open(moment(ALARM_MS));
    await ready();
    expect(await textOf('remarks')).toContain('12 entries are of another version of the program and are not shown (parapet 0.1.0).');
  });
});

describe('the list of recordings', () => {
  it('names what can be opened and what cannot', async () => {
    await open('/replay');
    await page.locator(byTestId('recordings')).waitFor({ timeout: WAIT_MS });
    const rows = await page.locator(`${byTestId('recordings')} tr`).allTextContents();
    expect(rows[0]).toContain('2026-11-22 18:00:00');
    expect(rows[0]).toContain('an exercise');
    expect(rows[1]).toContain('cannot be shown: at byte 0: not an MCAP file');
    expect(await violations(page)).toEqual([]);
    await page.getByText('2026-11-22 18:00:00').click();
    await ready();
    expect(await cursor()).toBe(BEGAN_MS);
  });
});

describe('for everybody', () => {
  it.each(['dark', 'light'] as const)('in %s colours, an audit finds nothing', async (scheme) => {
    await open(moment(ALARM_MS + 2_000), { width: 1440, height: 900 }, scheme);
    await ready();
    await page.locator(`${byTestId('compare')} tr`).first().waitFor({ timeout: WAIT_MS });
    await page.locator(`${byTestId('map')}[data-state="idle"]`).waitFor({ timeout: WAIT_MS });
    await page.screenshot({ path: join(RESULTS, `replay-${scheme}.png`) });
    expect(await violations(page)).toEqual([]);
  });

  it('on a phone nothing is cut off', async () => {
    await open(moment(ALARM_MS + 2_000), { width: 390, height: 844 });
    await ready();
    await page.screenshot({ path: join(RESULTS, 'replay-phone.png') });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wider).toBe(0);
    expect(await page.locator(byTestId('play')).isVisible()).toBe(true);
  });
});
