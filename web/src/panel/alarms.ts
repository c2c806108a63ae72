/** The alarm list: one button per alarm, most urgent first, and the voice that reads new ones out. */

import type { Alarm, Picture } from '../contract/picture';
import { arrange, el, say, utc } from '../dom';
import { byUrgency, countdown, spoken, STAGE_SIGNS, STAGE_WORDS } from '../picture/words';
import { whyButton } from '../why/card';

/** Part of a card for the eye: for the ear the card's own label says all of it as one sentence. */
const part = (name: string) => el('span', { class: name, testid: `alarm-${name}`, attributes: { 'aria-hidden': 'true' } });

class Card {
  private readonly stage = part('stage');
  private readonly zone = part('zone');
  private readonly words = part('words');
  private readonly seconds = part('seconds');
  private readonly number = document.createTextNode('');
  private readonly facts = part('facts');
  private readonly button = el('button', { class: 'alarm', attributes: { type: 'button' } }, this.stage, this.zone, this.words, this.seconds, this.facts);
  readonly item = el('li', { testid: 'alarm' }, this.button);

  constructor(alarm: Alarm, chosen: (zone: string) => void) {
    this.item.dataset['alarm'] = alarm.id;
    this.item.dataset['zone'] = alarm.zone;
    this.button.addEventListener('click', () => chosen(alarm.zone));
    this.item.append(whyButton({ alarm: alarm.id }, alarm.zone_name));
  }

  update(alarm: Alarm, threats: Picture['threats'], now_ms: number): void {
    const { words, seconds } = countdown(alarm, threats, now_ms);
    this.button.dataset['stage'] = alarm.stage;
    this.button.dataset['counting'] = String(seconds !== null);
    say(this.stage, `${STAGE_SIGNS[alarm.stage]} ${STAGE_WORDS[alarm.stage]}`);
    say(this.zone, alarm.zone_name);
    say(this.words, words);
    this.count(seconds);
    say(this.facts, facts(alarm));
  }

  private count(seconds: number | null): void {
    if (seconds === null) return this.seconds.replaceChildren();
    if (seconds === 0) return this.seconds.replaceChildren(el('small', { text: 'NOW' }));
    if (this.number.data !== String(seconds)) this.number.data = String(seconds);
    if (this.number.parentNode !== this.seconds) this.seconds.replaceChildren(this.number, el('small', { text: 's' }));
  }
}

function facts(alarm: Alarm): string {
  const rounds = alarm.threats.length;
  return [
    rounds > 0 ? `${rounds} ${rounds === 1 ? 'round' : 'rounds'}` : '',
    alarm.stage === 'take_cover' ? `${Math.round(alarm.probability * 100)} % likely` : '',
    `raised ${utc(alarm.raised_ms)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Cards at once: more cannot be read within the seconds that they count. The map and the strip show all. */
const CARDS_MAX = 40;

export class AlarmList {
  private readonly list = el('ul', { class: 'alarms', testid: 'alarms' });
  private readonly more = el('p', { class: 'more', testid: 'alarms-more' });
  readonly root = el('section', { attributes: { 'aria-label': 'Alarms' } }, el('h2', { text: 'Alarms' }), this.list, this.more);
  private readonly cards = new Map<string, Card>();

  constructor(private readonly chosen: (zone: string) => void) {}

  /** `known` is false while nothing is heard of the server: then no alarm here does not mean that there is none. */
  update(alarms: readonly Alarm[], threats: Picture['threats'], now_ms: number, known: boolean): void {
    const ordered = [...alarms].sort(byUrgency(now_ms, threats)).slice(0, CARDS_MAX);
    const ids = new Set(ordered.map((alarm) => alarm.id));
    for (const id of this.cards.keys()) if (!ids.has(id)) this.cards.delete(id);
    const items = ordered.map((alarm) => {
      let card = this.cards.get(alarm.id);
      if (!card) this.cards.set(alarm.id, (card = new Card(alarm, this.chosen)));
      card.update(alarm, threats, now_ms);
      return card.item;
    });
    arrange(this.list, items);
    const hidden = alarms.length - items.length;
    const none = known ? 'None stands, and none has ended within the last minute.' : 'Not known.';
    say(this.more, items.length === 0 ? none : hidden > 0 ? `and ${hidden} more` : '');
    this.more.hidden = this.more.textContent === '';
  }
}

/** Reads each alarm out when it is new or its stage changes; the counting itself would only drown the words. */
export class Announcer {
  private readonly urgent = el('div', { testid: 'announce-urgent', attributes: { role: 'alert', 'aria-live': 'assertive' } });
  private readonly polite = el('div', { testid: 'announce-polite', attributes: { role: 'status', 'aria-live': 'polite' } });
  readonly root = el('div', { class: 'unseen' }, this.urgent, this.polite);
  private said = new Map<string, string>();

  update(alarms: readonly Alarm[], threats: Picture['threats'], now_ms: number): void {
    const changed = alarms.filter((alarm) => this.said.get(alarm.id) !== alarm.stage);
    this.said = new Map(alarms.map((alarm) => [alarm.id, alarm.stage]));
    const [now, later] = [changed.filter((alarm) => alarm.stage === 'take_cover'), changed.filter((alarm) => alarm.stage !== 'take_cover')];
    if (now.length > 0) this.urgent.textContent = now.map((alarm) => spoken(alarm, threats, now_ms)).join(' ');
    if (later.length > 0) this.polite.textContent = later.map((alarm) => spoken(alarm, threats, now_ms)).join(' ');
  }

  /** For what concerns every alarm, such as a lost contact. */
  warn(words: string): void {
    this.urgent.textContent = words;
  }
}
