/** The login page in a real Chromium: what it shows in each state, by keyboard and to a screen reader. Run `npm run build` first. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Stand } from '../src/login/door';
import { violations } from './audit';
import { byTestId, launch, watch, type Watch } from './chromium';
import { MockServer } from './mock';
import { quiet, SITE } from './scene';

const RESULTS = join(import.meta.dirname, '..', 'test-results');
const WAIT_MS = 30_000;

const STAND: Stand = {
  closed: true, public: false, safe: true, people: true, passkeys: true, openid: 'Duty login', name: null, role: null, ends_ms: null,
};
const ANN: Stand = { ...STAND, name: 'ann', role: 'operator', ends_ms: Date.UTC(2026, 10, 23, 18, 30) };

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

/** What the site answers below `/api/access`, by path; a number is a refusal. */
type Answers = Record<string, unknown>;

interface Look {
  colour?: 'light' | 'dark';
  width?: number;
  height?: number;
  query?: string;
}

async function open(answers: Answers, look: Look = {}): Promise<unknown[]> {
  server = new MockServer(SITE, quiet);
  const url = await server.start();
  const viewport = { width: look.width ?? 1440, height: look.height ?? 900 };
  page = await browser.newPage({ viewport, reducedMotion: 'reduce', colorScheme: look.colour ?? 'dark' });
  seen = watch(page);
  const sent: unknown[] = [];
  await page.route('**/api/access**', async (route: Route) => {
    const request = route.request();
    if (request.method() === 'POST') sent.push([new URL(request.url()).pathname, request.postDataJSON(), request.headers()['content-type']]);
    const path = new URL(request.url()).pathname.replace('/api/access', '');
    const answer = answers[path];
    if (typeof answer === 'number') {
      const status = answer;
      return route.fulfill({ status, json: { error: 'name and password do not fit', remedy: 'try again, or ask who keeps the site file' } });
    }
    return route.fulfill({ status: answer === undefined ? 404 : 200, json: answer ?? {} });
  });
  await page.goto(`${url}login.html${look.query ?? ''}`);
  await page.locator('h1').waitFor({ timeout: WAIT_MS });
  return sent;
}

const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset['testid'] ?? '');

describe('somebody who is not logged in', () => {
  it('finds every way in, and the keyboard alone suffices', async () => {
    const sent = await open({ '': STAND, '/login': { name: 'ann', role: 'operator' } }, { query: '?next=login.html' });
    await expect.poll(focused).toBe('login-passkey');
    const order: string[] = [];
    for (let press = 0; press < 4; press += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    expect(order).toEqual(['login-openid', 'login-name', 'login-password', 'login-enter']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.type('ann');
    await page.keyboard.press('Tab');
    await page.keyboard.type('correct horse');
    const gone = page.waitForRequest((request) => request.isNavigationRequest(), { timeout: WAIT_MS });
    await page.keyboard.press('Enter');
    expect(new URL((await gone).url()).pathname).toBe('/login.html');
    expect(sent).toEqual([['/api/access/login', { name: 'ann', password: 'correct horse' }, 'application/json']]);
    expect(seen.errors).toEqual([]);
  });

  it('is told what was wrong, keeps the name, and writes the password anew', async () => {
    await open({ '': STAND, '/login': 401 });
    await page.fill(byTestId('login-name'), 'ann');
    await page.fill(byTestId('login-password'), 'wrong horse');
    await page.click(byTestId('login-enter'));
    const wrong = page.locator(byTestId('login-wrong'), { hasText: 'Name and password do not fit. Try again, or ask who keeps the site file.' });
    await wrong.waitFor({ timeout: WAIT_MS });
    expect(await wrong.getAttribute('role')).toBe('alert');
    expect([await page.inputValue(byTestId('login-name')), await page.inputValue(byTestId('login-password'))]).toEqual(['ann', '']);
    expect(await focused()).toBe('login-password');
    expect(await violations(page)).toEqual([]);
  });

  it('is not asked for a password where anybody may listen', async () => {
    await open({ '': { ...STAND, safe: false } });
    expect(await page.locator(byTestId('login-unsafe')).isVisible()).toBe(true);
    expect(await page.locator('input').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
  });

  it('is told when the site knows nobody, and shown the public view where it is open', async () => {
    await open({ '': { ...STAND, people: false, public: true } });
    expect(await page.locator(byTestId('login-nobody')).textContent()).toContain('[[operator]]');
    expect(await page.locator('a', { hasText: 'What everybody may see' }).getAttribute('href')).toBe('./me');
  });

  it('finds no button for what there is not', async () => {
    await open({ '': { ...STAND, passkeys: false, openid: null } });
    expect(await page.locator('button, a.button').allTextContents()).toEqual(['Log in']);
    await expect.poll(focused).toBe('login-name');
  });

  it.each([['light', 1440, 900], ['dark', 1440, 900], ['light', 390, 844], ['dark', 390, 844]] as const)(
    'sees a page that breaks no rule of accessibility: %s, %d by %d', async (colour, width, height) => {
      await open({ '': STAND }, { colour, width, height });
      await page.screenshot({ path: join(RESULTS, `login-${colour}-${width}.png`) });
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
      expect([...seen.origins]).toEqual([new URL(page.url()).origin]);
    },
  );
});

describe('somebody who is logged in', () => {
  const KEYS = [
    { id: 'AAAA', label: 'Ann\'s phone', portable: true, made_ms: Date.UTC(2026, 9, 1), used_ms: Date.UTC(2026, 10, 22) },
    { id: 'BBBB', label: '<b>stick</b>', portable: false, made_ms: Date.UTC(2026, 9, 2), used_ms: null },
  ];

  it('sees who they are, until when, and their passkeys; names are never markup', async () => {
    const sent = await open({ '': ANN, '/passkeys': KEYS, '/passkeys/remove': [KEYS[0]] }, { colour: 'light' });
    expect(await page.locator(byTestId('login-who')).textContent()).toBe('ann');
    expect(await page.locator('main').textContent()).toContain('Your session ends at 18:30\u00a0Z.');
    await page.locator(byTestId('login-keys')).locator('li').nth(1).waitFor({ timeout: WAIT_MS });
    expect(await page.locator(byTestId('login-keys')).locator('strong').allTextContents()).toEqual(["Ann's phone", '<b>stick</b>']);
    expect(await violations(page)).toEqual([]);
    await page.screenshot({ path: join(RESULTS, 'login-desk.png') });
    await page.getByRole('button', { name: 'Remove <b>stick</b>' }).click();
    await page.locator(byTestId('login-word'), { hasText: 'logs you in no more' }).waitFor({ timeout: WAIT_MS });
    expect(await page.locator(byTestId('login-keys')).locator('li').count()).toBe(1);
    expect(sent).toEqual([['/api/access/passkeys/remove', { id: 'BBBB' }, 'application/json']]);
    expect(seen.errors).toEqual([]);
  });

  it('is out after logging out', async () => {
    const answers: Answers = { '': ANN, '/passkeys': [], '/logout': {} };
    await open(answers);
    answers[''] = STAND;
    await page.click(byTestId('login-leave'));
    await page.locator(byTestId('login-word'), { hasText: 'You are logged out.' }).waitFor({ timeout: WAIT_MS });
    expect(await page.locator('h1').textContent()).toBe('Log in');
  });
});
