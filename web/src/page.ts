/**
 * The page: everything on it, and the one function that draws it.
 *
 * State lives in three places and nowhere else: the site (fixed), the last picture, and what was heard when. `draw` turns
 * them into words ten times per second; every part below is told, and asks nothing.
 */

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
import { Speaker } from './sound/speaker';
import { Banners, Header } from './panel/head';
import { Summary } from './panel/summary';
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
  private readonly announcer = new Announcer();
  private readonly counters = new Counters();
  private readonly alarms = new AlarmList((zone) => this.map?.showZone(zone));
  private readonly mapRoot = el('main', { class: 'map', attributes: { 'aria-label': 'Map' } });
  private readonly panel = el('aside', { class: 'panel', attributes: { 'aria-label': 'Alarms and health' } });
  private readonly speaker = new Speaker();
  private readonly channels = new Channels();
  private duty: Duty | null = null;
  private sensors: Sensors | null = null;
  private map: MapView | null = null;
  private site: Site | null = null;
  private wasLost = false;

  constructor(private readonly root: HTMLElement) {
    this.panel.append(this.summary.root, this.alarms.root, this.counters.root);
    this.header.root.append(this.speaker.root);
    root.append(this.header.root, this.banners.root, this.mapRoot, this.panel, this.announcer.root);
  }

  /** Once, when the site is known. `makeMap` may throw: alarms matter more than the map. */
  furnish(site: Site, makeMap: (root: HTMLElement) => MapView): MapView | null {
    this.site = site;
    this.header.site(site);
    this.banners.forMode(site.mode);
    this.sensors = new Sensors(site.sensors);
    this.duty = new Duty(site.zones.features.map((zone) => zone.properties.id));
    this.panel.append(this.channels.root, this.duty.root, this.sensors.root);
    try {
      this.map = makeMap(this.mapRoot);
    } catch (fault) {
      console.warn('The map cannot be drawn:', fault);
      this.mapRoot.replaceChildren(
        el('p', { class: 'absent', testid: 'map-absent', text: 'This browser cannot draw the map (no WebGL). The alarms beside it work.' }),
      );
    }
    return this.map;
  }

  /** A new picture came: what is read out, and what the map remembers. */
  received(picture: Picture): void {
    this.map?.picture(picture);
    this.announcer.update(picture.alarms, picture.threats, picture.now_ms);
  }

  /** How every way out stands, asked for twice a second. */
  channelsStand(channels: readonly Channel[]): void {
    this.channels.update(channels);
  }

  draw({ contact, picture, now_ms, local_ms }: Moment): void {
    const lost = contact.kind === 'lost' || contact.kind === 'ended';
    if (lost && !this.wasLost) this.announcer.warn('No contact with the server. Do not take silence for safety.');
    this.wasLost = lost;

    this.root.dataset['contact'] = lost ? 'lost' : contact.kind;
    this.header.update(contact, now_ms);
    this.banners.forContact(contact);
    this.summary.update(picture?.alarms ?? [], contact.kind === 'ok');
    document.title = title(this.site?.mode ?? 'live', contact.kind !== 'ok', picture?.alarms ?? [], picture?.threats ?? [], now_ms ?? 0);
    this.speaker.update(this.site?.mode ?? 'exercise', picture?.alarms ?? [], now_ms ?? 0, contact.kind === 'ok');
    this.duty?.update(picture?.alarms ?? []);
    if (!picture || now_ms === null) return this.alarms.update([], [], 0);

    this.alarms.update(picture.alarms, picture.threats, now_ms);
    this.counters.update(picture);
    this.sensors?.update(picture.sensors, now_ms);
    this.map?.tick({ picture, now_ms }, local_ms);
  }
}
