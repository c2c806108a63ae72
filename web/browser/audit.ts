/**
 * Whether people can use what a page shows now: axe-core on the page as it stands, text twice as large, and where the keyboard goes.
 *
 *     expect(await violations(page)).toEqual([]);
 *
 * Everything here looks at the page in its present state: bring it into each state that it has, and ask in each.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** WCAG 2.2 at level AA with everything that it builds on, and what axe's makers hold for good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong, one line for each element; `except` names rules with their reasons told where they are left out. */
export async function violations(page: Page, except: readonly string[] = []): Promise<string[]> {
  // Evaluated rather than added as a script: the page's content security policy stays as it is.
  await page.evaluate(SOURCE);
  const found = await page.evaluate(
    async ([rules, left]) => {
      const { axe } = window as unknown as { axe: typeof import('axe-core') };
      const off = Object.fromEntries(left.map((rule) => [rule, { enabled: false }]));
      return (await axe.run(document, { runOnly: { type: 'tag', values: [...rules] }, rules: off, resultTypes: ['violations'] })).violations;
    },
    [RULES, except] as const,
  );
  return (found as axe.Result[]).flatMap((rule) => rule.nodes.map((node) => `${rule.id} (${rule.impact}): ${node.target.join(' ')}: ${node.failureSummary}`));
}

/** As for somebody who has set his browser's text to twice its size: works on pages whose sizes are in `rem`. */
export async function enlargeText(page: Page, percent = 200): Promise<void> {
  await page.evaluate((size) => void (document.documentElement.style.fontSize = `${size}%`), percent);
}

/** Pixels by which the page is wider than its window: 0 where nobody has to scroll sideways (WCAG 1.4.10). */
export function sideways_px(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** What the keyboard reaches, in order: the test ids (or else the tags) of everything that Tab goes to, up to `most` of them. */
export async function reached(page: Page, most = 60): Promise<string[]> {
  const names: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement) || at === document.body) return null;
      const seen = at.dataset['audited'] === 'yes';
      at.dataset['audited'] = 'yes';
      return seen ? null : at.dataset['testid'] ?? at.tagName.toLowerCase();
    });
    if (name === null) break;
    names.push(name);
  }
  await page.evaluate(() => document.querySelectorAll<HTMLElement>('[data-audited]').forEach((at) => delete at.dataset['audited']));
  return names;
}
