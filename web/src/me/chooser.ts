/** The dialog in which somebody says where he is: by name, by the phone's own location, or on the map. */

import type { PublicSite } from '../contract/public';
import { arrange, el, say } from '../dom';
import { ZoneMap } from './map';
import type { Chosen } from './place';
import type { Words } from './words';

/** Zones that are listed at once; the search finds the others. */
const LISTED_MAX = 40;

export class Chooser {
  private readonly title = el('h2', { attributes: { id: 'chooser-title' } });
  private readonly privacy = el('p', { class: 'privacy', testid: 'privacy' });
  private readonly sense = el('button', { class: 'wide', testid: 'sense', attributes: { type: 'button' } });
  private readonly sensing = el('p', { testid: 'sensing', attributes: { role: 'status' } });
  private readonly search = el('input', { testid: 'search', attributes: { type: 'search', id: 'zone-search', autocomplete: 'off' } });
  private readonly searchLabel = el('label', { attributes: { for: 'zone-search' } });
  private readonly list = el('ul', { class: 'zones', testid: 'zones' });
  private readonly none = el('p', { testid: 'no-match', attributes: { role: 'status' } });
  private readonly mapTitle = el('h3', { attributes: { id: 'map-title' } });
  private readonly mapRoot = el('div', { class: 'map-frame' });
  private readonly close = el('button', { class: 'wide', testid: 'close', attributes: { type: 'button' } });
  readonly root = el(
    'dialog', { class: 'chooser', testid: 'chooser', attributes: { 'aria-labelledby': 'chooser-title' } },
    this.title, this.privacy, this.sense, this.sensing, this.searchLabel, this.search, this.list, this.none, this.mapTitle, this.mapRoot, this.close,
  );
  private site: PublicSite | null = null;
  private words: Words | null = null;
  private map: ZoneMap | null = null;
  private chosen: Chosen | null = null;

  constructor(private readonly choose: (chosen: Chosen) => void, sense: () => void) {
    this.sense.addEventListener('click', sense);
    this.search.addEventListener('input', () => this.fill());
    this.close.addEventListener('click', () => this.root.close());
  }

  /** Opens, with the words and zones of now. */
  open(site: PublicSite | null, words: Words, chosen: Chosen | null): void {
    this.furnish(site, words, chosen);
    this.search.value = '';
    say(this.sensing, '');
    this.fill();
    this.root.showModal();
  }

  shut(): void {
    this.root.close();
  }

  /** What became of the question for the phone's location. */
  tell(text: string): void {
    say(this.sensing, text);
  }

  private furnish(site: PublicSite | null, words: Words, chosen: Chosen | null): void {
    this.chosen = chosen;
    const same = site === this.site && words === this.words;
    [this.site, this.words] = [site, words];
    if (!same) {
      say(this.title, words.say('choose_place'));
      say(this.privacy, words.say('place_stays'));
      say(this.sense, words.say('use_location'));
      say(this.searchLabel, words.say('search'));
      say(this.mapTitle, words.say('map'));
      say(this.close, words.say('close'));
      this.map = site && site.zones.features.length > 0 ? new ZoneMap(site, (zone) => words.zone(zone.properties), (place) => this.take({ kind: 'point', ...place })) : null;
      this.map?.root.setAttribute('aria-labelledby', 'map-title');
      this.mapRoot.replaceChildren(...(this.map ? [this.map.root] : []));
    }
    this.map?.show(chosen && chosen.kind !== 'zone' ? chosen : null);
  }

  private take(chosen: Chosen): void {
    this.choose(chosen);
    this.root.close();
  }

  private fill(): void {
    const { words } = this;
    if (!words) return;
    const wanted = plain(this.search.value);
    const zones = (this.site?.zones.features ?? []).map(({ properties }) => ({ id: properties.id, name: words.zone(properties), others: Object.values(properties.names).concat(properties.name) }));
    const found = zones.filter((zone) => [zone.name, ...zone.others].some((name) => plain(name).includes(wanted)));
    found.sort((a, b) => a.name.localeCompare(b.name, words.tongue.code));
    arrange(this.list, found.slice(0, LISTED_MAX).map((zone) => this.row(zone.id, zone.name)));
    say(this.none, found.length === 0 ? words.say('no_match') : '');
  }

  private row(id: string, name: string): HTMLElement {
    const button = el('button', { text: name, attributes: { type: 'button' } });
    button.dataset['zone'] = id;
    if (this.chosen?.kind === 'zone' && this.chosen.zone === id) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => this.take({ kind: 'zone', zone: id }));
    return el('li', {}, button);
  }
}

/** Without case, accents and points, so that what is typed in haste is found. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();
}
