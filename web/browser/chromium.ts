/** One Chromium for a test file: Debian's own, found by path, with a fresh profile and no network of its own. */

import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

const PATHS = ['/usr/bin/chromium-headless-shell', '/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium', '/usr/lib/chromium/chromium'];

/** The map is drawn in software, so that a machine without a graphics card gives the same picture. */
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-component-update',
  '--disable-sync', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
];

export async function launch(extra: readonly string[] = []): Promise<Browser> {
  const asked = process.env['PARAPET_CHROMIUM'];
  const found = asked ?? PATHS.find((path) => existsSync(path));
  if (!found || !existsSync(found)) {
    throw new Error(
      `no Chromium at ${asked ?? PATHS.join(', ')}. Install it (Debian: apt-get install chromium-headless-shell ` +
        'fonts-dejavu-core) or name one with PARAPET_CHROMIUM=/path/to/chromium.',
    );
  }
  return chromium.launch({ executablePath: found, headless: true, args: [...FLAGS, ...extra] });
}

/** Everything a page said that a healthy page does not say, and everywhere it went. */
export interface Watch {
  errors: string[];
  origins: Set<string>;
}

export function watch(page: Page): Watch {
  const seen: Watch = { errors: [], origins: new Set() };
  page.on('console', (message) => {
    // The software renderer remarks on the reading of pixels, which is what a screenshot does.
    if (message.text().includes('GL Driver Message')) return;
    if (message.type() === 'error' || message.type() === 'warning') seen.errors.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => seen.errors.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:' && url.protocol !== 'data:') seen.origins.add(url.origin);
  });
  return seen;
}

export const byTestId = (id: string) => `[data-testid="${id}"]`;
