/** The top of the page: where this is, whether it is real, what time it is, and whether anybody is talking to us. */

import type { ContractError } from '../contract/read';
import type { Mode, Site } from '../contract/site';
import { el, say, utc } from '../dom';
import type { Contact } from '../feed/contact';
import { menu } from '../nav';
import { age, type Wellness } from '../picture/health';
import { MODE_WORDS } from '../picture/words';

export class Header {
  private readonly name = el('h1', { testid: 'site-name', text: 'Parapet' });
  private readonly mode = el('span', { class: 'chip', testid: 'mode-chip' });
  private readonly contact = el('span', { class: 'contact', testid: 'contact' });
  private readonly age = el('span', { class: 'age', testid: 'picture-age' });
  /** Switches that the page adds. */
  readonly tools = el('div', { class: 'tools' });
  private readonly clock = el('time', { class: 'clock', testid: 'clock' });
  readonly root = el(
    'header',
    { class: 'header' },
    el('span', { class: 'product', text: 'Parapet' }),
    this.name,
    this.mode,
    menu('watch'),
    el('span', { class: 'spring' }),
    this.tools,
    el('div', { class: 'link' }, this.contact, this.age),
    this.clock,
  );

  constructor() {
    this.mode.hidden = true;
  }

  site(site: Site): void {
    say(this.name, site.name);
    this.mode.hidden = false;
    this.mode.dataset['mode'] = site.mode;
    say(this.mode, MODE_WORDS[site.mode].word);
  }

  update(contact: Contact, now_ms: number | null, picture_ms: number | null): void {
    say(this.contact, contactWords(contact));
    say(this.age, now_ms === null || picture_ms === null ? '' : `picture ${age(picture_ms, now_ms)} old`);
    if (now_ms !== null) say(this.clock, utc(now_ms));
  }
}

function contactWords(contact: Contact): string {
  switch (contact.kind) {
    case 'ok':
      return 'In contact';
    case 'connecting':
      return 'Connecting';
    case 'ended':
      return 'Server stopped';
    case 'lost':
      return 'No contact';
  }
}

/** Across the page, below the header: what must be known before anything else is believed. */
export class Banners {
  private readonly mode = banner('mode');
  private readonly lost = banner('lost');
  private readonly contract = banner('contract');
  private readonly blind = banner('blind');
  readonly root = el(
    'section', { class: 'banners', attributes: { 'aria-label': 'Notices' } },
    this.lost.root, this.blind.root, this.contract.root, this.mode.root,
  );

  forMode(mode: Mode): void {
    const { word, meaning } = MODE_WORDS[mode];
    this.mode.root.dataset['kind'] = mode;
    this.mode.show(mode !== 'live', word, meaning);
  }

  forContact(contact: Contact): void {
    const seconds = 'silent_ms' in contact ? Math.floor(contact.silent_ms / 1000) : 0;
    switch (contact.kind) {
      case 'ended':
        return this.lost.show(true, `Server stopped ${seconds} s ago`, OLD_PICTURE);
      case 'lost':
        return this.lost.show(true, `No contact for ${seconds} s`, contact.ever ? OLD_PICTURE : NO_PICTURE);
      default:
        return this.lost.show(false, '', '');
    }
  }

  /** Nothing is seen: said as loudly as that nothing is heard of the server. */
  forSight({ tone, reasons }: Wellness): void {
    this.blind.show(tone === 'blind', 'Blind: no sensor is heard', `${BLIND} (${reasons.slice(0, 3).join('; ') || 'there is no sensor'})`);
  }

  /** `null` once the server is understood again. */
  forContract(fault: ContractError | Error | null): void {
    this.contract.show(
      fault !== null,
      'This page and the server do not understand each other',
      `${fault?.message ?? ''}. Reload the page; if this stays, the server is of another version.`,
    );
  }
}

const OLD_PICTURE = 'The picture below is old. Do not take silence for safety: listen to the other alarms of this site.';
const BLIND = 'Nothing that comes now would be seen. Do not take silence for safety: tell everybody, and listen to the other alarms of this site.';
const NO_PICTURE = 'The server has not answered yet. Do not take silence for safety: listen to the other alarms of this site.';

function banner(kind: string) {
  const strong = el('strong');
  const words = el('span');
  const root = el('div', { class: 'banner', testid: `banner-${kind}` }, strong, words);
  root.dataset['kind'] = kind;
  root.hidden = true;
  return {
    root,
    show(shown: boolean, title: string, meaning: string): void {
      root.hidden = !shown;
      if (!shown) return;
      say(strong, title);
      say(words, meaning);
    },
  };
}
