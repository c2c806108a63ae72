/** The replay page: everything on it, and the one function that draws it. It says in every part that it is one. */

import type { Picture } from '../contract/picture';
import type { Site } from '../contract/site';
import { el, say } from '../dom';
import { AlarmList } from '../panel/alarms';
import { Sensors } from '../panel/facts';
import { Summary } from '../panel/summary';
import { isActive, title } from '../picture/words';
import { openWhy, zoneChoice } from '../why/card';
import type { Facts, Mark, Truth } from './contract';
import { clock, Controls, date, type Told } from './controls';
import { Events, ThenAndTruly } from './panels';
import type { Player } from './player';
import { Stage } from './stage';
import { Voice } from './voice';

export class ReplayPage {
  readonly voice = new Voice();
  private readonly site = el('h1', { testid: 'site-name', text: 'Recordings' });
  private readonly chip = el('span', { class: 'chip', testid: 'mode-chip', text: 'REPLAY' });
  private readonly of = el('span', { class: 'chip of', testid: 'recorded-mode' });
  private readonly clock = el('time', { class: 'clock', testid: 'clock' });
  private readonly banner = el('div', { class: 'banner', testid: 'banner-mode' }, el('strong', { text: 'REPLAY' }), el('span', { testid: 'banner-words' }));
  private readonly trouble = el('div', { class: 'banner trouble', testid: 'banner-trouble', attributes: { role: 'alert' } });
  private readonly remarks = el('div', { class: 'remarks', testid: 'remarks', attributes: { role: 'status' } });
  private readonly mapRoot = el('main', { class: 'map', attributes: { 'aria-label': 'Map of the replay' } });
  private readonly panel = el('aside', { class: 'panel', attributes: { 'aria-label': 'Replay: alarms, events and comparison' } });
  private readonly summary = new Summary();
  private people: ReadonlyMap<string, number | null> = new Map();
  private readonly alarms = new AlarmList((zone) => this.stage?.face.showZone(zone));
  private readonly truth = new ThenAndTruly();
  private readonly withTruth = el('input', { testid: 'with-truth', attributes: { type: 'checkbox', checked: '' } });
  private events: Events | null = null;
  private sensors: Sensors | null = null;
  private stage: Stage | null = null;
  private controls: Controls | null = null;

  constructor(private readonly root: HTMLElement) {
    root.classList.add('replay');
    this.of.hidden = true;
    this.banner.dataset['kind'] = 'replay';
    this.trouble.hidden = true;
    const links = el('nav', { class: 'links', attributes: { 'aria-label': 'Pages' } },
      el('a', { text: 'All recordings', attributes: { href: './replay' } }),
      el('a', { text: 'Live page', testid: 'to-live', attributes: { href: './' } }));
    const header = el('header', { class: 'header' }, el('span', { class: 'product', text: 'Parapet' }), this.chip, this.site, this.of,
      el('span', { class: 'spring' }), this.voice.root, links, this.clock);
    root.append(header, el('section', { class: 'banners', attributes: { 'aria-label': 'What this page is' } }, this.banner, this.trouble), this.voice.announcer);
    this.say('A recording: nothing here is happening now');
  }

  /** Something cannot be shown; null when it can again. */
  fail(words: string | null): void {
    this.trouble.hidden = words === null;
    say(this.trouble, words ?? '');
  }

  /** In place of map and panel. */
  show(content: HTMLElement): void {
    this.root.classList.add('listing');
    this.root.append(content);
    document.title = '[REPLAY] Recordings · Parapet';
  }

  furnish(site: Site, facts: Facts, player: Player, told: Told, seek: (mark: Mark) => void): void {
    say(this.site, site.name);
    this.people = new Map(site.zones.features.map((zone) => [zone.properties.id, zone.properties.people]));
    this.of.hidden = false;
    say(this.of, facts.recorded_mode === 'exercise' ? 'of an EXERCISE' : 'of LIVE operation');
    const began = `${date(facts.from_ms)} ${clock(facts.from_ms)}`;
    const what = facts.recorded_mode === 'exercise' ? 'an exercise' : 'live operation';
    this.say(`A recording of ${what} that began on ${began}: nothing here is happening now`);
    this.events = new Events(seek);
    this.sensors = new Sensors(site.sensors);
    this.controls = new Controls(player, told);
    const choice = el('label', { class: 'choice' }, this.withTruth, document.createTextNode(' show on the map what became true'));
    this.truth.root.append(choice);
    const zones = zoneChoice(site.zones.features.map(({ properties }) => ({ id: properties.id, name: properties.name })));
    this.panel.append(this.remarks, this.summary.root, this.alarms.root, this.truth.root, this.events.root, zones, this.sensors.root);
    this.root.append(this.mapRoot, this.panel, this.controls.root);
    try {
      this.stage = new Stage(this.mapRoot, site, () => player.at_ms);
      const { map } = this.stage.face;
      map.on('click', 'zone-fill', (event) => {
        const zone: unknown = event.features?.[0]?.properties['id'];
        if (typeof zone === 'string') void openWhy({ zone });
      });
      Object.assign(window, { parapet: { map } });
    } catch (fault) {
      console.warn('The map cannot be drawn:', fault);
      this.mapRoot.replaceChildren(el('p', { class: 'absent', testid: 'map-absent', text: 'This browser cannot draw the map (no WebGL). The rest of the replay works.' }));
    }
    this.mapRoot.append(el('div', { class: 'watermark', text: 'REPLAY', attributes: { 'aria-hidden': 'true' } }));
  }

  know(facts: Facts): void {
    this.controls?.know(facts);
    const remarks = [
      facts.looked_through ? '' : `Looking through the recording: ${Math.floor(100 * facts.progress)} %`,
      facts.growing ? 'This recording has no end: it is being written still, or the program was killed.' : '',
      facts.ending && facts.ending !== 'closed' && !facts.growing ? facts.ending : '',
      facts.not_understood > 0 ? `${facts.not_understood} entries are of another version of the program and are not shown (${facts.program}).` : '',
      facts.marks_left_out > 0 ? `${facts.marks_left_out} events are not listed.` : '',
    ].filter(Boolean);
    this.remarks.hidden = remarks.length === 0;
    say(this.remarks, remarks.join(' '));
  }

  knowTruth(truth: Truth): void {
    this.stage?.know(truth);
  }

  leap(history: readonly Picture[]): void {
    this.stage?.leap(history);
  }

  received(picture: Picture): void {
    this.stage?.face.picture(picture);
  }

  draw(facts: Facts, truth: Truth | null, picture: Picture | null, player: Player, local_ms: number): void {
    const { at_ms } = player;
    this.controls?.update();
    say(this.clock, `then ${date(at_ms)} ${clock(at_ms)}`);
    this.events?.update(facts, at_ms);
    this.truth.update(truth, at_ms);
    this.root.dataset['ready'] = String(picture !== null);
    if (!picture) return;
    document.title = title('replay', false, picture.alarms, picture.threats, at_ms);
    this.summary.update(picture, this.people, true, at_ms);
    this.root.dataset['alarmed'] = String(picture.alarms.some(isActive));
    this.alarms.update(picture.alarms, picture.threats, at_ms, true);
    this.sensors?.update(picture.sensors, at_ms);
    this.stage?.draw(picture, at_ms, local_ms, this.withTruth.checked);
  }

  private say(words: string): void {
    say(this.banner.querySelector<HTMLElement>('span')!, words);
  }
}
