/** The set-up page in a real Chromium: by mouse, by keyboard alone, on a phone, and with a second person. Run `npm run build` first. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Edit } from '../src/setup/contract';
import { violations } from './audit';
import { byTestId as t, launch, watch, type Watch } from './chromium';
import { worldMap } from './pmtiles';
import { quiet, SITE } from './scene';
import { PASSWORD, SetupStand } from './setup_stand';

const RESULTS = join(import.meta.dirname, '..', 'test-results');
const WAIT_MS = 30_000;

let browser: Browser;
let server: SetupStand;
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

async function open(prepare: (server: SetupStand) => void = () => {}, viewport = { width: 1440, height: 900 }, file = 'setup.html'): Promise<void> {
  server = new SetupStand({ ...SITE, mode: 'exercise' }, quiet);
  prepare(server);
  const url = await server.start();
  page = await browser.newPage({ viewport, reducedMotion: 'reduce', colorScheme: 'dark', hasTouch: viewport.width < 500 });
  page.setDefaultTimeout(WAIT_MS);
  seen = watch(page);
  await page.goto(`${url}${file}`);
}

async function login(name: string): Promise<void> {
  await page.fill(t('name'), name);
  await page.fill(t('password'), PASSWORD);
  await page.click(t('login'));
  await page.waitForSelector(t('draft-title'));
}

/** Logs in and begins a draft. */
async function begin(name = 'sue'): Promise<void> {
  await login(name);
  await page.fill(t('draft-title'), 'A depot at the gate');
  await page.click(t('draft-begin'));
  await page.waitForSelector(t('zones'));
  await still();
}

const still = () => page.waitForSelector(`${t('map')}[data-state="idle"]`);
const edits = (): Edit[] => [...server.drafts.values()].at(-1)?.edits ?? [];
const text = async (id: string) => (await page.locator(t(id)).first().textContent()) ?? '';
const told = (id: string, words: string | RegExp) => page.locator(t(id), { hasText: words }).first().waitFor();

async function type(id: string, value: string): Promise<void> {
  await page.fill(t(id), value);
  await page.press(t(id), 'Tab');
}

/** Nothing that WCAG 2.2 AA forbids. */
async function accessible(): Promise<void> {
  expect(await violations(page)).toEqual([]);
}

/** The browser itself notes every 401; the page asks once whether somebody is logged in already. */
function complaints(): string[] {
  return seen.errors.filter((words) => !words.includes('401'));
}

describe('zones', () => {
  it('are drawn by mouse, named, and weighed in words', async () => {
    await open();
    await begin();
    await page.click(t('draw-polygon'));
    for (const [x, y] of [[300, 300], [460, 290], [450, 420]] as const) await page.mouse.click(x, y);
    await told('draw-words', /^3 corners/);
    // The first corner closes the outline.
    await page.mouse.click(302, 302);
    await told('zone-title', 'New zone');
    await type('zone-name', 'East Depot');
    await told('zone-title', 'East Depot');
    await page.selectOption(t('zone-threshold'), 'own');
    await page.waitForSelector(t('zone-chance'));
    await type('zone-chance', '0.02');
    await told('zone-means', 'Warns when the chance of a round in the zone is 1 in 50 or more. That holds a missed round for 49 times as bad');
    const [drawn, named] = edits();
    expect(drawn).toMatchObject({ edit: 'put', table: 'zone', id: 'zone-new' });
    expect((drawn as unknown as { set: { polygon: number[][][] } }).set.polygon[0]).toHaveLength(3);
    expect(named).toMatchObject({ id: 'zone-new', set: { id: 'east-depot', name: 'East Depot' } });
    // A corner is moved by its handle, and everything is undone and made again.
    await still();
    const handle = page.locator(`${t('handle')}:not(.new)`).first();
    const box = (await handle.boundingBox())!;
    await page.mouse.move(box.x + 16, box.y + 16);
    await page.mouse.down();
    await page.mouse.move(box.x - 40, box.y - 20, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => edits().length, { timeout: WAIT_MS }).toBe(5);
    await page.click(t('undo'));
    await expect.poll(() => edits().length).toBe(4);
    await page.keyboard.press('ControlOrMeta+Shift+z');
    await expect.poll(() => edits().length).toBe(5);
    await page.keyboard.press('ControlOrMeta+z');
    await expect.poll(() => edits().length).toBe(4);
    await page.click(t('redo'));
    await expect.poll(() => edits().length).toBe(5);
    await page.screenshot({ path: join(RESULTS, 'setup-zone.png') });
    await accessible();
    expect(complaints()).toEqual([]);
  });

  it('are drawn, corrected and removed by keyboard alone', async () => {
    await open();
    await page.waitForSelector(t('login'));
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    const reach = async (id: string) => {
      for (let tries = 0; tries < 80; tries += 1) {
        if (await page.evaluate((wanted) => (document.activeElement as HTMLElement | null)?.dataset['testid'] === wanted, id)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${id} cannot be reached by Tab`);
    };
    await reach('name');
    await page.keyboard.type('sue');
    await reach('password');
    await page.keyboard.type(PASSWORD);
    await press('Enter');
    await page.waitForSelector(t('draft-title'));
    await reach('draft-title');
    await page.keyboard.type('By keyboard');
    await press('Enter');
    await page.waitForSelector(t('zones'));
    await still();
    await reach('draw-polygon');
    await press('Enter');
    await page.waitForSelector(t('draw-words'));
    // The map has the keyboard now: arrows move it under the cross, Enter sets a corner.
    await press('Enter');
    for (const way of ['ArrowRight', 'ArrowDown']) {
      await press(way);
      await still();
      await press('Enter');
    }
    await told('draw-words', /^3 corners/);
    await press('f');
    await told('zone-title', 'New zone');
    const ring = (edits()[0] as unknown as { set: { polygon: number[][][] } }).set.polygon[0]!;
    expect(new Set(ring.map(String)).size, 'three different corners').toBe(3);
    // Its name stands ready to be written over.
    await expect.poll(() => page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid'])).toBe('zone-name');
    await page.keyboard.type('Keyboard Depot');
    await press('Tab');
    await told('zone-title', 'Keyboard Depot');
    await reach('zone-corners');
    await press('ControlOrMeta+a');
    await page.keyboard.type('33.30, 44.38\n33.30, 44.39');
    await press('Tab');
    await page.locator('.fault', { hasText: '2 corners; an outline needs at least 3.' }).waitFor();
    await press('Shift+Tab');
    await press('ControlOrMeta+a');
    await page.keyboard.type('33.30, 44.38\n33.30, 44.39\n33.31, 44.39');
    await press('Tab');
    await expect.poll(() => edits().at(-1)).toMatchObject({ set: { polygon: [[[44.38, 33.3], [44.39, 33.3], [44.39, 33.31]]] } });
    // A corner by its handle.
    await reach('handle');
    await press('ArrowUp');
    await expect.poll(() => edits().length).toBe(4);
    const moved = (edits().at(-1) as unknown as { set: { polygon: number[][][] } }).set.polygon[0]!;
    expect(moved[0]![1]).toBeGreaterThan(33.3);
    expect(moved[0]![1]).toBeLessThan(33.3001);
    await reach('zone-remove');
    await press('Enter');
    await expect.poll(() => edits().at(-1)).toEqual({ edit: 'remove', table: 'zone', id: 'keyboard-depot' });
  });

  it('are imported, and what is no zone is told with its reason', async () => {
    await open((stand) => {
      stand.imported = {
        zones: [{ id: 'camp', name: 'Camp', polygon: [[[44.38, 33.3], [44.39, 33.3], [44.39, 33.31]]] }],
        refused: [{ part: 'placemark 2 ("Road")', what: 'a line encloses nothing', remedy: 'a zone is a polygon: draw its outline' }],
      };
    });
    await begin();
    await page.setInputFiles(t('import'), { name: 'camps.kml', mimeType: 'application/vnd.google-earth.kml+xml', buffer: Buffer.from('<kml/>') });
    await told('imported', '1 zones were imported, 1 parts of the file refused.');
    expect(await text('imported')).toContain('placemark 2 ("Road"): a line encloses nothing; a zone is a polygon: draw its outline.');
    await page.waitForSelector(t('zone-row-camp'));
    expect(edits()).toEqual([{ edit: 'import', zones: server.imported.zones }]);
    await accessible();
  });
});

describe('sensors and policy', () => {
  it('are placed with their height over the ground, and show what they would see', async () => {
    await open();
    await begin();
    await page.click(t('tab-sensors'));
    await page.click(t('sensor-row-radar-north'));
    await told('sensor-title', 'radar-north');
    await expect.poll(() => page.inputValue(t('sensor-above'))).toBe('12.0');
    await type('sensor-above', '20');
    await expect.poll(() => edits().at(-1)).toEqual({ edit: 'put', table: 'sensor', id: 'radar-north', set: { position: { height_m: 54 } } });
    await page.check(t('coverage-on'));
    await type('coverage-height', '300');
    await told('coverage-words', 'At 300 m: radar-north 412 km²');
    expect(server.covered?.height_m).toBe(300);
    await still();
    await page.screenshot({ path: join(RESULTS, 'setup-sensor.png') });
    await accessible();
    await page.click(t('sensor-back'));
    await page.selectOption(t('place-kind'), 'node');
    await page.click(t('place'));
    await page.mouse.click(400, 500);
    await told('sensor-title', 'node-new');
    await type('sensor-id', 'roof-1');
    await told('sensor-title', 'roof-1');
    expect(edits().at(-2)).toMatchObject({ edit: 'put', table: 'node', id: 'node-new' });
    expect(complaints()).toEqual([]);
  });

  it('say what a threshold does before anybody confirms it', async () => {
    await open();
    await begin();
    await page.click(t('tab-policy'));
    await told('policy-means', '1 in 10 or more. That holds a missed round for 9 times');
    await type('policy-chance', '0.04');
    await told('policy-means', '1 in 25 or more. That holds a missed round for 24 times');
    expect(edits()).toEqual([{ edit: 'set', table: 'policy', set: { alarm_probability: 0.04 } }]);
    await page.selectOption(t('policy-way'), 'costs');
    await expect.poll(() => edits().at(-1)).toEqual({ edit: 'set', table: 'policy', set: { alarm_probability: null, cost_false: 1, cost_miss: 24 } });
    await accessible();
  });
});

describe('a change', () => {
  it('is confirmed by a second person who sees the difference', async () => {
    await open((stand) => (stand.alarms = ['hospital-1']));
    await begin();
    await told('banner-alarm', 'Do not restart the program now');
    await page.click(t('zone-row-hospital'));
    await type('zone-people', '-5');
    await told('state', '1 error');
    await page.click(t('tab-review'));
    await told('problems', 'site.toml:24:10 zone "hospital" people: -5 is out of range; write a number from 0.');
    expect(await page.isDisabled(t('propose'))).toBe(true);
    await accessible();
    await page.click(t('undo'));
    await told('verdict', 'The program can start with this.');
    await page.click(t('tab-zones'));
    await page.click(t('zone-row-hospital'));
    await type('zone-people', '500');
    await page.click(t('tab-review'));
    await told('changes', 'zone "hospital"');
    await page.click(`${t('difference')} > summary`);
    await page.screenshot({ path: join(RESULTS, 'setup-review.png') });
    await page.click(t('propose'));
    await told('word', 'A second person logs in here');
    await page.click(t('drafts-back'));
    expect(await page.isDisabled(t('confirm-1')), 'not by the same person').toBe(true);
    await page.click(t('logout'));
    await login('sam');
    await told('proposal', 'sue proposes: A depot at the gate');
    await page.screenshot({ path: join(RESULTS, 'setup-second.png') });
    await accessible();
    expect(server.written).toBeNull();
    await page.click(t('confirm-1'));
    await told('word', 'Written; the former files are in backups/2026-01-01T00-00-00. Takes effect at the next start of the program. An alarm stands: do not restart now.');
    expect(server.written).toEqual({ edits: [{ edit: 'put', table: 'zone', id: 'hospital', set: { people: 500 } }], by: ['sue', 'sam'] });
    await told('banner-pending', 'The files differ from what the program runs with');
    expect(complaints()).toEqual([]);
  });

  it('that somebody else overtook is said, and a folder that cannot be written', async () => {
    await open((stand) => {
      stand.readOnly = 'the site folder /srv/site cannot be written: Read-only file system';
      stand.stale = ['site.toml'];
    });
    await begin();
    await told('banner-read-only', 'Read-only file system');
    await page.click(t('tab-review'));
    await told('stale', 'site.toml changed on disk since this draft began');
    expect(await page.isDisabled(t('propose'))).toBe(true);
    await page.click(t('rebase'));
    await told('word', 'stands on the files as they are');
    expect(await page.locator(t('stale')).count()).toBe(0);
    // Two pages at one draft.
    [...server.drafts.values()][0]!.revision = 9;
    await page.click(t('tab-policy'));
    await type('policy-chance', '0.5');
    await told('word', 'somebody changed this draft; it is at revision 9. load it again');
  });
});

it('makes a drill that is another program', async () => {
  await open();
  await begin();
  await page.click(t('tab-drill'));
  await page.click(t('drill-make'));
  await told('drill-steps', 'parapet serve --config drill/site.toml');
  await accessible();
});

it('draws the basemap of the owner with its makers named as text', async () => {
  await open((stand) => {
    stand.basemap = worldMap();
    stand.site = { ...stand.site, basemap: { kind: 'vector', zoom_max: 0 } };
  });
  await begin();
  await told('attribution', '© somebody');
  const water = () => page.evaluate(() => {
    const { map } = (window as unknown as { setup: { map: { map: import('maplibre-gl').Map } } }).setup.map;
    return map.getLayer('basemap-water') ? map.queryRenderedFeatures({ layers: ['basemap-water'] }).length : 0;
  });
  await expect.poll(water, { timeout: WAIT_MS }).toBeGreaterThan(0);
  expect(complaints()).toEqual([]);
});

it('draws it under the picture too, below the grid', async () => {
  await open((stand) => {
    stand.basemap = worldMap();
    stand.site = { ...stand.site, basemap: { kind: 'vector', zoom_max: 0 } };
  }, { width: 1280, height: 800 }, 'index.html');
  await told('attribution', '© somebody');
  const layers = await page.evaluate(() => (window as unknown as { parapet: { map: import('maplibre-gl').Map } }).parapet.map.getStyle().layers.map((layer) => layer.id));
  expect(layers.indexOf('basemap-roads-highway')).toBeGreaterThan(layers.indexOf('basemap-water'));
  expect(layers.indexOf('basemap-roads-highway')).toBeLessThan(layers.indexOf('zone-fill'));
});

it('is as readable in the light as in the dark', async () => {
  await open();
  await begin();
  await page.click(t('theme'));
  expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light');
  await page.click(t('zone-row-gate'));
  await told('zone-title', 'East Gate');
  await type('zone-people', '-1');
  for (const tab of ['zones', 'sensors', 'policy', 'review', 'drill']) {
    await page.click(t(`tab-${tab}`));
    await accessible();
  }
  await page.click(t('tab-review'));
  await page.screenshot({ path: join(RESULTS, 'setup-light.png') });
});

it('is usable on a phone', async () => {
  await open(() => {}, { width: 390, height: 844 });
  await accessible();
  await begin();
  await page.click(t('zone-row-gate'));
  await told('zone-title', 'East Gate');
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, 'nothing reaches beyond the screen').toBeLessThanOrEqual(0);
  await page.screenshot({ path: join(RESULTS, 'setup-phone.png'), fullPage: true });
  await accessible();
  // By finger.
  await page.tap(t('zone-back'));
  await page.tap(t('draw-polygon'));
  await page.waitForSelector(t('draw-words'));
  await page.locator(t('map')).scrollIntoViewIfNeeded();
  const box = (await page.locator(t('map')).boundingBox())!;
  for (const [x, y] of [[60, 330], [200, 330], [200, 270]] as const) await page.touchscreen.tap(box.x + x, box.y + y);
  await told('draw-words', /^3 corners/);
  await page.tap(t('draw-finish'));
  await told('zone-title', 'New zone');
});
