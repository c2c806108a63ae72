/** The incident report and the pattern as files in a real Chromium: read without script or network, heard, and printed on A4. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { violations } from './audit';
import { launch } from './chromium';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const RESULTS = join(import.meta.dirname, '..', 'test-results');
/** Width between the margins of A4 as the style sheet has them, in pixels of CSS: 180 mm. */
const A4_WIDTH = Math.round((180 / 25.4) * 96);
/** The samples may have to be compiled. */
const PATIENCE_MS = 900_000;

let browser: Browser;
let page: Page;

beforeAll(async () => {
  mkdirSync(RESULTS, { recursive: true });
  browser = await launch();
  for (const kind of ['report', 'pattern']) {
    const run = ['run', '--quiet', '-p', 'parapet-report', '--example', 'sample', '--', kind];
    const html = execFileSync(process.env['CARGO'] ?? 'cargo', run, { cwd: REPOSITORY, maxBuffer: 64 * 1024 * 1024 });
    writeFileSync(file(kind), html);
  }
}, PATIENCE_MS);
afterAll(() => browser?.close());
afterEach(() => page?.context().close());

const file = (kind: string) => join(RESULTS, `sample-${kind}.html`);

/** Opens a sample where nothing but the file can be had; what it asks for beyond itself is an error. */
async function open(kind: string, options: { colorScheme?: 'light' | 'dark'; javaScriptEnabled?: boolean } = {}): Promise<string[]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file(kind)).href);
  return asked;
}

/** The sheets of a PDF: Chromium writes each as an object of its own. */
function sheets(pdf: Buffer): number {
  return (pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g) ?? []).length;
}

describe('the incident report', () => {
  it('has everything that a statement has, in order, and asks for nothing but itself', async () => {
    const asked = await open('report', { javaScriptEnabled: false });
    expect(asked).toHaveLength(1);
    expect(await page.locator('h1').allTextContents()).toEqual(['Sample compound']);
    expect(await page.locator('h2').allTextContents()).toEqual([
      'Summary', 'Where they fell', 'Where they came from', 'Course of events', 'Who was warned, and when',
      'False and withdrawn alarms', 'What was said, word by word', 'Sensors: health and blind times',
      'Channels: who had it, and when', 'Comments and orders of people on duty', 'Evidence', 'About this report',
    ]);
    const statement = await page.locator('.statement').innerText();
    expect(statement).toContain('This was an exercise.');
    expect(statement).toMatch(/nine rounds came down/);
    expect(statement).toMatch(/Plain \(\d+\s%\)|East bank/);
    expect(await page.locator('.exercise').innerText()).toMatch(/^EXERCISE/);
    await page.screenshot({ path: join(RESULTS, 'report.png'), fullPage: true });
  });

  it('shows a hostile name as a name', async () => {
    await open('report');
    expect(await page.title()).toBe('Incident report · Sample compound');
    expect(await page.locator('script').count()).toBe(0);
    await expect(page.getByText("<script>document.title='taken over'</script>").first().count()).resolves.toBe(1);
  });

  it('has no map label outside its map, and no two on each other', async () => {
    await open('report');
    const crowded = await page.evaluate(() => {
      const found: string[] = [];
      for (const svg of document.querySelectorAll('svg.plan')) {
        const frame = svg.querySelector('.edge')!.getBoundingClientRect();
        const labels = [...svg.querySelectorAll('.zone-name, .number, .district-name')];
        const boxes = labels.map((label) => ({ text: label.textContent ?? '', box: label.getBoundingClientRect() }));
        for (const { text, box } of boxes) {
          if (box.left < frame.left - 1 || box.right > frame.right + 1) found.push(`${text} leaves the map`);
        }
        boxes.forEach((a, index) => {
          for (const b of boxes.slice(index + 1)) {
            const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
            const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
            if (across > 6 && down > 6) found.push(`${a.text} on ${b.text}`);
          }
        });
      }
      return found;
    });
    expect(crowded).toEqual([]);
  });
});

describe.each(['report', 'pattern'])('the sample %s', (kind) => {
  it.each(['light', 'dark'] as const)('can be heard and used without a mouse, %s', async (colorScheme) => {
    await open(kind, { colorScheme });
    expect(await violations(page)).toEqual([]);
  });

  it('prints on A4 with nothing cut', async () => {
    await open(kind, { colorScheme: 'dark' });
    await page.setViewportSize({ width: A4_WIDTH, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    const cut = await page.evaluate(() => {
      const wide = [...document.querySelectorAll('table, svg, p, dl')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1);
      const rows = [...document.querySelectorAll('tr, figure')].filter((row) => getComputedStyle(row).breakInside !== 'avoid');
      const heads = [...document.querySelectorAll('thead')].filter((head) => getComputedStyle(head).display !== 'table-header-group');
      return [...wide, ...rows, ...heads].map((element) => element.outerHTML.slice(0, 120));
    });
    expect(cut).toEqual([]);
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    writeFileSync(join(RESULTS, `sample-${kind}.pdf`), pdf);
    // A4 in points, and as many sheets as such a report needs.
    expect(pdf.toString('latin1')).toMatch(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12](\.\d+)?\]/);
    const expected = kind === 'report' ? [7, 10] : [4, 7];
    expect(sheets(pdf)).toBeGreaterThanOrEqual(expected[0]!);
    expect(sheets(pdf)).toBeLessThanOrEqual(expected[1]!);
  });
});
