/** The card that says why, in a real Chromium. Run `npm run build` first. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { violations } from './audit';
import { byTestId, launch, watch, type Watch } from './chromium';
import { ALARM_MS, NAME, TapeServer } from './tape';

const RESULTS = join(import.meta.dirname, '..', 'test-results');
const WAIT_MS = 30_000;

let browser: Browser;
let server: TapeServer;
let page: Page;
let seen: Watch;

beforeAll(async () => {
  mkdirSync(RESULTS, { recursive: true });
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  server = new TapeServer();
  const url = await server.start();
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  seen = watch(page);
  await page.goto(`${url}/replay?recording=${NAME}&at=${new Date(ALARM_MS + 2_000).toISOString()}`);
  await page.locator('#app[data-ready="true"]').waitFor({ timeout: WAIT_MS });
});
afterEach(async () => {
  await page?.context().close();
  await server.stop();
});

const card = () => page.locator(byTestId('why-card'));

async function openAlarm(): Promise<void> {
  await page.locator(`[data-alarm="alarm-embassy"] ${byTestId('why')}`).click();
  await page.locator(`${byTestId('why-card')}[data-state="there"]`).waitFor({ timeout: WAIT_MS });
}

it('explains an alarm from its plots to its sirens', async () => {
  await openAlarm();
  expect(await card().locator(byTestId('why-because')).textContent()).toBe(
    'Embassy was told to take cover because a round would endanger it with a probability of 36 %, and its owner warns from 5.0 % on. One missed round counts there as much as 19 needless alarms.',
  );
  const text = async () => (await card().textContent()) ?? '';
  for (const words of ['18.1 s (16.4 to 19.9)', 'ellipse 600 × 180 m', 'it came down 200 m from there', 'north 4, south 2', 'rocket', '95 %', 'measured by north', '-100 ms']) {
    expect(await text()).toContain(words);
  }
  expect(await card().locator(`${byTestId('why-hops')} tbody tr`).allTextContents()).toEqual(['sirens (2)0.4 ms1.1 ms31.0 ms, slowest 31.0 msnot acknowledged: roof; told again 2 times']);
  await expect.poll(() => card().locator(`${byTestId('why-without')} tbody tr`).allTextContents(), { timeout: WAIT_MS }).toEqual(['north3.2 s later', 'southno alarm']);
  expect(await text()).toContain('1.3 %1.2 s earlier');
  expect(await card().locator('svg.hazard path.danger').count()).toBe(1);
  expect(await card().locator('svg.ground path.ellipse').count()).toBe(1);
  expect(await page.locator('[style]').evaluateAll((elements) => elements.filter((element) => element.closest('.why')).length)).toBe(0);
  await page.screenshot({ path: join(RESULTS, 'why.png') });
  expect(await violations(page)).toEqual([]);
  expect(seen.errors).toEqual([]);
});

it('explains why a zone was quiet', async () => {
  await page.locator(byTestId('why-zone')).selectOption('dining');
  await page.locator(byTestId('why-zone-ask')).click();
  await page.locator(`${byTestId('why-card')}[data-state="there"]`).waitFor({ timeout: WAIT_MS });
  expect(await card().locator(byTestId('why-because')).textContent()).toBe(
    'Dining Hall was not warned: its danger never came to more than 0.40 %, and its owner warns from 5.0 % on.',
  );
  expect(await card().textContent()).toContain('1640 m away, 95 % ellipse reaches 300 m, a round with 97 %, believed');
  await page.screenshot({ path: join(RESULTS, 'why-zone.png') });
  expect(await violations(page)).toEqual([]);
});

it('gives the keyboard back to where it was, and leaves alarms and the word REPLAY in sight', async () => {
  const button = page.locator(`[data-alarm="alarm-embassy"] ${byTestId('why')}`);
  await button.focus();
  await page.keyboard.press('Enter');
  await page.locator(`${byTestId('why-card')}[data-state="there"]`).waitFor({ timeout: WAIT_MS });
  const [sheet, banner, panel, foot] = await Promise.all(['.why', '.banner', '.panel', '.timeline'].map((one) => page.locator(one).first().boundingBox()));
  expect(sheet!.y).toBeGreaterThanOrEqual(banner!.y + banner!.height);
  expect(sheet!.x + sheet!.width).toBeLessThanOrEqual(panel!.x);
  expect(sheet!.y + sheet!.height).toBeLessThanOrEqual(foot!.y);
  await page.keyboard.press('Escape');
  expect(await card().count()).toBe(0);
  expect(await button.evaluate((one) => one === document.activeElement)).toBe(true);
});

it('says what is wrong where there is no answer', async () => {
  await page.locator(byTestId('scrub')).fill('20000');
  await page.locator(`[data-alarm="alarm-hospital"] ${byTestId('why')}`).click();
  await page.locator(`${byTestId('why-card')}[data-state="failed"]`).waitFor({ timeout: WAIT_MS });
  expect(await card().locator(byTestId('why-fault')).textContent()).toBe('the recording has no such alarm; choose another');
});
