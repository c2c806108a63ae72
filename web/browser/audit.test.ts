/** Every state of the main page, held against axe-core: no violation in any of them. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Alarm, Stage } from '../src/contract/picture';
import type { Mode } from '../src/contract/site';
import { reached, violations } from './audit';
import { byTestId, launch } from './chromium';
import { MockServer } from './mock';
import { attack, quiet, SITE } from './scene';

const WAIT_MS = 30_000;

let browser: Browser;
let server: MockServer;
let page: Page;

beforeAll(async () => void (browser = await launch()));
afterAll(() => browser?.close());
afterEach(async () => {
  await page?.context().close();
  await server?.stop();
});

async function open(mode: Mode = 'live'): Promise<void> {
  server = new MockServer({ ...SITE, mode }, quiet);
  const url = await server.start();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  await page.goto(url);
  await page.waitForSelector(`${byTestId('map')}[data-state="idle"], ${byTestId('map-absent')}`, { timeout: WAIT_MS });
}

const shown = (id: string, text: RegExp) => page.locator(byTestId(id), { hasText: text }).first().waitFor({ timeout: WAIT_MS });

function alarmAt(stage: Stage): Alarm {
  const now_ms = server.now_ms();
  return {
    id: 'a1', zone: 'hospital', zone_name: 'Hospital', stage, raised_ms: now_ms, updated_ms: now_ms, impact_ms: now_ms + 60_000,
    probability: 0.8, threats: [], reason: null, say: null,
  };
}

describe('the main page breaks no rule of accessibility', () => {
  it('while it is quiet, and every control is reached by keyboard', async () => {
    await open();
    await shown('summary', /^No alarm$/);
    expect(await violations(page)).toEqual([]);
    expect(await reached(page)).toEqual(expect.arrayContaining(['sound', 'coverage-height', 'duty-name', 'duty-password', 'duty-login']));
  });

  it.each([
    ['prepare', /BE READY/], ['take_cover', /TAKE COVER/], ['hold', /HOLD/], ['all_clear', /ALL CLEAR/], ['withdrawn', /WITHDRAWN/],
  ] as const)('at the stage %s', async (stage, words) => {
    await open();
    server.scene = (now_ms) => ({ ...quiet(now_ms), alarms: [alarmAt(stage)] });
    await shown('alarm-stage', words);
    expect(await violations(page)).toEqual([]);
  });

  it('in the middle of an attack, and when the contact is lost in it', async () => {
    await open();
    server.scene = (now_ms) => attack(14, now_ms);
    await shown('alarm-stage', /TAKE COVER/);
    expect(await violations(page)).toEqual([]);
    server.cut();
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'visible', timeout: WAIT_MS });
    expect(await violations(page)).toEqual([]);
  });

  it.each(['exercise', 'replay'] as const)('as an %s', async (mode) => {
    await open(mode);
    server.scene = (now_ms) => attack(14, now_ms);
    await shown('alarm-stage', /./);
    expect(await violations(page)).toEqual([]);
  });

  it('when it cannot read what the server says', async () => {
    await open();
    server.raw = '{"now_ms":1,"tracks":"none"}';
    await shown('banner-contract', /tracks/);
    expect(await violations(page)).toEqual([]);
  });
});
