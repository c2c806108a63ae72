/**
 * Logging in to the real program, with an authenticator that Chromium makes up:
 *
 *     PARAPET_PROGRAM=../target/debug/parapet npm run test:login
 *
 * The program must hold the page: `cargo xtask web`, then build it.
 */

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { byTestId, launch, watch } from './chromium';

const WAIT_MS = 30_000;
const SITE = `
[site]
name = "Range B"
mode = "exercise"
origin = { lat_deg = 33.305, lon_deg = 44.385, height_m = 34.0 }
outlines = "outlines.geojson"
[[sensor]]
id = "north"
position = { lat_deg = 33.315, lon_deg = 44.380, height_m = 46.0 }
asterix = { sac = 25, sic = 201 }
links = ["udp://127.0.0.1:PORT"]
scan_period_s = 1.0
range_m = [400.0, 25000.0]
elevation_deg = [0.5, 80.0]
accuracy = { range_m = 15.0, azimuth_deg = 0.17 }
[access]
[[operator]]
name = "ann"
role = "operator"
password_file = "ann.argon2"
`;

let browser: Browser;
let program: ChildProcess;
let folder: string;
let url: string;

/** A port that nothing listens at: what the system gives a socket that is closed again. */
async function freePort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => socket.bind(0, '127.0.0.1', bound));
  const { port } = socket.address();
  await new Promise<void>((closed) => socket.close(closed));
  return port;
}

beforeAll(async () => {
  const asked = process.env['PARAPET_PROGRAM'];
  if (!asked) throw new Error('say where the program is: PARAPET_PROGRAM=../target/debug/parapet npm run test:login');
  const path = resolve(asked);
  folder = mkdtempSync(join(tmpdir(), 'parapet-login-'));
  writeFileSync(join(folder, 'ann.argon2'), execFileSync(path, ['operator', 'hash'], { input: 'correct horse' }));
  writeFileSync(join(folder, 'outlines.geojson'), '{"type":"FeatureCollection","features":[]}');
  writeFileSync(join(folder, 'site.toml'), SITE.replace('PORT', String(await freePort())));
  program = spawn(path, ['serve', '--config', 'site.toml', '--http', '127.0.0.1:0', '--out', 'out'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((found, failed) => {
    let said = '';
    program.stdout!.on('data', (text: Buffer) => {
      said += text.toString();
      const page = /page +http:\/\/127\.0\.0\.1:(\d+)\//.exec(said);
      if (page) found(page[1]!);
    });
    program.on('exit', () => failed(new Error(`the program ended: ${said}`)));
  });
  // By its name: browsers have no passkeys for a number.
  url = `http://localhost:${port}/`;
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  program?.kill();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

const who = (page: Page) => page.evaluate(async () => ((await (await fetch('./api/access')).json()) as { name: string | null }).name);

it('leads to the login, takes a password, makes a passkey, and lets in with nothing else', { timeout: 4 * WAIT_MS }, async () => {
  const context = await browser.newContext({ reducedMotion: 'reduce' });
  const page = await context.newPage();
  const seen = watch(page);
  const authenticator = await context.newCDPSession(page);
  await authenticator.send('WebAuthn.enable');
  await authenticator.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(url);
  expect(new URL(page.url()).pathname, 'a closed site leads to the login').toBe('/login');
  await page.fill(byTestId('login-name'), 'ann');
  await page.fill(byTestId('login-password'), 'correct horse');
  await page.click(byTestId('login-enter'));
  await page.waitForURL(url, { timeout: WAIT_MS });
  expect(await who(page)).toBe('ann');
  const [cookie] = await context.cookies();
  expect(cookie).toMatchObject({ name: 'parapet', httpOnly: true, sameSite: 'Strict' });

  await page.goto(`${url}login`);
  await page.fill(byTestId('login-key-label'), 'my laptop');
  await page.click(byTestId('login-key-add'));
  await page.locator(byTestId('login-word'), { hasText: 'my laptop can log you in from now on.' }).waitFor({ timeout: WAIT_MS });
  await page.click(byTestId('login-leave'));
  await page.locator(byTestId('login-passkey')).waitFor({ timeout: WAIT_MS });
  expect(await who(page)).toBeNull();

  await page.click(byTestId('login-passkey'));
  await page.waitForURL(url, { timeout: WAIT_MS });
  expect(await who(page)).toBe('ann');

  // Two keys cannot be on one authenticator for one person: the browser says so, and nobody is harmed.
  await page.goto(`${url}login`);
  await page.fill(byTestId('login-key-label'), 'again');
  await page.click(byTestId('login-key-add'));
  await page.locator(byTestId('login-wrong'), { hasText: /./ }).waitFor({ timeout: WAIT_MS });
  expect(await page.locator(byTestId('login-keys')).locator('li').count()).toBe(1);

  // Who ends all sessions ends this one, and the page that was open goes to the login.
  const picture = await context.newPage();
  await picture.goto(url);
  await page.click(byTestId('login-leave-all'));
  await picture.waitForURL(/\/login/, { timeout: WAIT_MS });
  expect(seen.errors).toEqual([]);
});
