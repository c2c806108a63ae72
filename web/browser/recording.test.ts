/**
 * The replay page over a real recording with at least one alarm, served by `parapet view` (or by a live program):
 *
 *     PARAPET_URL=http://127.0.0.1:8088 npm run test:recording
 *
 * PARAPET_SCREENSHOT       where to save a picture of the first alarm (default test-results/recording.png)
 */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { byTestId, launch, watch } from './chromium';

const URL_ASKED = process.env['PARAPET_URL'];
const SCREENSHOT = process.env['PARAPET_SCREENSHOT'] ?? join(import.meta.dirname, '..', 'test-results', 'recording.png');
const WAIT_MS = 60_000;

it('replays a recording, explains its first alarm, and plays on to what became true', { timeout: 4 * WAIT_MS }, async () => {
  if (!URL_ASKED) throw new Error('say where the program is: PARAPET_URL=http://127.0.0.1:8088 npm run test:recording');
  const base = URL_ASKED.replace(/\/$/, '');
  mkdirSync(dirname(SCREENSHOT), { recursive: true });
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const seen = watch(page);
  const cursor = () => page.evaluate(() => (window as unknown as { replay: { player: { at_ms: number } } }).replay.player.at_ms);
  try {
    // Whoever started the program may not have waited for it.
    await expect.poll(() => fetch(`${base}/replay`).then((answer) => answer.status, () => 0), { timeout: WAIT_MS }).toBe(200);
    await page.goto(`${base}/replay`);
    await page.locator(`${byTestId('recordings')} a`).first().click();
    await page.locator('#app[data-ready="true"]').waitFor({ timeout: WAIT_MS });
    await expect.poll(() => page.locator('.mark.impact').count(), { timeout: WAIT_MS }).toBeGreaterThan(0);

    const told = page.locator(`${byTestId('events')} [data-kind="take_cover"]`).first();
    await told.click();
    await page.locator(byTestId('alarm-stage'), { hasText: 'TAKE COVER' }).first().waitFor({ timeout: WAIT_MS });
    expect(await page.title()).toMatch(/^\[REPLAY\] ▲ TAKE COVER/);
    await expect.poll(() => page.locator(`${byTestId('compare')} tr`).count(), { timeout: WAIT_MS }).toBeGreaterThan(0);
    await expect.poll(() => page.locator(`${byTestId('told')} tr`).count(), { timeout: WAIT_MS }).toBeGreaterThan(0);
    await page.screenshot({ path: SCREENSHOT });

    await page.locator(byTestId('why')).first().click();
    await page.locator(`${byTestId('why-card')}[data-state]`).waitFor({ timeout: WAIT_MS });
    expect(await page.locator(byTestId('why-because')).textContent()).toMatch(/was told to take cover because/);
    await page.keyboard.press('Escape');

    const before = await cursor();
    await page.locator(byTestId('speed')).selectOption('20');
    await page.locator(byTestId('play')).click();
    await expect.poll(cursor, { timeout: WAIT_MS }).toBeGreaterThan(before + 20_000);
    await page.locator(byTestId('play')).click();
    expect(await page.locator(byTestId('banner-trouble')).isVisible()).toBe(false);
    expect(seen.errors).toEqual([]);
    expect([...seen.origins]).toEqual([new URL(base).origin]);
  } finally {
    await page.screenshot({ path: SCREENSHOT.replace(/\.png$/, '-end.png') }).catch(() => undefined);
    await browser.close();
  }
});
