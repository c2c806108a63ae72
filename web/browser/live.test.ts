/**
 * The page against a real, running program that is being attacked (for instance by a simulated site):
 *
 *     PARAPET_URL=http://127.0.0.1:8080 npm run test:live
 *
 * PARAPET_SCREENSHOT       where to save a picture of the first alarm (default test-results/live.png); those of the first round that is
 *                          seen and of the first impact are saved beside it, as ...-detection.png and ...-impact.png
 * PARAPET_ALARM_WAIT_S     how long to wait for that alarm (default 120)
 */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { byTestId, launch, watch } from './chromium';

const URL_ASKED = process.env['PARAPET_URL'];
const SCREENSHOT = process.env['PARAPET_SCREENSHOT'] ?? join(import.meta.dirname, '..', 'test-results', 'live.png');
const ALARM_WAIT_S = Number(process.env['PARAPET_ALARM_WAIT_S'] ?? 120);

const beside = (name: string) => SCREENSHOT.replace(/(\.[a-z]+)?$/, (end) => `-${name}${end}`);

/** For everything but the alarm itself. */
const WAIT_MS = 30_000;

it('shows a live alarm and counts it down', { timeout: 3 * ALARM_WAIT_S * 1000 + 4 * WAIT_MS }, async () => {
  if (!URL_ASKED) throw new Error('say where the program is: PARAPET_URL=http://127.0.0.1:8080 npm run test:live');
  mkdirSync(dirname(SCREENSHOT), { recursive: true });
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', colorScheme: 'dark' });
  const seen = watch(page);
  try {
    await page.goto(URL_ASKED);
    await page.locator(byTestId('contact'), { hasText: /^In contact$/ }).waitFor({ timeout: WAIT_MS });
    expect(await page.locator(byTestId('map-absent')).count(), 'the map is drawn').toBe(0);
    expect(await page.locator(byTestId('sensor')).count(), 'sensors are listed').toBeGreaterThan(0);

    // A round that is seen is drawn and listed, whether it alarms anybody yet or not.
    await page.locator(byTestId('round')).first().waitFor({ timeout: ALARM_WAIT_S * 1000 });
    await page.locator(`${byTestId('track-label')}[data-threat="true"]:not([hidden])`).first().waitFor({ timeout: WAIT_MS });
    await page.screenshot({ path: beside('detection') });

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
    await page.screenshot({ path: SCREENSHOT });

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
    // When the first round has fallen, those under it are held in cover.
    await page.locator(byTestId('alarm-stage'), { hasText: 'HOLD' }).first().waitFor({ timeout: ALARM_WAIT_S * 1000 });
    expect(await page.locator(byTestId('salvo')).textContent()).toMatch(/^\d+ rounds? so far/);
    await page.screenshot({ path: beside('impact') });
    expect(seen.errors).toEqual([]);
    expect([...seen.origins]).toEqual([new URL(URL_ASKED).origin]);
  } catch (fault) {
    await page.screenshot({ path: beside('failure') }).catch(() => undefined);
    throw fault;
  } finally {
    await browser.close();
  }
});
