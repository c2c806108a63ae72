/**
 * What may be heard of a replay: a voice that begins every sentence with the word "Replay", off until somebody switches it on.
 *
 * There are no tones here and no way to them: nothing of this page takes anything from `src/sound`, which a test holds
 * (`silence.test.ts`). A recording must never sound like an alarm to somebody who only hears it.
 */

import { el, say } from '../dom';
import type { Mark } from './contract';

/** Faster than this nobody could follow. */
const SPEED_MAX = 2;

export class Voice {
  readonly root = el('button', { class: 'sound', testid: 'voice', attributes: { type: 'button', 'aria-pressed': 'false' } });
  private readonly live = el('div', { class: 'unseen', testid: 'announce', attributes: { role: 'status', 'aria-live': 'polite' } });
  readonly announcer: HTMLElement = this.live;
  private on = false;

  constructor() {
    this.root.addEventListener('click', () => {
      this.on = !this.on;
      if (!this.on) window.speechSynthesis?.cancel();
      this.show();
    });
    this.show();
  }

  /** An event was passed while playing. */
  passed(mark: Mark, speed: number): void {
    const words = sentence(mark);
    this.live.textContent = words;
    if (!this.on || speed > SPEED_MAX || !('speechSynthesis' in window)) return;
    window.speechSynthesis.speak(new SpeechSynthesisUtterance(words));
  }

  hush(): void {
    window.speechSynthesis?.cancel();
  }

  private show(): void {
    this.root.setAttribute('aria-pressed', String(this.on));
    this.root.dataset['state'] = this.on ? 'on' : 'muted';
    say(this.root, this.on ? 'Voice on: “Replay: …”' : 'Voice off');
  }
}

export function sentence(mark: Mark): string {
  return `Replay: ${mark.words}.`;
}
