/** Beside the map: events, and what was known then beside what became true. */

import { el, say } from '../dom';
import type { Facts, Mark, Truth } from './contract';
import { clock } from './controls';
import { MARKS, placeOf } from './marks';
import { compare, told, type Compared, type Told } from './truth';

/** Events that are listed around the cursor, before and after. */
const AROUND = 30;

export class Events {
  private readonly list = el('ol', { class: 'events', testid: 'events' });
  private readonly more = el('p', { class: 'soft' });
  readonly root = el('section', { attributes: { 'aria-label': 'Events' } }, el('h2', { text: 'Events' }), this.list, this.more);
  private shown = '';

  constructor(private readonly seek: (mark: Mark) => void) {}

  update(facts: Facts, at_ms: number): void {
    const here = placeOf(facts.marks, at_ms);
    const key = `${here} ${facts.marks.length}`;
    if (key === this.shown) return;
    this.shown = key;
    const [first, last] = [Math.max(0, here - AROUND), Math.min(facts.marks.length, here + 1 + AROUND)];
    const focused = (document.activeElement as HTMLElement | null)?.dataset['mark'];
    const items = facts.marks.slice(first, last).map((mark, n) => {
      const place = first + n;
      const press = el('button', { class: 'event', attributes: { type: 'button' } },
        el('span', { class: 'sign', text: MARKS[mark.kind].sign, attributes: { 'aria-hidden': 'true' } }),
        el('time', { text: clock(mark.at_ms) }),
        el('span', { class: 'what', text: mark.words }),
      );
      press.dataset['kind'] = mark.kind;
      press.dataset['mark'] = String(place);
      press.dataset['past'] = String(place <= here);
      if (place === here) press.setAttribute('aria-current', 'true');
      press.addEventListener('click', () => this.seek(mark));
      return el('li', {}, press);
    });
    this.list.replaceChildren(...items);
    if (focused !== undefined) this.list.querySelector<HTMLElement>(`[data-mark="${focused}"]`)?.focus();
    const current = this.list.querySelector<HTMLElement>('[aria-current]');
    // Only the list scrolls, never the page.
    if (current) this.list.scrollTop = current.offsetTop - this.list.clientHeight / 2;
    const hidden = facts.marks.length - items.length;
    say(this.more, facts.marks.length === 0 ? 'Nothing happened.' : hidden > 0 ? `${hidden} more, earlier and later` : '');
  }
}

const seconds = (value: number | null) => (value === null ? 'not known' : `${value.toFixed(1)} s`);

export class ThenAndTruly {
  private readonly rounds = el('tbody', { testid: 'compare' });
  private readonly told = el('tbody', { testid: 'told' });
  private readonly none = el('p', { class: 'soft', testid: 'compare-none', text: 'No round is in the air at this instant.' });
  private readonly tables: HTMLElement[];
  readonly root: HTMLElement;

  constructor() {
    const table = (label: string, heads: string[], body: HTMLElement) =>
      el('table', { attributes: { 'aria-label': label } },
        el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { text, attributes: { scope: 'col' } })))), body);
    this.tables = [
      table('Rounds: known then, and true', ['Round', 'Known then', 'True', 'Off by'], this.rounds),
      table('Alarms: seconds told, and real', ['Told to take cover', 'Told', 'Real', 'Off by'], this.told),
    ];
    this.root = el('section', { class: 'truth', attributes: { 'aria-label': 'Known then, true afterwards' } },
      el('h2', { text: 'Known then, true afterwards' }), this.none, ...this.tables,
      el('p', { class: 'soft', text: 'True is the record of each round’s whole way, made after its end from all its plots together.' }));
  }

  update(truth: Truth | null, at_ms: number): void {
    const rounds = truth ? compare(truth, at_ms) : [];
    const words = truth ? told(truth, at_ms) : [];
    this.none.hidden = rounds.length > 0;
    say(this.none, truth ? 'No round is in the air at this instant.' : 'What became true is shown when the whole recording has been looked through.');
    this.tables[0]!.hidden = rounds.length === 0;
    this.tables[1]!.hidden = words.length === 0;
    fill(this.rounds, rounds.map(roundRow));
    fill(this.told, words.map(toldRow));
  }
}

function roundRow(round: Compared): string[] {
  const { semi_major_m, semi_minor_m } = round.prediction.impact.ellipse;
  const size = `${Math.round(2 * semi_major_m)} × ${Math.round(2 * semi_minor_m)} m`;
  const place = round.off_m === null ? 'not known' : `${Math.round(round.off_m)} m ${round.towards}`;
  const held = round.inside === null ? '' : round.inside ? ', inside the ellipse' : ', OUTSIDE the ellipse';
  const late = round.real_s === null ? '' : `, ${signed(round.told_s - round.real_s)}`;
  return [
    `${round.track} ${round.class}`,
    round.told_s > 0 ? `falls in ${seconds(round.told_s)}, ${size}` : `fell ${seconds(-round.told_s)} ago, ${size}`,
    round.real_s === null ? 'not known' : round.real_s > 0 ? `in ${seconds(round.real_s)}` : `${seconds(-round.real_s)} ago`,
    `${place}${held}${late}`,
  ];
}

function toldRow(word: Told): string[] {
  const off = word.told_s === null || word.real_s === null ? 'not known' : signed(word.told_s - word.real_s);
  return [`${word.zone_name}, ${clock(word.at_ms)}`, seconds(word.told_s), seconds(word.real_s), off];
}

function signed(value_s: number): string {
  return `${value_s >= 0 ? '+' : '−'}${Math.abs(value_s).toFixed(1)} s`;
}

/** Writes rows of text, touching only what differs. */
function fill(body: HTMLElement, rows: string[][]): void {
  while (body.children.length > rows.length) body.lastElementChild!.remove();
  rows.forEach((texts, n) => {
    let row = body.children[n] as HTMLElement | undefined;
    if (!row) body.append((row = el('tr', {}, ...texts.map((_, cell) => (cell === 0 ? el('th', { attributes: { scope: 'row' } }) : el('td'))))));
    texts.forEach((text, cell) => say(row.children[cell] as HTMLElement, text));
  });
}
