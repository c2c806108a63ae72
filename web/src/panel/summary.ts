/** The one line for a person across the room. It never says "no alarm" when it cannot know. */

import type { Alarm } from '../contract/picture';
import { el, say } from '../dom';
import { STAGE_SIGNS } from '../picture/words';

export type Tone = 'take_cover' | 'hold' | 'prepare' | 'quiet' | 'lost';

export interface SummaryWords {
  tone: Tone;
  sign: string;
  words: string;
}

export function summarise(alarms: readonly Alarm[], contactOk: boolean): SummaryWords {
  const zones = (stage: Alarm['stage']) => new Set(alarms.filter((alarm) => alarm.stage === stage).map((alarm) => alarm.zone)).size;
  const named = (n: number) => `${n} ${n === 1 ? 'zone' : 'zones'}`;
  const cover = zones('take_cover');
  if (cover > 0) return { tone: 'take_cover', sign: STAGE_SIGNS.take_cover, words: `Take cover: ${named(cover)}` };
  const hold = zones('hold');
  if (hold > 0) return { tone: 'hold', sign: STAGE_SIGNS.hold, words: `Hold: ${named(hold)}, stay in cover` };
  const prepare = zones('prepare');
  if (prepare > 0) return { tone: 'prepare', sign: STAGE_SIGNS.prepare, words: `Be ready: ${named(prepare)}` };
  if (!contactOk) return { tone: 'lost', sign: '?', words: 'Not known' };
  return { tone: 'quiet', sign: '–', words: 'No alarm' };
}

export class Summary {
  private readonly sign = el('span', { class: 'sign', attributes: { 'aria-hidden': 'true' } });
  private readonly words = el('span', { testid: 'summary' });
  readonly root = el('section', { class: 'summary', attributes: { 'aria-label': 'State' } }, this.sign, this.words);

  update(alarms: readonly Alarm[], contactOk: boolean): void {
    const { tone, sign, words } = summarise(alarms, contactOk);
    this.root.dataset['tone'] = tone;
    say(this.sign, sign);
    say(this.words, words);
  }
}
