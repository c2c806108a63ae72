/** People on duty: whoever has logged in on the login page is known here, and puts comments on record. */

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { violations } from './audit';
import { byTestId, launch } from './chromium';
import { MockServer } from './mock';
import { quiet, SITE } from './scene';

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

/** Opens the page with somebody known by the session's cookie; `orders` are what he sends. */
async function open(role: string): Promise<{ orders: unknown[]; proofs: (string | undefined)[] }> {
  server = new MockServer(SITE, quiet);
  server.answers['/api/access'] = () => ({ name: 'ann', role });
  server.answers['/api/operator'] = () => ({ name: 'ann', role, requests: [] });
  const url = await server.start();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const sent = { orders: [] as unknown[], proofs: [] as (string | undefined)[] };
  await page.route('**/api/operator/order', async (route) => {
    sent.orders.push(route.request().postDataJSON());
    sent.proofs.push(route.request().headers()['authorization']);
    await route.fulfill({ json: { done: true } });
  });
  await page.goto(url);
  await page.locator(byTestId('duty-name')).or(page.locator(byTestId('duty-comment'))).first().waitFor({ state: 'attached', timeout: WAIT_MS });
  return sent;
}

it('knows an operator by the session, who puts a comment on record', async () => {
  const { orders, proofs } = await open('operator');
  await page.locator(byTestId('duty-word'), { hasText: 'ann, operator' }).waitFor({ timeout: WAIT_MS });
  expect(await page.locator(byTestId('duty-password')).isVisible()).toBe(false);
  await page.getByTestId('duty-record').click();
  await page.locator(byTestId('duty-word'), { hasText: 'Nothing is written' }).waitFor({ timeout: WAIT_MS });
  await page.getByLabel('Comment for the record').fill('  two craters at the east gate ');
  await page.getByTestId('duty-record').click();
  await page.locator(byTestId('duty-word'), { hasText: 'On record' }).waitFor({ timeout: WAIT_MS });
  expect(orders).toEqual([{ order: 'comment', text: 'two craters at the east gate' }]);
  expect(proofs).toEqual([undefined]);
  expect(await page.getByLabel('Comment for the record').inputValue()).toBe('');
  expect(await violations(page)).toEqual([]);
});

it('asks a viewer, who may order nothing, to log in', async () => {
  await open('viewer');
  await page.getByTestId('duty-name').waitFor({ state: 'visible', timeout: WAIT_MS });
  expect(await page.getByLabel('Comment for the record').isVisible()).toBe(false);
});
