/** What stands on the phone's screen: one large answer, and below it the way, the place and whether there is contact. */

import type { PublicPicture, PublicSite, World } from '../contract/public';
import { el, say } from '../dom';
import type { Contact } from '../feed/contact';
import { isAnswer, isQuiet, type Answer, type Said } from './answer';
import { compassPoint, nearestShelter, saidMetres, standpoint, type Chosen, type Way } from './place';
import { Compass, sign } from './signs';
import type { Words } from './words';

export interface View {
  said: Said;
  contact: Contact;
  words: Words;
  /** The world of the site, once the server has said it; null before. */
  world: World | null;
  site: PublicSite | null;
  chosen: Chosen | null;
  picture: PublicPicture | null;
  now_ms: number | null;
  /** The page and the server do not understand each other. */
  misfit: boolean;
  /** The phone does not find itself any more. */
  astray: boolean;
}

export class Screen {
  private readonly siteName = el('p', { class: 'site', testid: 'site' });
  private readonly tongue = el('button', { class: 'tongue', testid: 'tongue', attributes: { type: 'button' } });
  private readonly world = notice('world');
  private readonly lost = notice('lost');
  private readonly misfit = notice('misfit');
  private readonly sign = el('div', { class: 'sign-frame' });
  private readonly word = el('h1', { class: 'word', testid: 'word', attributes: { id: 'word' } });
  private readonly where = el('p', { class: 'where', testid: 'where' });
  private readonly number = el('span', { class: 'number', testid: 'number' });
  private readonly unit = el('span', { class: 'unit', testid: 'unit' });
  private readonly count = el('p', { class: 'count', testid: 'count', attributes: { role: 'timer', 'aria-live': 'off', 'aria-atomic': 'true' } }, this.number, this.unit);
  private readonly todo = el('p', { class: 'todo', testid: 'todo' });
  private readonly why = el('p', { class: 'why', testid: 'why' });
  private readonly old = el('p', { class: 'old', testid: 'old' });
  private readonly compass = new Compass();
  private readonly wayTitle = el('h2');
  private readonly wayWords = el('p', { class: 'way-words', testid: 'way' });
  private readonly wayMore = el('p', { class: 'more', testid: 'way-more' });
  private readonly wayRoot = el('section', { class: 'way' }, this.compass.root as unknown as HTMLElement, el('div', {}, this.wayTitle, this.wayWords, this.wayMore));
  private readonly placeTitle = el('h2');
  private readonly placeWords = el('p', { testid: 'place' });
  private readonly change = el('button', { testid: 'change', attributes: { type: 'button' } });
  private readonly openOnly = el('p', { class: 'more', testid: 'open-only' });
  private readonly contactWords = el('p', { class: 'contact', testid: 'contact' });
  private readonly eyes = el('p', { class: 'eyes', testid: 'eyes' });
  private readonly urgent = el('div', { testid: 'announce-urgent', attributes: { role: 'alert', 'aria-live': 'assertive' } });
  private readonly polite = el('div', { testid: 'announce-polite', attributes: { role: 'status', 'aria-live': 'polite' } });
  private announced = '';
  private wasLost = false;
  private shown: Said['kind'] | null = null;

  constructor(
    private readonly root: HTMLElement,
    speaker: HTMLElement,
    dialog: HTMLElement,
    choose: () => void,
    otherTongue: () => void,
  ) {
    this.change.addEventListener('click', choose);
    this.tongue.addEventListener('click', otherTongue);
    const notices = el('section', { class: 'notices', testid: 'notices' }, this.lost.root, this.misfit.root, this.world.root);
    const answer = el('section', { class: 'answer', testid: 'answer', attributes: { 'aria-labelledby': 'word' } }, this.sign, this.word, this.where, this.count, this.old, this.todo, this.why);
    const place = el('section', { class: 'place' }, el('div', {}, this.placeTitle, this.placeWords), this.change);
    const foot = el('section', { class: 'foot' }, speaker, this.openOnly, this.eyes, this.contactWords);
    const main = el('main', {}, notices, answer, this.wayRoot, place, foot);
    root.append(el('header', {}, this.siteName, this.tongue), main, el('div', { class: 'unseen' }, this.urgent, this.polite), dialog);
  }

  draw(view: View): void {
    const { said, words, contact, world } = view;
    this.tune(view);
    this.root.dataset['kind'] = said.kind;
    this.root.dataset['contact'] = contact.kind === 'ended' ? 'lost' : contact.kind;
    this.root.dataset['world'] = world ?? '';
    say(this.siteName, view.site?.name ?? 'Parapet');
    this.drawNotices(view);
    this.drawAnswer(view);
    this.drawWay(view);
    say(this.placeWords, placeWords(view));
    say(this.change, words.say(view.chosen ? 'change' : 'choose_place'));
    this.drawContact(view);
    document.title = title(view);
    this.announce(view);
  }

  /** The language of everything, and what never changes within one. */
  private tune({ words }: View): void {
    const { code, right_to_left } = words.tongue;
    const html = document.documentElement;
    if (html.lang !== code) html.lang = code;
    html.dir = right_to_left ? 'rtl' : 'ltr';
    const other = words.others[0];
    this.tongue.hidden = !other;
    if (other) {
      say(this.tongue, other.words['language'] ?? other.code);
      this.tongue.lang = other.code;
    }
    say(this.placeTitle, words.say('your_place'));
    say(this.wayTitle, words.say('shelter'));
    say(this.openOnly, words.say('open_only'));
  }

  private drawNotices({ contact, words, world, misfit }: View): void {
    const seconds = 'silent_ms' in contact ? Math.floor(contact.silent_ms / 1000) : 0;
    const lost = contact.kind === 'lost' || contact.kind === 'ended';
    const key = contact.kind === 'ended' && words.has('stopped') ? 'stopped' : contact.kind === 'lost' && !contact.ever ? 'no_contact_yet' : 'no_contact';
    this.lost.show(lost, words.say(key, { seconds }), words.say('not_safety'));
    this.misfit.show(misfit, words.say('misfit'), '');
    this.world.show(world === 'exercise', words.say('mode_mark'), words.say('mode_meaning'));
  }

  private drawAnswer(view: View): void {
    const { said, words } = view;
    if (this.shown !== said.kind) {
      this.shown = said.kind;
      this.sign.replaceChildren(sign(said.kind));
    }
    say(this.word, word(said, view));
    const zone = isAnswer(said) ? said.zone : said.kind === 'not_known' ? said.zone : null;
    say(this.where, zone ? words.zone(zone.properties) : '');
    this.drawCount(said, view);
    const [todo, why] = sentences(said, view);
    say(this.todo, todo);
    say(this.why, why);
    const silent_ms = 'silent_ms' in view.contact ? view.contact.silent_ms : 0;
    const counting = isAnswer(said) && !isQuiet(said.kind) && view.contact.kind !== 'ok';
    say(this.old, counting ? words.say('old_seconds', { seconds: Math.floor(silent_ms / 1000) }) : '');
    for (const part of [this.where, this.todo, this.why, this.old]) part.hidden = part.textContent === '';
  }

  private drawCount(said: Said, { words }: View): void {
    const seconds = isAnswer(said) ? said.seconds : null;
    this.count.hidden = seconds === null;
    if (seconds === null || !isAnswer(said)) return;
    say(this.number, seconds > 0 ? String(seconds) : words.say('now'));
    say(this.unit, seconds > 0 ? words.say(said.next ? 'until_next' : 'until') : '');
  }

  /** The way to the nearest shelter; not to somebody who must not go anywhere now. */
  private drawWay({ said, chosen, site, words }: View): void {
    const from = chosen && site ? standpoint(chosen, site.zones.features) : null;
    const found = from && site ? nearestShelter(from, site.shelters) : null;
    const moves = said.kind === 'walk' || said.kind === 'prepare' || said.kind === 'nothing' || said.kind === 'not_known';
    this.wayRoot.hidden = !found || !moves;
    if (!found || !moves) return;
    this.compass.point(found.way.bearing_deg, words.say('north_mark'));
    say(this.wayWords, words.say('shelter_way', { shelter: found.shelter.name, ...saidWay(found.way, words) }));
    const zone = isAnswer(said) ? said.zone : null;
    const walk_s = isAnswer(said) ? said.state?.walk_s ?? said.zone.properties.shelter_s : null;
    const fromMiddle = chosen?.kind === 'zone' && zone ? words.say('from_middle', { zone: words.zone(zone.properties) }) : '';
    say(this.wayMore, [walk_s ? words.say('shelter_walk', { seconds: Math.ceil(walk_s) }) : '', fromMiddle].filter(Boolean).join(' · '));
  }

  private drawContact({ contact, picture, now_ms, words }: View): void {
    const eyes = contact.kind === 'ok' ? picture?.eyes : undefined;
    say(this.eyes, eyes === 'partly' ? words.say('eyes_partly') : eyes === 'none' ? words.say('eyes_none') : '');
    this.eyes.hidden = this.eyes.textContent === '';
    const heard_s = picture?.heard_ms && now_ms !== null ? Math.max(0, Math.floor((now_ms - picture.heard_ms) / 1000)) : null;
    const heard = heard_s === null ? '' : heard_s < 2 ? words.say('heard_now') : words.say('heard', { seconds: heard_s });
    say(this.contactWords, contact.kind === 'ok' ? [words.say('in_contact'), heard].filter(Boolean).join(' · ') : contact.kind === 'connecting' ? words.say('connecting') : '');
  }

  /** Said once when it changes; the seconds go on without a voice. */
  private announce(view: View): void {
    const { said, contact, words } = view;
    const lost = contact.kind === 'lost' || contact.kind === 'ended';
    if (lost && !this.wasLost) this.urgent.textContent = `${words.say('no_contact_yet')}. ${words.say('not_safety')}`;
    const regained = this.wasLost && contact.kind === 'ok';
    if (regained) this.polite.textContent = words.say('in_contact');
    if (lost || contact.kind === 'ok') this.wasLost = lost;
    const key = `${words.tongue.code} ${said.kind} ${isAnswer(said) ? `${said.zone.properties.id} ${said.state?.alarm ?? ''}` : ''}`;
    if (lost || key === this.announced) return;
    this.announced = key;
    const pressing = isAnswer(said) && !isQuiet(said.kind) && said.kind !== 'prepare';
    (pressing ? this.urgent : this.polite).textContent = sentence(view);
  }
}

/** The whole answer as one spoken text. */
export function sentence(view: View): string {
  const { said, words } = view;
  const counted = isAnswer(said) && said.seconds !== null && said.seconds > 0 ? `${said.seconds} ${words.say(said.next ? 'until_next' : 'until')}` : '';
  const zone = isAnswer(said) ? words.zone(said.zone.properties) : '';
  return [word(said, view), zone, counted, sentences(said, view)[0]].filter(Boolean).join('. ');
}

function word(said: Said, { words }: View): string {
  if (isAnswer(said)) return words.say(`answer_${said.kind}`);
  const key = said.kind === 'choose' ? 'choose_place' : said.kind;
  // Before the words have come there is only one thing that can be said.
  return words.say(words.has(key) ? key : 'connecting');
}

/** What to do, and why. */
function sentences(said: Said, view: View): [todo: string, why: string] {
  const { words } = view;
  switch (said.kind) {
    case 'choose':
      return [words.say('choose_first'), words.say('place_stays')];
    case 'not_covered':
      return [words.say('not_covered_why'), nearestWords(said, view)];
    case 'not_known': {
      if (view.contact.kind === 'ok') return [words.say('eyes_none'), words.say('not_safety')];
      const seconds = 'silent_ms' in view.contact ? Math.floor(view.contact.silent_ms / 1000) : 0;
      return [said.last ? words.say('last_known', { seconds, what: words.say(`answer_${said.last}`) }) : '', ''];
    }
    default:
      return told(said, view);
  }
}

function told(said: Answer, { words }: View): [todo: string, why: string] {
  const zone = words.zone(said.zone.properties);
  if (said.state === null) return ['', words.say('nothing_more', { zone })];
  if (said.elsewhere) return [words.say('other_part', { zone }), ''];
  const values = { zone, percent: said.state.percent, seconds: said.state.walk_s ?? '' };
  const [why = '', todo = ''] = said.state.tell;
  if (said.passed) return [words.say('time_passed'), words.say('not_safety')];
  return [words.say(todo, values), words.say(why, values)];
}

function nearestWords(said: Extract<Said, { kind: 'not_covered' }>, { words }: View): string {
  if (!said.nearest) return '';
  const zone = words.zone(said.nearest.zone.properties);
  const nearest = words.say('nearest', { zone, ...saidWay(said.nearest.way, words) });
  const [why = ''] = said.neighbour?.tell ?? [];
  return said.neighbour ? `${nearest}. ${words.say(why, { zone, percent: said.neighbour.percent })}` : nearest;
}

function saidWay(way: Way, words: Words): { metres: number; direction: string } {
  return { metres: saidMetres(way.distance_m), direction: words.say(`to_${compassPoint(way.bearing_deg)}`) };
}

function placeWords({ chosen, site, said, words, astray }: View): string {
  const zone = isAnswer(said) ? words.zone(said.zone.properties) : '';
  switch (chosen?.kind) {
    case undefined:
      return words.say('choose_first');
    case 'zone': {
      const found = site?.zones.features.find((entry) => entry.properties.id === chosen!.zone);
      return found ? words.zone(found.properties) : chosen!.zone;
    }
    case 'point':
      return zone ? words.say('point_in', { zone }) : words.say('point');
    case 'sensed':
      return words.say(astray ? 'sensed_old' : 'sensed', { metres: saidMetres(chosen!.accuracy_m) });
  }
}

function title(view: View): string {
  const { said, contact, words } = view;
  const lost = contact.kind === 'lost' || contact.kind === 'ended' ? `${words.say('no_contact_yet')} · ` : '';
  const seconds = isAnswer(said) && said.seconds !== null ? ` ${said.seconds}` : '';
  return `${lost}${word(said, view)}${seconds} · Parapet`;
}

function notice(kind: string) {
  const [strong, text] = [el('strong'), el('span')];
  const root = el('div', { class: 'notice', testid: `notice-${kind}` }, strong, text);
  root.dataset['kind'] = kind;
  root.hidden = true;
  return {
    root,
    show(shown: boolean, head: string, words: string): void {
      root.hidden = !shown;
      say(strong, shown ? head : '');
      say(text, shown ? words : '');
    },
  };
}
