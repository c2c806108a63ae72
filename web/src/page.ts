/**
 * The page: everything on it, and the one function that draws it.
 *
 * State lives in three places and nowhere else: the site (fixed), the last picture, and what was heard when. `draw` turns
 * them into words ten times per second; every part below is told, and asks nothing. What is remembered of the last minutes is only
 * for looking back.
 */

import type { AlarmMessage } from './contract/alarm_log';
import type { Picture } from './contract/picture';
import type { Site } from './contract/site';
import { el } from './dom';
import type { Contact } from './feed/contact';
import type { MapView } from './map/view';
import { AlarmList, Announcer } from './panel/alarms';
import type { Channel } from './contract/channels';
import { Channels } from './panel/channels';
import { Duty } from './panel/duty';
import { Counters, Sensors } from './panel/facts';
import { Rounds } from './panel/rounds';
import { Strip } from './panel/strip';
import { System } from './panel/system';
import { ThemeSwitch } from './panel/theme';
import { Speaker } from './sound/speaker';
import { Banners, Header } from './panel/head';
import { Summary } from './panel/summary';
import { History } from './picture/history';
import { Losses, wellness } from './picture/health';
import { title } from './picture/words';

export interface Moment {
  contact: Contact;
  picture: Picture | null;
  /** The server's time now; null before the first picture. */
  now_ms: number | null;
  local_ms: number;
}

export class Page {
  readonly banners = new Banners();
  private readonly header = new Header();
  private readonly summary = new Summary();
  private readonly system = new System();
  private readonly announcer = new Announcer();
  private readonly counters = new Counters();
  private readonly rounds = new Rounds();
  private readonly alarms = new AlarmList((zone) => this.map?.showZone(zone));
  private readonly mapRoot = el('main', { class: 'map', attributes: { 'aria-label': 'Map' } });
  private readonly stripRoot = el('div', { class: 'strip-place' });
  private readonly health = el('div', { class: 'health' });
  private readonly panel = el('aside', { class: 'panel', attributes: { 'aria-label': 'Alarms and health' } });
  private readonly speaker = new Speaker();
  private readonly theme = new ThemeSwitch(() => this.dress());
  private readonly channels = new Channels();
  private readonly losses = new Losses();
  private duty: Duty | null = null;
  private sensors: Sensors | null = null;
  private map: MapView | null = null;
  private strip: Strip | null = null;
  private history: History | null = null;
  private site: Site | null = null;
  private names: ReadonlyMap<string, string> = new Map();
  private people: ReadonlyMap<string, number | null> = new Map();
  private told: readonly Channel[] | null = [];
  private lost = 0;
  private wasLost = false;
  private useful = false;

  constructor(private readonly root: HTMLElement) {
    const urgent = el('div', { class: 'urgent' }, this.alarms.root, this.rounds.root);
    this.panel.append(this.summary.root, this.system.root, urgent, this.health);
    this.header.tools.append(this.speaker.root, this.theme.root);
    // The alarms come before the map: whoever goes by keyboard or by ear has them first.
    root.append(this.header.root, this.banners.root, this.panel, this.mapRoot, this.stripRoot, this.announcer.root);
  }

  /** Once, when the site is known. */
  furnish(site: Site): void {
    this.site = site;
    this.names = new Map(site.sensors.map((sensor) => [sensor.id, sensor.name]));
    this.people = new Map(site.zones.features.map((zone) => [zone.properties.id, zone.properties.people]));
    this.header.site(site);
    this.banners.forMode(site.mode);
    this.sensors = new Sensors(site.sensors);
    this.duty = new Duty(site.zones.features.map((zone) => zone.properties.id));
    this.health.append(this.sensors.root, this.channels.root, this.counters.root, this.duty.root);
    this.history = new History(site.sensors.map((sensor) => sensor.id));
    this.strip = new Strip(this.history, this.names);
    this.stripRoot.append(this.strip.root);
  }

  /** `make` may throw: alarms matter more than the map. */
  hang(make: (root: HTMLElement) => MapView): MapView | null {
    try {
      this.map = make(this.mapRoot);
    } catch (fault) {
      console.warn('The map cannot be drawn:', fault);
      const words = 'This browser cannot draw the map (no WebGL). The alarms, the seconds, the rounds and the strip of time work.';
      this.mapRoot.replaceChildren(el('p', { class: 'absent', testid: 'map-absent', text: words }));
    }
    return this.map;
  }

  /** A new picture came: what is read out, and what the page remembers. */
  received(picture: Picture): void {
    this.map?.picture(picture);
    this.history?.picture(picture);
    this.lost = this.losses.add(picture.counts.datagrams_lost ?? 0, picture.now_ms);
    this.announcer.update(picture.alarms, picture.threats, picture.now_ms);
  }

  /** What was told before this page was opened, or while it had no contact. */
  log(messages: readonly AlarmMessage[]): void {
    this.history?.log(messages);
  }

  /** How every way out stands, asked for twice a second; null where there was no answer. */
  channelsStand(channels: readonly Channel[] | null, now_ms: number): void {
    this.told = channels;
    if (channels) this.channels.update(channels, now_ms);
  }

  draw({ contact, picture, now_ms, local_ms }: Moment): void {
    const lost = contact.kind === 'lost' || contact.kind === 'ended';
    if (lost && !this.wasLost) this.announcer.warn('No contact with the server. Do not take silence for safety.');
    this.wasLost = lost;
    const inContact = contact.kind === 'ok';

    this.root.dataset['contact'] = lost ? 'lost' : contact.kind;
    this.header.update(contact, now_ms, picture?.now_ms ?? null);
    this.banners.forContact(contact);
    this.summary.update(picture, this.people, inContact, now_ms ?? 0);
    this.judge(inContact, picture, now_ms ?? 0);
    document.title = title(this.site?.mode ?? 'live', !inContact, picture?.alarms ?? [], picture?.threats ?? [], now_ms ?? 0);
    this.speaker.update(this.site?.mode ?? 'exercise', picture?.alarms ?? [], now_ms ?? 0, inContact);
    this.duty?.update(picture?.alarms ?? []);
    if (!picture || now_ms === null) return this.alarms.update([], [], 0, false);

    if (lost) this.history?.silence(picture.now_ms, now_ms);
    this.alarms.update(picture.alarms, picture.threats, now_ms, inContact);
    this.rounds.update(picture, now_ms, inContact);
    this.counters.update(picture);
    this.sensors?.update(picture.sensors, now_ms);
    this.strip?.update(now_ms, local_ms);
    this.map?.tick({ picture, now_ms }, local_ms);
    // The first moment at which the page is of use; the browser tests ask for it.
    if (!this.useful) performance.mark('useful');
    this.useful = true;
  }

  private judge(inContact: boolean, picture: Picture | null, now_ms: number): void {
    const found = wellness({ inContact, picture, channels: this.told, names: this.names, now_ms, lost: this.lost });
    this.root.dataset['system'] = found.tone;
    this.system.update(found);
    this.banners.forSight(found);
  }

  private dress(): void {
    this.map?.dress();
    this.strip?.dress();
  }
}
