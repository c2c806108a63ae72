/** The page for a phone in a real Chromium, of a phone's size, against the stand-in for the live program. `npm run build` first. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { enlargeText, reached, sideways_px, violations } from './audit';
import { byTestId, launch, watch, type Watch } from './chromium';
import { IN_HOSPITAL, OUTSIDE, PublicMock, type Setting } from './me_scene';
import words from './words.json';

const RESULTS = join(import.meta.dirname, '..', 'test-results', 'me');
const WAIT_MS = 30_000;
const PHONE = { width: 390, height: 844 };
const NARROW = { width: 320, height: 640 };
const TONGUES = ['en-US', 'ar'] as const;
type World = 'live' | 'exercise';

let browser: Browser;
let server: PublicMock;
let context: BrowserContext;
let page: Page;
let seen: Watch;

beforeAll(async () => {
  mkdirSync(RESULTS, { recursive: true });
  browser = await launch();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await context?.close();
  await server?.stop();
});

interface Asked {
  world?: World;
  tongue?: string;
  place?: object | null;
  options?: BrowserContextOptions;
  first?: Setting;
}

/** What the browser does is written down where it cannot be felt. */
const FELT = `window.felt = []; navigator.vibrate = (beats) => { window.felt.push(beats); return true; };
  Object.defineProperty(navigator, 'wakeLock', { value: { request: async () => { window.felt.push('awake'); return { release: async () => {} }; } } });`;

/** Opens the page with a place that the phone remembers: the hospital, where nothing else is said. */
async function open({ world = 'live', tongue = 'en-US', place = { kind: 'zone', zone: 'hospital' }, options = {}, first = {} }: Asked = {}): Promise<void> {
  server = new PublicMock(world);
  server.show(first);
  const url = await server.start();
  context = await browser.newContext({ viewport: PHONE, locale: tongue, reducedMotion: 'reduce', hasTouch: true, ...options });
  page = await context.newPage();
  seen = watch(page);
  await page.addInitScript(FELT);
  if (place) await page.addInitScript((text) => localStorage.setItem('parapet.me.place', text), JSON.stringify(place));
  await page.goto(`${url}me`);
}

const said = (id: string) => page.locator(byTestId(id));
const textOf = async (id: string) => ((await said(id).textContent()) ?? '').replace(/[\u2066-\u2069]/g, '');
const kind = (wanted: string) => page.locator(`#me[data-kind="${wanted}"]`).waitFor({ timeout: WAIT_MS });
const waitForText = (id: string, text: RegExp) => said(id).filter({ hasText: text }).waitFor({ state: 'attached', timeout: WAIT_MS });
const shot = (name: string) => page.screenshot({ path: join(RESULTS, `${name}.png`) });
const cutAt = (text: string) => (text.split('{')[0] ?? '').trim();

/** Every state that a place can be in, with the answer that is shown for it. */
const STATES: [name: string, answer: string, setting: () => Setting][] = [
  ['nothing', 'nothing', () => ({})],
  ['prepare', 'prepare', () => ({ stage: 'prepare', impact_ms: server.now_ms() + 42_000 })],
  ['down', 'down', () => ({ stage: 'take_cover', impact_ms: server.now_ms() + 14_000 })],
  ['walk', 'walk', () => ({ stage: 'take_cover', walk_s: 25, impact_ms: server.now_ms() + 38_000 })],
  ['stay', 'stay', () => ({ stage: 'hold' })],
  ['all_clear', 'all_clear', () => ({ stage: 'all_clear' })],
  ['withdrawn', 'withdrawn', () => ({ stage: 'withdrawn' })],
];

describe.each(['live', 'exercise'] as const)('a phone in a zone of a site that is %s', (world) => {
  it.each(TONGUES)('is given one answer in each state, in %s, that anybody can use', async (tongue) => {
    await open({ world, tongue });
    const texts = (words[world] as Record<string, Record<string, string>>)[tongue]!;
    for (const [name, answer, setting] of STATES) {
      server.show(setting());
      await kind(answer);
      expect(await textOf('word')).toBe(texts[`answer_${answer}`]);
      expect(await page.locator('html').getAttribute('dir')).toBe(tongue === 'ar' ? 'rtl' : 'ltr');
      expect(await textOf('where')).toBe(tongue === 'ar' ? 'المستشفى' : 'Hospital');
      expect(await said('notice-world').isVisible(), 'an exercise says what it is, and live says nothing of it').toBe(world === 'exercise');
      expect(await violations(page), `${name} in ${tongue}`).toEqual([]);
      expect(await sideways_px(page)).toBe(0);
      await shot(`${world}-${tongue}-${name}`);
    }
    expect(seen.errors).toEqual([]);
    expect([...seen.origins]).toEqual([new URL(page.url()).origin]);
  });
});

it('never shows an exercise in live words, nor in the colours of a live alarm', async () => {
  const toneOf = () => said('answer').evaluate((answer) => getComputedStyle(answer).background);
  await open();
  server.show({ stage: 'take_cover' });
  await kind('down');
  const live = await toneOf();
  await context.close();
  await server.stop();
  await open({ world: 'exercise' });
  server.show({ stage: 'take_cover', impact_ms: server.now_ms() + 30_000 });
  await kind('down');
  expect(await toneOf()).not.toBe(live);
  const all = (await page.locator('body').innerText()).toLowerCase();
  for (const phrase of ['take cover', 'down now', 'impact', 'be ready', 'in cover']) expect(all).not.toContain(phrase);
});

describe('seconds', () => {
  it('are counted down by the server\'s clock, end in words, and are not read out one by one', async () => {
    await open();
    await kind('nothing');
    server.show({ stage: 'take_cover', impact_ms: server.now_ms() + 6_500 });
    await kind('down');
    const first = Number(await textOf('number'));
    expect(first, 'both clocks are seven minutes apart').toBeLessThanOrEqual(6);
    const spoken = await textOf('announce-urgent');
    expect(spoken).toMatch(/^Down now\. Hospital\. [1-6] seconds to impact\. Take cover where you are/);
    await waitForText('number', /^[12]$/);
    expect(await textOf('announce-urgent'), 'said once').toBe(spoken);
    await waitForText('todo', /^The predicted time has passed\. Stay where you are\.$/);
    expect(await said('count').isVisible()).toBe(false);
    expect(await page.title()).toBe('Down now · Parapet');
  });

  it('tell who is still walking when the time is over to go down', async () => {
    await open();
    await kind('nothing');
    server.show({ stage: 'take_cover', walk_s: 2, impact_ms: server.now_ms() + 6_000 });
    await kind('walk');
    expect(await textOf('todo')).toMatch(/^Walk to your shelter now .* it is 2 seconds away/);
    await kind('down');
  });
});

describe('the way to shelter', () => {
  it('is shown with arrow, words and distance to whoever has time, and not to who must lie down', async () => {
    await open({ place: { kind: 'point', ...IN_HOSPITAL } });
    server.show({ stage: 'take_cover', walk_s: 25, impact_ms: server.now_ms() + 60_000 });
    await kind('walk');
    expect(await textOf('way')).toBe('School cellar: 110 m to the north-east');
    expect(await textOf('way-more')).toBe('The way takes 25 s at a walk');
    expect(await page.locator('.compass path').last().getAttribute('transform')).toMatch(/^rotate\(45\)/);
    server.show({ stage: 'take_cover', impact_ms: server.now_ms() + 60_000 });
    await kind('down');
    expect(await said('way').isVisible()).toBe(false);
  });
});

describe('a place', () => {
  it('is chosen by keyboard alone, from a search, and stays on the phone', async () => {
    await open({ place: null });
    await kind('choose');
    await waitForText('word', /^Choose your place$/);
    expect(await violations(page)).toEqual([]);
    expect(await reached(page)).toEqual(['tongue', 'change', 'sound']);
    await said('change').focus();
    await page.keyboard.press('Enter');
    await said('chooser').waitFor({ timeout: WAIT_MS });
    expect(await violations(page)).toEqual([]);
    await shot('chooser');
    await said('search').focus();
    await page.keyboard.type('MOTOR p');
    await expect.poll(() => said('zones').locator('button').allTextContents(), { timeout: WAIT_MS }).toEqual(['Motor Pool']);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await kind('nothing');
    expect(await textOf('place')).toBe('Motor Pool');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'the focus comes back').toBe('change');
    await page.reload();
    await kind('nothing');
    expect(await textOf('where')).toBe('Motor Pool');
    expect(seen.errors).toEqual([]);
  });

  it('is found by its name in the other language, and a name that is none is said so', async () => {
    await open({ place: null, tongue: 'ar' });
    await kind('choose');
    await said('change').click();
    await said('search').fill('hospital');
    expect(await said('zones').locator('button').allTextContents()).toEqual(['المستشفى']);
    await said('search').fill('qqq');
    expect(await textOf('no-match')).toBe('لا توجد منطقة بهذا الاسم');
    expect(await violations(page)).toEqual([]);
    // A search field takes the first press for itself.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await said('chooser').waitFor({ state: 'hidden', timeout: WAIT_MS });
  });

  it('is touched on the map', async () => {
    await open({ place: null });
    await said('change').click();
    await page.locator('[data-zone="hospital"].zone').tap();
    await kind('nothing');
    expect(await textOf('place')).toBe('A point in Hospital');
  });

  it('is where the phone is, and concerns every zone that it may be in; nobody is sent it', async () => {
    const { lat_deg: latitude, lon_deg: longitude } = IN_HOSPITAL;
    await open({ place: null, options: { permissions: ['geolocation'], geolocation: { latitude, longitude, accuracy: 30 } } });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`));
    await said('change').click();
    await said('sense').click();
    await kind('nothing');
    expect(await textOf('place')).toBe('Where this phone is, within 30 m');
    expect(await textOf('where')).toBe('Hospital');
    await context.setGeolocation({ latitude: OUTSIDE.lat_deg, longitude: OUTSIDE.lon_deg, accuracy: 20 });
    await kind('not_covered');
    server.cut();
    await page.locator('#me[data-contact="lost"]').waitFor({ timeout: WAIT_MS });
    server.restore();
    await page.locator('#me[data-contact="ok"]').waitFor({ timeout: WAIT_MS });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((request) => !/(GET|HEAD) \S*\/api\/(public\/live|public\/site|words) $/.test(request))).toEqual([]);
  });

  it('that the phone does not tell is said, and the list works', async () => {
    await open({ place: null, options: { permissions: [] } });
    await said('change').click();
    await said('sense').click();
    await waitForText('sensing', /^This phone does not tell its location/);
    expect(await violations(page)).toEqual([]);
  });

  it('in no zone is told so, with the nearest zone and what is told there', async () => {
    await open({ place: { kind: 'point', ...OUTSIDE } });
    await kind('not_covered');
    expect(await textOf('word')).toBe('Your place is not covered');
    expect(await textOf('why')).toMatch(/^Nearest zone: North Housing, \d[\d.]* m to the south$/);
    server.show({ stage: 'take_cover', zone: 'housing-n' });
    await waitForText('why', /A rocket, shell or mortar bomb is predicted to fall in or near/);
    expect(await violations(page)).toEqual([]);
    expect(await sideways_px(page)).toBe(0);
    await shot('not-covered');
  });

  it('in another part of its zone than the one that is told is not alarmed, and hears why', async () => {
    await open({ place: { kind: 'point', ...IN_HOSPITAL } });
    const corner = (east_deg: number, north_deg: number) => [IN_HOSPITAL.lon_deg + east_deg, IN_HOSPITAL.lat_deg + north_deg];
    const elsewhere = [corner(0.0008, 0), corner(0.002, 0), corner(0.002, 0.001)];
    server.show({ stage: 'take_cover', part: elsewhere, impact_ms: server.now_ms() + 20_000 });
    await waitForText('todo', /^This is told to another part of/);
    await kind('nothing');
    const around = [corner(-0.0004, -0.0004), corner(0.0004, -0.0004), corner(0, 0.0006)];
    server.show({ stage: 'take_cover', part: around, impact_ms: server.now_ms() + 20_000 });
    await kind('down');
  });
});

describe('contact', () => {
  it.each(TONGUES)('that is lost is said in seconds in %s; what was known is old, and goes on counting', async (tongue) => {
    await open({ tongue });
    server.show({ stage: 'take_cover', impact_ms: server.now_ms() + 90_000 });
    await kind('down');
    server.cut();
    await page.locator('#me[data-contact="lost"]').waitFor({ timeout: WAIT_MS });
    const texts = (words.live as Record<string, Record<string, string>>)[tongue]!;
    expect(await textOf('notice-lost')).toContain(cutAt(texts['no_contact']!));
    expect(await textOf('old')).toContain(cutAt(texts['old_seconds']!));
    expect(await textOf('announce-urgent')).toContain(texts['not_safety']);
    const before = Number(await textOf('number'));
    await expect.poll(async () => Number(await textOf('number')), { timeout: WAIT_MS }).toBeLessThan(before);
    expect(await violations(page)).toEqual([]);
    await shot(`lost-${tongue}`);
    server.show({});
    server.restore();
    await kind('nothing');
    expect(await said('notice-lost').isVisible()).toBe(false);
  });

  it('that is lost in quiet leaves nothing known: silence is not safety', async () => {
    await open();
    await kind('nothing');
    server.cut();
    await kind('not_known');
    expect(await textOf('word')).toBe('Not known');
    expect(await textOf('todo')).toMatch(/^Last known, \d+ s ago: No alarm$/);
    expect(await violations(page)).toEqual([]);
    await shot('not-known');
  });

  it('with a server whose sensors are silent is no safety either', async () => {
    await open({ first: { eyes: 'none' } });
    await waitForText('todo', /^No sensor is heard: nobody sees what comes\.$/);
    expect(await textOf('word')).toBe('Not known');
    server.show({ eyes: 'partly' });
    await kind('nothing');
    expect(await textOf('eyes')).toMatch(/^Some sensors are silent/);
    expect(await violations(page)).toEqual([]);
  });

  it('tells a service that stopped in good order from one that vanished', async () => {
    await open();
    await kind('nothing');
    server.end();
    await waitForText('notice-lost', /^The service stopped/);
    await kind('not_known');
  });

  it('with a server that turned from live to exercise speaks its words before it shows anything of it', async () => {
    await open();
    server.show({ stage: 'take_cover' });
    await kind('down');
    server.cut();
    await page.locator('#me[data-contact="lost"]').waitFor({ timeout: WAIT_MS });
    server.become('exercise');
    await page.evaluate(() => {
      const wrong: string[] = [];
      Object.assign(window, { wrong });
      const look = () => {
        const me = document.getElementById('me')!;
        if (me.dataset['contact'] === 'ok' && me.dataset['kind'] === 'down' && me.querySelector('h1')!.textContent === 'Down now') wrong.push(me.dataset['world'] ?? '');
      };
      new MutationObserver(look).observe(document.getElementById('me')!, { attributes: true, subtree: true, childList: true, characterData: true });
    });
    server.restore();
    await waitForText('word', /^EXERCISE: practise lying down$/);
    expect(await page.evaluate(() => (window as unknown as { wrong: string[] }).wrong)).toEqual([]);
  });

  it('with a server of another version is said', async () => {
    await open();
    await kind('nothing');
    server.raw = '{"now_ms":1}';
    await said('notice-misfit').waitFor({ timeout: WAIT_MS });
    await kind('not_known');
    expect(await violations(page)).toEqual([]);
  });
});

describe('an alarm', () => {
  it('is sounded, felt and lit once somebody has asked for it, and its end too', async () => {
    await open();
    await kind('nothing');
    await said('sound').click();
    expect(await textOf('sound')).toBe('Sound and vibration are on');
    server.show({ stage: 'take_cover', impact_ms: server.now_ms() + 30_000 });
    await page.locator(`${byTestId('sound')}[data-sounding="take_cover"]`).waitFor({ timeout: WAIT_MS });
    const felt = () => page.evaluate(() => (window as unknown as { felt: unknown[] }).felt);
    await expect.poll(felt, { timeout: WAIT_MS }).toEqual(expect.arrayContaining(['awake', [400, 150, 400, 150, 400]]));
    server.show({ stage: 'all_clear' });
    await expect.poll(felt, { timeout: WAIT_MS }).toEqual(expect.arrayContaining([[900]]));
    server.cut();
    await page.locator('#me[data-contact="lost"]').waitFor({ timeout: WAIT_MS });
    expect(await said('sound').getAttribute('data-sounding')).toBe('');
  });

  it('closes the dialog that somebody is choosing a place in', async () => {
    await open();
    await kind('nothing');
    await said('change').click();
    await said('chooser').waitFor({ timeout: WAIT_MS });
    server.show({ stage: 'take_cover' });
    await said('chooser').waitFor({ state: 'hidden', timeout: WAIT_MS });
  });

  it('moves only where motion is welcome', async () => {
    const moves = () => page.locator('.sign').evaluate((drawn) => getComputedStyle(drawn).animationName);
    await open({ first: { stage: 'take_cover' } });
    await kind('down');
    expect(await moves()).toBe('none');
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect(await moves()).toBe('beat');
  });
});

describe('small screens and large text', () => {
  it.each(TONGUES)('hold every answer in %s without scrolling sideways', async (tongue) => {
    await open({ tongue, options: { viewport: NARROW } });
    for (const [name, answer, setting] of STATES) {
      server.show(setting());
      await kind(answer);
      await enlargeText(page, 200);
      expect(await sideways_px(page), `${name} in ${tongue}`).toBe(0);
      expect(await violations(page)).toEqual([]);
      const narrow = await page.evaluate(() => [...document.querySelectorAll<HTMLElement>('header p, main p:not([hidden])')]
        .filter((text) => text.offsetWidth > 0 && text.offsetWidth < innerWidth / 3 && text.offsetHeight > 3 * text.offsetWidth).map((text) => text.dataset['testid']));
      expect(narrow, 'no text stands in a column of letters').toEqual([]);
      if (name === 'walk') await page.screenshot({ path: join(RESULTS, `narrow-${tongue}.png`), fullPage: true });
    }
    await said('change').click();
    expect(await said('chooser').evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
  });

  it('are read in the dark too', async () => {
    await open({ options: { colorScheme: 'dark' } });
    for (const [name, answer, setting] of STATES) {
      server.show(setting());
      await kind(answer);
      expect(await violations(page)).toEqual([]);
      await shot(`dark-${name}`);
    }
  });
});

describe('installed', () => {
  it('has a manifest whose icons are there', async () => {
    await open();
    const found = await page.evaluate(async () => {
      const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')!.href;
      const manifest = (await (await fetch(link)).json()) as { start_url: string; display: string; icons: { src: string; sizes: string }[] };
      const icons = await Promise.all(manifest.icons.map(async ({ src }) => (await fetch(new URL(src, link))).status));
      return { start: new URL(manifest.start_url, link).pathname, display: manifest.display, icons };
    });
    expect(found).toEqual({ start: '/me', display: 'standalone', icons: [200, 200, 200, 200] });
  });

  it('opens without a network, knows nothing then, and keeps nothing live', async () => {
    await open({ first: { stage: 'take_cover' } });
    await kind('down');
    await page.evaluate(() => navigator.serviceWorker.ready);
    const kept = () => page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map((request) => new URL(request.url).pathname);
    });
    await expect.poll(kept, { timeout: WAIT_MS }).toEqual(expect.arrayContaining(['/me', '/me.webmanifest']));
    expect((await kept()).filter((path) => path.includes('/api/'))).toEqual([]);
    expect((await kept()).some((path) => path.endsWith('.js'))).toBe(true);

    await server.stop();
    await page.reload();
    await page.locator('#me[data-contact="lost"]').waitFor({ timeout: WAIT_MS });
    await kind('not_known');
    expect(await textOf('word')).toBe('Not known');
    expect(await textOf('notice-lost')).toMatch(/^No contact/);
    expect(await textOf('place')).toBe('Hospital');
    expect(await said('count').isVisible()).toBe(false);
    expect(await violations(page)).toEqual([]);
    await shot('offline');
  });
});
