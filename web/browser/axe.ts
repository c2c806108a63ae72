/** The accessibility audit, run in the page as it stands. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What is wrong, one line each: the rule and the first places. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(SOURCE, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (on: Document, how: object) => Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> } };
    const { violations } = await axe.run(document, { rules: { 'label-content-name-mismatch': { enabled: false } } });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
  });
}
