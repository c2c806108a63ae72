/** The way from each page to the others: plain links, so that a page that is not served is a plain 404 and nothing worse. */

import { el } from './dom';

const PAGES = [
  { name: 'watch', words: 'Watch', address: './' },
  { name: 'me', words: 'Me', address: './me' },
  { name: 'replay', words: 'Replay', address: './replay' },
  { name: 'setup', words: 'Set-up', address: './setup' },
  { name: 'login', words: 'Log in', address: './login' },
] as const;

export type PageName = (typeof PAGES)[number]['name'];

/** The menu as `here` shows it. */
export function menu(here: PageName): HTMLElement {
  const links = PAGES.map(({ name, words, address }) =>
    el('a', { text: words, attributes: { href: address, ...(name === here ? { 'aria-current': 'page' } : {}) } }),
  );
  return el('nav', { class: 'menu', testid: 'menu', attributes: { 'aria-label': 'Pages' } }, ...links);
}
