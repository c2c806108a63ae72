/** Light or dark: as the system is until somebody chooses, and then as was chosen on this device. See `public/theme.js`. */

import { keep, kept } from '../device';
import { el, say } from '../dom';

const KEY = 'parapet-theme';
type Scheme = 'light' | 'dark';

export class ThemeSwitch {
  readonly root = el('button', { class: 'theme', testid: 'theme', attributes: { type: 'button' } });
  private readonly system = window.matchMedia('(prefers-color-scheme: light)');

  /** `changed` is called after the style sheets have their new colours. */
  constructor(private readonly changed: () => void) {
    this.root.addEventListener('click', () => this.press());
    this.system.addEventListener('change', () => this.show());
    this.show();
  }

  /** To the other one. What the system would have shown anyhow need not be kept. */
  private press(): void {
    const wanted: Scheme = this.now() === 'light' ? 'dark' : 'light';
    keep(KEY, wanted === this.ofSystem() ? null : wanted);
    this.show(wanted);
  }

  private ofSystem(): Scheme {
    return this.system.matches ? 'light' : 'dark';
  }

  private now(): Scheme {
    return document.documentElement.dataset['theme'] === 'light' ? 'light' : 'dark';
  }

  private show(wanted?: Scheme): void {
    const chosen = kept(KEY);
    const scheme = wanted ?? (chosen === 'light' || chosen === 'dark' ? chosen : this.ofSystem());
    const before = this.now();
    document.documentElement.dataset['theme'] = scheme;
    say(this.root, scheme === 'light' ? 'Dark' : 'Light');
    this.root.setAttribute('aria-label', scheme === 'light' ? 'Switch to dark colours' : 'Switch to light colours');
    if (before !== scheme) this.changed();
  }
}
