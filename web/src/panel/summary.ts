/** The one line for a person across the room. It never says "no alarm" when it cannot know. */

import type { Alarm, Picture, Salvo } from '../contract/picture';
import { el, say } from '../dom';
import { byUrgency, countdown, isActive, STAGE_SIGNS } from '../picture/words';
import { listed } from './rounds';

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

/** Who is under it, how long they have, and how many rounds: what an operator must see within a second. */
export interface Glance {
  /** The most urgent seconds; null where nothing counts down. */
  seconds: number | null;
  who: string;
  salvo: string;
}

export function glance(picture: Picture, people: ReadonlyMap<string, number | null>, now_ms: number): Glance {
  const active = picture.alarms.filter(isActive).sort(byUrgency(now_ms, picture.threats));
  const names = new Map(active.map((alarm) => [alarm.zone, alarm.zone_name]));
  const known = [...names.keys()].map((zone) => people.get(zone) ?? null).filter((count) => count !== null);
  const total = known.reduce((sum, count) => sum + count, 0);
  const souls = known.length === 0 ? '' : ` · ${known.length < names.size ? 'at least ' : ''}${total.toLocaleString('en')} people`;
  const first = active[0];
  return {
    seconds: first ? countdown(first, picture.threats, now_ms).seconds : null,
    who: first ? `${listed([...names.values()], 3)}${souls}` : '',
    salvo: salvoWords(picture.salvo ?? null, now_ms),
  };
}

function salvoWords(salvo: Salvo | null, now_ms: number): string {
  if (!salvo) return '';
  const rounds = `${salvo.rounds} ${salvo.rounds === 1 ? 'round' : 'rounds'}`;
  const left_s = Math.floor((salvo.last_impact_ms - now_ms) / 1000);
  if (salvo.in_air === 0 || left_s < 0) return `${rounds} so far · none in the air`;
  return `${rounds} so far · ${salvo.in_air} in the air · last in ${left_s} s`;
}

export class Summary {
  private readonly sign = el('span', { class: 'sign', attributes: { 'aria-hidden': 'true' } });
  private readonly words = el('span', { class: 'what', testid: 'summary' });
  private readonly seconds = el('span', { class: 'seconds', testid: 'summary-seconds', attributes: { 'aria-hidden': 'true' } });
  private readonly who = el('span', { class: 'who', testid: 'summary-who' });
  private readonly salvo = el('span', { class: 'salvo', testid: 'salvo' });
  readonly root = el(
    'section', { class: 'summary', attributes: { 'aria-label': 'State' } }, this.sign, this.words, this.seconds, this.who, this.salvo,
  );

  update(picture: Picture | null, people: ReadonlyMap<string, number | null>, contactOk: boolean, now_ms: number): void {
    const { tone, sign, words } = summarise(picture?.alarms ?? [], contactOk);
    this.root.dataset['tone'] = tone;
    say(this.sign, sign);
    say(this.words, words);
    const seen = picture ? glance(picture, people, now_ms) : { seconds: null, who: '', salvo: '' };
    say(this.seconds, seen.seconds === null ? '' : seen.seconds > 0 ? `${seen.seconds} s` : 'NOW');
    say(this.who, seen.who || (tone === 'lost' ? 'Do not take silence for safety' : ''));
    say(this.salvo, seen.salvo);
  }
}
