/** The built page in a real Chromium, against the stand-in for the live program. Run `npm run build` first. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Alarm, Picture } from '../src/contract/picture';
import type { Mode } from '../src/contract/site';
import { byTestId, launch, watch, type Watch } from './chromium';
import { MockServer } from './mock';
import { attack, HOSTILE_NAME, quiet, SITE } from './scene';

const RESULTS = join(import.meta.dirname, '..', 'test-results');
const WAIT_MS = 30_000;

let browser: Browser;
let server: MockServer;
let page: Page;
let seen: Watch;

beforeAll(async () => {
  mkdirSync(RESULTS, { recursive: true });
  browser = await launch();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await page?.context().close();
  await server?.stop();
});

/** Traffic that stands still, so that the map comes to rest and can be waited for. */
function still(now_ms: number): Picture {
  return { ...quiet(now_ms), tracks: [], threats: [], alarms: [] };
}

function alarm(change: Partial<Alarm>): Alarm {
  const now_ms = server.now_ms();
  return {
    id: 'a1', zone: 'hospital', zone_name: 'Hospital', stage: 'take_cover', raised_ms: now_ms, updated_ms: now_ms,
    impact_ms: null, probability: 0.8, threats: [], reason: null, ...change,
  };
}

/** Shows these alarms from the next picture on. */
function raise(...alarms: Alarm[]): void {
  server.scene = (now_ms) => ({ ...still(now_ms), alarms });
  server.publish();
}

async function open(mode: Mode = 'live', prepare: (server: MockServer) => void = () => {}): Promise<void> {
  server = new MockServer({ ...SITE, mode }, still);
  prepare(server);
  const url = await server.start();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  seen = watch(page);
  await page.goto(url);
  await page.waitForSelector(`${byTestId('map')}[data-state="idle"], ${byTestId('map-absent')}`, { timeout: WAIT_MS });
}

const textOf = (id: string) => page.locator(byTestId(id)).first().textContent();

async function waitForText(id: string, pattern: RegExp): Promise<string> {
  const found = page.locator(byTestId(id), { hasText: pattern }).first();
  await found.waitFor({ state: 'attached', timeout: WAIT_MS });
  return (await found.textContent()) ?? '';
}

/** How many tracks are in the sky that is drawn over the map. */
const inTheSky = () => page.evaluate(() => (window as unknown as { parapet: { sky: { count: number } } }).parapet.sky.count);

/** Where rounds fall, as it is drawn: in alarmed zones, and where nobody is. */
const impactsDrawn = () => page.evaluate(() => (window as unknown as { parapet: { sky: { impacts: object } } }).parapet.sky.impacts);

/** How many different features of a layer are on the screen now. */
function drawn(layer: string, key: string): Promise<number> {
  return page.evaluate(
    ([layerId, property]) => {
      const { map } = (window as unknown as { parapet: { map: import('maplibre-gl').Map } }).parapet;
      return new Set(map.queryRenderedFeatures({ layers: [layerId!] }).map((f) => f.properties[property!])).size;
    },
    [layer, key],
  );
}

async function waitDrawn(layer: string, key: string, count: number): Promise<void> {
  await expect.poll(() => drawn(layer, key), { timeout: WAIT_MS }).toBe(count);
}

describe('a quiet site', () => {
  it('is drawn whole, says so, complains of nothing and asks nobody but its own server', async () => {
    await open();
    await waitDrawn('zone-fill', 'id', SITE.zones.features.length);
    await waitDrawn('sensor', 'id', SITE.sensors.length);
    expect(await drawn('sensor-ring', 'id')).toBeGreaterThan(0);
    expect(await waitForText('summary', /./)).toBe('No alarm');
    expect(await textOf('site-name')).toBe('River Compound');
    expect(await page.title()).toBe('No alarm · Parapet');
    expect(await page.locator(`[data-sensor="south"] ${byTestId('sensor-state')}`).textContent()).toBe('silent for 34 s');
    await page.screenshot({ path: join(RESULTS, 'quiet.png') });
    expect(seen.errors).toEqual([]);
    expect([...seen.origins]).toEqual([new URL(page.url()).origin]);
  });

  it('names the channel that is down and the siren that has not answered', async () => {
    const told = { kind: 'mqtt', last_error: null, unacknowledged: {} };
    const channels = [
      { ...told, name: 'broker', connected: false, last_error: 'connection refused' },
      { ...told, name: 'sirens', connected: true, unacknowledged: { 'siren-7': 1.2 } },
    ];
    await open('live', (mock) => (mock.channels = channels));
    expect(await waitForText('channel', /broker/)).toBe('△ broker: connection refused');
    expect(await waitForText('channel', /sirens/)).toBe('✕ sirens: NOT REACHED: siren-7');
    expect(seen.errors).toEqual([]);
  });

  it('shows what the sensors see at the height that is asked for, of all or of one', async () => {
    const seen = (sensor: string, west: number) => ({
      type: 'Feature',
      geometry: { type: 'MultiPolygon', coordinates: [[[[west, 33.28], [west + 0.03, 33.28], [west + 0.03, 33.33], [west, 33.33], [west, 33.28]]]] },
      properties: { sensor, height_m: 500, area_km2: 15.5 },
    });
    const both = { type: 'FeatureCollection', height_m: 500, terrain: true, features: [seen('north', 44.37), seen('south', 44.385)] };
    await open();
    expect(await drawn('coverage-fill', 'sensor')).toBe(0);
    await page.selectOption(byTestId('coverage-height'), '500');
    expect(await waitForText('coverage-note', /./)).toBe('being worked out');
    server.coverage['500'] = JSON.stringify(both);
    await waitDrawn('coverage-fill', 'sensor', 2);
    await page.screenshot({ path: join(RESULTS, 'coverage.png') });
    await page.selectOption(byTestId('coverage-sensor'), 'south');
    await waitDrawn('coverage-fill', 'sensor', 1);
    expect(await waitForText('coverage-note', /km/)).toBe('16 km²');
    await page.selectOption(byTestId('coverage-height'), '');
    await waitDrawn('coverage-fill', 'sensor', 0);
    server.coverage['100'] = '{"features":[{}]}';
    await page.selectOption(byTestId('coverage-height'), '100');
    expect(await waitForText('coverage-note', /cannot/)).toBe('cannot be shown');
  });

  it('draws the outlines when there are any', async () => {
    const ring = [[44.3, 33.2], [44.5, 33.2], [44.5, 33.4], [44.3, 33.4], [44.3, 33.2]];
    await open('live', (mock) => {
      mock.outlines = JSON.stringify({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties: { kind: 'water' } });
    });
    await waitDrawn('outline-area', 'kind', 1);
    expect(seen.errors).toEqual([]);
  });

  it('draws a thousand tracks', async () => {
    await open();
    server.scene = (now_ms) => attack(-50, now_ms, 996);
    await waitForText('count-tracks', /^1\u202f000$/);
    await expect.poll(inTheSky, { timeout: WAIT_MS }).toBe(1000);
    expect(seen.errors).toEqual([]);
  });
});

describe('an attack', () => {
  it('alarms one zone, counts its seconds down by the server\'s clock, holds, and clears', async () => {
    await open();
    const impact_ms = server.now_ms() + 9_500;
    raise(alarm({ impact_ms }));

    // Raised: in the list, on the map, in the title, and read aloud.
    await waitForText('alarm-stage', /TAKE COVER/);
    expect(await page.locator(byTestId('alarm')).count()).toBe(1);
    expect(await textOf('alarm-zone')).toBe('Hospital');
    expect(await textOf('summary')).toBe('Take cover: 1 zone');
    expect(await textOf('announce-urgent')).toMatch(/^TAKE COVER, Hospital\. Impact in [1-9] seconds?\.$/);
    await page.waitForFunction(() => /^▲ TAKE COVER [1-9] s · Hospital$/.test(document.title), undefined, { timeout: WAIT_MS });

    // Counting: both clocks are seven minutes apart, and the number is still small and shrinking.
    const first = Number.parseInt((await waitForText('alarm-seconds', /^[1-9]s$/)), 10);
    await page.waitForFunction((before) => {
      const now = Number.parseInt(document.querySelector('[data-testid="alarm-seconds"]')?.textContent ?? '', 10);
      return now < before;
    }, first, { timeout: WAIT_MS });
    await waitDrawn('zone-line', 'tone', 2);
    await page.locator(byTestId('zone-badge')).waitFor();
    expect(await page.locator(byTestId('zone-badge')).textContent()).toMatch(/^Hospital([1-9] s|now)▲ TAKE COVER$/);
    await page.screenshot({ path: join(RESULTS, 'take-cover.png') });

    // Past: the page knows before the server says so.
    await waitForText('alarm-words', /^Impact passed — stay in cover$/);

    raise(alarm({ stage: 'hold', impact_ms }));
    await waitForText('alarm-stage', /HOLD/);
    expect(await textOf('alarm-words')).toBe('Impact passed — stay in cover');
    expect(await textOf('summary')).toBe('Hold: 1 zone, stay in cover');
    await page.screenshot({ path: join(RESULTS, 'hold.png') });

    raise(alarm({ stage: 'all_clear', impact_ms, reason: 'no threat for 10 s' }));
    await waitForText('alarm-stage', /ALL CLEAR/);
    expect(await textOf('alarm-words')).toBe('no threat for 10 s');
    expect(await textOf('summary')).toBe('No alarm');
    expect(await textOf('announce-polite')).toBe('ALL CLEAR, Hospital. no threat for 10 s.');

    raise();
    await page.locator(byTestId('alarm')).waitFor({ state: 'detached', timeout: WAIT_MS });
    await page.locator(byTestId('zone-badge')).waitFor({ state: 'detached', timeout: WAIT_MS });
    expect(seen.errors).toEqual([]);
  });

  it('gives the reason of a withdrawn alarm', async () => {
    await open();
    raise(alarm({ stage: 'withdrawn', reason: 'the track was an aircraft' }));
    await waitForText('alarm-stage', /WITHDRAWN/);
    expect(await textOf('alarm-words')).toBe('the track was an aircraft');
  });

  it('draws rounds, impacts and their ellipses, and puts the most urgent zone first', async () => {
    await open();
    server.scene = (now_ms) => attack(14, now_ms);
    await expect.poll(impactsDrawn, { timeout: WAIT_MS }).toEqual({ alarming: 3, elsewhere: 1 });
    await expect.poll(() => page.locator(byTestId('alarm-zone')).allTextContents(), { timeout: WAIT_MS }).toEqual(['Embassy', 'Hospital']);
    expect(await textOf('count-threats')).toBe('4');
    await page.locator(byTestId('fit-threats')).click();
    await page.locator(`${byTestId('track-label')}[data-threat="true"]`).first().waitFor({ timeout: WAIT_MS });
    await page.screenshot({ path: join(RESULTS, 'attack.png') });
    expect(seen.errors).toEqual([]);
  });

  it('is reached by keyboard, and keeps the focus when more urgent alarms come in above it', async () => {
    await open();
    raise(alarm({ impact_ms: server.now_ms() + 60_000 }));
    await waitForText('alarm-stage', /TAKE COVER/);
    const button = page.locator(`[data-alarm="a1"] button`);
    for (let presses = 0; presses < 20 && !(await button.evaluate((b) => b === document.activeElement)); presses += 1) {
      await page.keyboard.press('Tab');
    }
    expect(await button.evaluate((b) => b === document.activeElement)).toBe(true);
    const named = page.getByRole('button', { name: /TAKE COVER Hospital Impact in \d+ ?s .*Show on the map\.$/ });
    expect(await named.evaluate((found) => found === document.activeElement)).toBe(true);

    const zoom = () => page.evaluate(() => (window as unknown as { parapet: { map: { getZoom(): number } } }).parapet.map.getZoom());
    const before = await zoom();
    await page.keyboard.press('Enter');
    await expect.poll(zoom, { timeout: WAIT_MS }).toBeGreaterThan(before);

    raise(alarm({ impact_ms: server.now_ms() + 60_000 }), alarm({ id: 'a2', zone: 'embassy', zone_name: 'Embassy', impact_ms: server.now_ms() + 30_000 }));
    await expect.poll(() => page.locator(byTestId('alarm-zone')).allTextContents(), { timeout: WAIT_MS }).toEqual(['Embassy', 'Hospital']);
    expect(await button.evaluate((b) => b === document.activeElement)).toBe(true);
  });

  it('shows markup in a name as the characters it is made of', async () => {
    await open();
    raise(alarm({ zone: 'annex', zone_name: HOSTILE_NAME, stage: 'withdrawn', reason: '<script>alert(1)</script>' }));
    await waitForText('alarm-stage', /WITHDRAWN/);
    expect(await textOf('alarm-zone')).toBe(HOSTILE_NAME);
    expect(await textOf('alarm-words')).toBe('<script>alert(1)</script>');
    expect(await page.locator(`${byTestId('zone-badge')} .name`).textContent()).toBe(HOSTILE_NAME);
    expect(await page.locator('#app img, #app b, #app script').count()).toBe(0);
    expect(await page.title()).toBe('No alarm · Parapet');
    expect(seen.errors).toEqual([]);
  });
});

describe('contact', () => {
  it('lost is said at once and plainly, keeps the alarm counting, and is forgotten when it is back', async () => {
    await open();
    raise(alarm({ impact_ms: server.now_ms() + 60_000 }));
    await waitForText('alarm-stage', /TAKE COVER/);

    server.cut();
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'visible', timeout: WAIT_MS });
    expect(await textOf('banner-lost')).toMatch(/^No contact for \d+ s.*Do not take silence for safety/);
    expect(await page.title()).toMatch(/^NO CONTACT · ▲ TAKE COVER/);
    const before = Number.parseInt((await textOf('alarm-seconds')) ?? '', 10);
    await expect.poll(async () => Number.parseInt((await textOf('alarm-seconds')) ?? '', 10), { timeout: WAIT_MS }).toBeLessThan(before);
    await page.screenshot({ path: join(RESULTS, 'no-contact.png') });

    server.scene = still;
    server.restore();
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'hidden', timeout: WAIT_MS });
    await waitForText('summary', /^No alarm$/);
  });

  it('lost without an alarm is not "no alarm"', async () => {
    await open();
    await waitForText('summary', /^No alarm$/);
    server.cut();
    await waitForText('summary', /^Not known$/);
    expect(await page.title()).toBe('NO CONTACT · Parapet');
  });

  it('lost on a connection that stays open is given up for a new one', async () => {
    await open();
    await waitForText('contact', /^In contact$/);
    server.forget();
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'visible', timeout: WAIT_MS });
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'hidden', timeout: WAIT_MS });
    expect(await textOf('contact')).toBe('In contact');
    expect(seen.errors).toEqual([]);
  });

  it('tells a server that stopped in good order from one that vanished', async () => {
    await open();
    server.end();
    await waitForText('banner-lost', /^Server stopped \d+ s ago/);
    server.restore();
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'hidden', timeout: WAIT_MS });
  });

  it('with a server that turned from exercise to live makes a new page', async () => {
    await open('exercise');
    await waitForText('banner-mode', /^EXERCISE/);
    server.cut();
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'visible', timeout: WAIT_MS });
    server.site = SITE;
    server.restore();
    await waitForText('mode-chip', /^LIVE$/);
    await page.locator(byTestId('banner-mode')).waitFor({ state: 'hidden', timeout: WAIT_MS });
  });

  it('with a server of another version is no contact, and says what does not fit', async () => {
    await open();
    server.raw = '{"now_ms":1,"tracks":"none"}';
    await waitForText('banner-contract', /picture\.tracks: expected a list/);
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'visible', timeout: WAIT_MS });
    server.raw = null;
    await page.locator(byTestId('banner-contract')).waitFor({ state: 'hidden', timeout: WAIT_MS });
    await page.locator(byTestId('banner-lost')).waitFor({ state: 'hidden', timeout: WAIT_MS });
  });
});

describe('mode', () => {
  it.each([
    ['exercise', /^EXERCISENothing shown here is real$/, /^\[EXERCISE\] /],
    ['replay', /^REPLAYA recording: nothing here is happening now$/, /^\[REPLAY\] /],
  ] as const)('%s is said across the page and in the title', async (mode, words, title) => {
    await open(mode);
    await waitForText('banner-mode', words);
    expect(await page.locator(byTestId('banner-mode')).isVisible()).toBe(true);
    await expect.poll(() => page.title(), { timeout: WAIT_MS }).toMatch(title);
    await page.screenshot({ path: join(RESULTS, `${mode}.png`) });
  });

  it('live has no banner', async () => {
    await open('live');
    expect(await textOf('mode-chip')).toBe('LIVE');
    expect(await page.locator(byTestId('banner-mode')).isVisible()).toBe(false);
  });
});

it('works without a map where there is no WebGL: alarms matter more', async () => {
  const blind = await launch(['--disable-3d-apis']);
  const sighted = browser;
  try {
    browser = blind;
    await open();
    await page.locator(byTestId('map-absent')).waitFor({ timeout: WAIT_MS });
    raise(alarm({ impact_ms: server.now_ms() + 60_000 }));
    await waitForText('alarm-seconds', /^\d+s$/);
  } finally {
    browser = sighted;
    await blind.close();
  }
});
