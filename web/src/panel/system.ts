/** Whether the system is well, in one line that cannot be overlooked when it is not, with every reason behind it. */

import { arrange, el, say } from '../dom';
import type { Wellness, WellTone } from '../picture/health';

const SIGNS: Record<WellTone, string> = { well: '✓', degraded: '■', blind: '✕', unknown: '?' };

export class System {
  private readonly sign = el('span', { class: 'sign', attributes: { 'aria-hidden': 'true' } });
  private readonly words = el('span', { testid: 'system' });
  private readonly list = el('ul', { class: 'reasons', testid: 'system-reasons' });
  private readonly details = el('details', {}, el('summary', {}, this.sign, this.words), this.list);
  readonly root = el('section', { class: 'system', attributes: { 'aria-label': 'System' } }, this.details);
  private items: HTMLElement[] = [];

  update({ tone, words, reasons }: Wellness): void {
    this.root.dataset['tone'] = tone;
    say(this.sign, SIGNS[tone]);
    say(this.words, words);
    while (this.items.length < reasons.length) this.items.push(el('li'));
    this.items.length = reasons.length;
    this.items.forEach((item, i) => say(item, reasons[i]!));
    arrange(this.list, this.items);
  }
}
