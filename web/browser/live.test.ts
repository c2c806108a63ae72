/**
 * The page against a real, running program that is being attacked (for instance by a simulated site):
 *
 *     PARAPET_URL=http://127.0.0.1:8080 npm run test:live
 *
 * PARAPET_SCREENSHOT       where to save a picture of the first alarm (default test-results/live.png)
 * PARAPET_ALARM_WAIT_S     how long to wait for that alarm (default 120)
 */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { byTestId, launch, watch } from './chromium';

const URL_ASKED = process.env['PARAPET_URL'];
const SCREENSHOT = process.env['PARAPET_SCREENSHOT'] ?? join(import.meta.dirname, '..', 'test-results', 'live.png');
const ALARM_WAIT_S = Number(process.env['PARAPET_ALARM_WAIT_S'] ?? 120);

/** For everything but the alarm itself. */
const WAIT_MS = 30_000;

it('shows a live alarm and counts it down', { timeout: ALARM_WAIT_S * 1000 + 4 * WAIT_MS }, async () => {
  if (!URL_ASKED) throw new Error('say where the program is: PARAPET_URL=http://127.0.0.1:8080 npm run test:live');
  mkdirSync(dirname(SCREENSHOT), { recursive: true });
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1600, height: 950 }, reducedMotion: 'reduce' });
  const seen = watch(page);
  try {
    await page.goto(URL_ASKED);
    await page.locator(byTestId('contact'), { hasText: /^In contact$/ }).waitFor({ timeout: WAIT_MS });
    expect(await page.locator(byTestId('map-absent')).count(), 'the map is drawn').toBe(0);
    expect(await page.locator(byTestId('sensor')).count(), 'sensors are listed').toBeGreaterThan(0);

    // Any alarm that counts will do; which one it is may change while we look, so the card is named by its alarm.
    const counting = page.locator(byTestId('alarm'), { has: page.locator(byTestId('alarm-seconds'), { hasText: /^\d+s$/ }) });
    await counting.first().waitFor({ timeout: ALARM_WAIT_S * 1000 });
    const { id, seconds } = await counting.first().evaluate((card) => ({
      id: (card as HTMLElement).dataset['alarm'] ?? '',
      seconds: Number.parseInt(card.querySelector('[data-testid="alarm-seconds"]')?.textContent ?? '', 10),
    }));
    expect(seconds, 'seconds left are within a flight').toBeLessThan(600);
    expect(await page.title()).toMatch(/TAKE COVER|HOLD/);
    await page.locator(byTestId('zone-badge')).first().waitFor({ timeout: WAIT_MS });
    await page.locator(byTestId('fit-threats')).click();

    // Counted down: fewer seconds, or already past them. A better estimate may add a second or two for a moment.
    await page.waitForFunction(
      ([alarm, before]) => {
        const card = [...document.querySelectorAll<HTMLElement>('[data-testid="alarm"]')].find((c) => c.dataset['alarm'] === alarm);
        if (!card) return false;
        const now = Number.parseInt(card.querySelector('[data-testid="alarm-seconds"]')?.textContent ?? '', 10);
        return Number.isNaN(now) || now < before;
      },
      [id, seconds] as const,
      { timeout: WAIT_MS },
    );
    expect(seen.errors).toEqual([]);
    expect([...seen.origins]).toEqual([new URL(URL_ASKED).origin]);
  } finally {
    await page.screenshot({ path: SCREENSHOT }).catch(() => undefined);
    await browser.close();
  }
});
