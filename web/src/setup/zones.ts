/** The zones of a draft: the list, the form of the chosen one, drawing and import. */

import type { Position } from 'geojson';
import { el } from '../dom';
import { boxAround, grow, offset } from '../geo/local';
import type { Circle, Imported, Json, Keys, WrittenZone } from './contract';
import type { Desk } from './desk';
import { KINDS_OF_ZONE } from './fields';
import { button, choice, field, numberField, redraw } from './form';
import { cornerHandles, type Handle, type SetupMap } from './map';
import { rings } from './shapes';
import { cornersText, costLoss, freeId, oneIn, placeWords, readCorners, readPlace, rounded, thresholdWords } from './words';

/** A circle that is placed by one press, metres. */
const RADIUS_M = 150;
/** Without [policy] alarm_probability. */
const THRESHOLD = 0.1;
/** Longer files are refused by the server anyway, bytes. */
const FILE_MAX = 7_000_000;
/** Rows that are shown of a long list; the filter finds the others. */
const ROWS_MAX = 200;

export class ZonesPanel {
  readonly root = el('div', { class: 'panel-body' });
  private filter = '';
  private imported: Imported | null = null;

  constructor(
    private readonly desk: Desk,
    private readonly map: SetupMap | null,
  ) {}

  private get zones(): readonly WrittenZone[] {
    return this.desk.view?.model?.zones ?? [];
  }

  private chosen(): WrittenZone | undefined {
    const { chosen } = this.desk;
    return chosen?.kind === 'zone' ? this.zones.find((zone) => zone.id === chosen.id) : undefined;
  }

  draw(): void {
    const zone = this.chosen();
    redraw(this.root, zone ? this.form(zone) : this.list());
  }

  /** The handles of the chosen zone on the map. */
  handles(): Handle[] {
    const zone = this.chosen();
    if (!zone?.outline) return [];
    if ('polygon' in zone.outline) {
      const [outer, ...holes] = zone.outline.polygon;
      return outer ? cornerHandles(outer, (ring) => this.put(zone.id, { polygon: [ring, ...holes] as unknown as Json })) : [];
    }
    const { circle } = zone.outline;
    const rim = offset(circle, circle.radius_m, 0);
    return [
      { place: [circle.lon_deg, circle.lat_deg], words: 'Centre. Arrow keys move it.', moved: ([lon_deg, lat_deg]) => this.circle(zone, { ...circle, lon_deg: lon_deg!, lat_deg: lat_deg! }) },
      { place: rim, words: 'Rim: changes the radius', moved: (to) => this.circle(zone, { ...circle, radius_m: distance_m([circle.lon_deg, circle.lat_deg], to) }) },
    ];
  }

  private list(): HTMLElement {
    const wanted = this.filter.toLowerCase();
    const found = this.zones.filter((zone) => `${zone.id} ${String(zone.keys['name'] ?? '')}`.toLowerCase().includes(wanted));
    const rows = found.slice(0, ROWS_MAX).map((zone) => this.row(zone));
    const search = this.zones.length > 8 ? [field('Find', this.filter, { testid: 'zone-filter' }, (text) => {
      this.filter = text;
      this.draw();
    })] : [];
    return el('div', {},
      el('div', { class: 'row' },
        button('Draw an outline', 'draw-polygon', () => this.drawPolygon(), 'primary'),
        button('Draw a circle', 'draw-circle', () => this.drawCircle()),
        button('Type an outline', 'type-polygon', () => this.typed()),
        this.importButton(),
      ),
      ...this.importWords(),
      el('h2', { text: `Zones (${this.zones.length})` }),
      ...search,
      el('ul', { class: 'rows', testid: 'zones' }, ...rows),
      ...(found.length > ROWS_MAX ? [el('p', { class: 'help', text: `${found.length - ROWS_MAX} more; write in “Find” to see them.` })] : []),
    );
  }

  private row(zone: WrittenZone): HTMLElement {
    const people = Number(zone.keys['people'] ?? 0);
    const threshold = this.desk.view?.zones?.[zone.id]?.threshold;
    const facts = [people > 0 ? `${people.toLocaleString('en')} people` : 'nobody counted', threshold ? `from ${oneIn(threshold)}` : ''].filter(Boolean);
    const press = button('', `zone-row-${zone.id}`, () => {
      this.desk.choose({ kind: 'zone', id: zone.id });
      this.showOnMap(zone);
    }, 'pick');
    press.append(el('strong', { text: String(zone.keys['name'] ?? zone.id) }), el('span', { text: facts.join(' · ') }));
    return el('li', {}, press);
  }

  private form(zone: WrittenZone): HTMLElement {
    const { keys } = zone;
    const put = (set: Keys) => this.put(zone.id, set);
    return el('div', {},
      el('div', { class: 'row' }, button('← All zones', 'zone-back', () => this.desk.choose(null)), button('Show on the map', 'zone-show', () => this.showOnMap(zone))),
      el('h2', { text: String(keys['name'] ?? zone.id), testid: 'zone-title' }),
      el('p', { class: 'help', text: `${zone.id}, in ${zone.file}` }),
      field('Name', String(keys['name'] ?? ''), { testid: 'zone-name', standard: zone.id }, (text) => put({ name: text || null })),
      field('Kind', String(keys['kind'] ?? ''), { testid: 'zone-kind', standard: 'other', list: KINDS_OF_ZONE }, (text) => put({ kind: text || null })),
      numberField('People there', keys['people'], { testid: 'zone-people', standard: '0', whole: true }, (people) => put({ people })),
      numberField('Way to shelter', keys['shelter_s'], { testid: 'zone-shelter', unit: 's at a walk', standard: 'there is none' }, (shelter_s) => put({ shelter_s })),
      ...this.threshold(zone),
      ...this.outlineFields(zone),
      el('div', { class: 'row' }, button('Remove this zone', 'zone-remove', () => void this.desk.edit(`Zone ${zone.id} is removed from the draft.`, { edit: 'remove', table: 'zone', id: zone.id }).then(() => this.desk.choose(null)), 'danger')),
    );
  }

  private threshold(zone: WrittenZone): HTMLElement[] {
    const { keys } = zone;
    const policy = this.desk.view?.model?.policy ?? {};
    const site = typeof policy['alarm_probability'] === 'number' ? policy['alarm_probability'] : siteCosts(policy) ?? THRESHOLD;
    const way = typeof keys['alarm_probability'] === 'number' ? 'own' : keys['cost_miss'] !== undefined || keys['cost_false'] !== undefined ? 'costs' : 'site';
    const current = this.desk.view?.zones?.[zone.id]?.threshold ?? site;
    const none: Keys = { alarm_probability: null, cost_false: null, cost_miss: null };
    const choose = (to: string) => this.put(zone.id, to === 'site' ? none : to === 'own' ? { ...none, alarm_probability: current } : { ...none, cost_false: 1, cost_miss: Math.max(1, Math.round((1 - current) / current)) });
    const rows: HTMLElement[] = [
      el('h3', { text: 'When it is warned' }),
      choice('Threshold', way, [['site', `that of the site (${oneIn(site)})`], ['own', 'a chance of its own'], ['costs', 'from costs of its own']], 'zone-threshold', choose),
    ];
    if (way === 'own') {
      rows.push(numberField('Chance', keys['alarm_probability'], { testid: 'zone-chance', help: 'Between 0 and 1: 0.02 is 1 in 50.', required: true }, (value) => this.put(zone.id, { alarm_probability: value })));
    } else if (way === 'costs') {
      rows.push(
        numberField('A needless alarm costs', keys['cost_false'], { testid: 'zone-cost-false', required: true }, (value) => this.put(zone.id, { cost_false: value })),
        numberField('A missed round costs', keys['cost_miss'], { testid: 'zone-cost-miss', required: true, help: 'In the same unit, whichever it is.' }, (value) => this.put(zone.id, { cost_miss: value })),
      );
    }
    rows.push(el('p', { class: 'means', testid: 'zone-means', text: thresholdWords(current) }));
    return rows;
  }

  private outlineFields(zone: WrittenZone): HTMLElement[] {
    const title = el('h3', { text: 'Outline' });
    if (zone.outline && 'circle' in zone.outline) {
      const { circle } = zone.outline;
      return [title,
        field('Centre', placeWords([circle.lon_deg, circle.lat_deg]), { testid: 'zone-centre', help: 'Latitude and longitude, degrees.' }, (text) => {
          const found = readPlace(text);
          if ('fault' in found) return found.fault;
          return this.circle(zone, { ...circle, lon_deg: found.place[0]!, lat_deg: found.place[1]! });
        }),
        numberField('Radius', circle.radius_m, { testid: 'zone-radius', unit: 'm', required: true }, (radius_m) => this.circle(zone, { ...circle, radius_m: radius_m ?? RADIUS_M })),
      ];
    }
    const [outer = [], ...holes] = zone.outline?.polygon ?? [];
    return [title,
      field('Corners', cornersText(outer), { testid: 'zone-corners', multiline: Math.min(12, Math.max(4, outer.length)), help: 'Latitude, longitude; one corner in a line, as one walks around the zone.' }, (text) => {
        const found = readCorners(text);
        if ('fault' in found) return found.fault;
        return this.put(zone.id, { polygon: [found.ring, ...holes] as unknown as Json });
      }),
      ...(holes.length > 0 ? [el('p', { class: 'help', text: `${holes.length} holes; they stay, and are edited as text under “Review”.` })] : []),
    ];
  }

  private put(id: string, set: Keys): void {
    void this.desk.edit(`Zone ${id} is changed in the draft.`, { edit: 'put', table: 'zone', id, set });
  }

  private circle(zone: WrittenZone, circle: Circle): void {
    const radius_m = Math.max(1, Math.round(circle.radius_m * 10) / 10);
    this.put(zone.id, { circle: { lat_deg: rounded(circle.lat_deg), lon_deg: rounded(circle.lon_deg), radius_m } });
  }

  private taken(): Set<string> {
    return new Set(this.zones.map((zone) => zone.id));
  }

  private add(set: Keys): void {
    const id = freeId('zone-new', this.taken());
    void this.desk.edit(`Zone ${id} is drawn; name it.`, { edit: 'put', table: 'zone', id, set: { name: 'New zone', ...set } }).then(() => {
      this.desk.choose({ kind: 'zone', id });
      this.root.querySelector<HTMLInputElement>('[data-testid="zone-name"]')?.select();
    });
  }

  private drawPolygon(): void {
    this.map?.begin({
      kind: 'polygon',
      words: 'Press on the map for each corner, and on the first one to close. By keyboard: arrows move the map, Enter sets a corner at the cross, F finishes, Escape cancels.',
      finish: (ring) => this.add({ polygon: [ring] as unknown as Json }),
      cancel: () => undefined,
    });
  }

  private drawCircle(): void {
    this.map?.begin({
      kind: 'place',
      words: 'Press where the centre is. By keyboard: arrows move the map, Enter sets the centre at the cross, Escape cancels.',
      finish: ([place]) => this.add({ circle: { lat_deg: place![1]!, lon_deg: place![0]!, radius_m: RADIUS_M } }),
      cancel: () => undefined,
    });
  }

  /** A square about the middle of the map, to be corrected as text. */
  private typed(): void {
    const [lon_deg, lat_deg] = this.map?.centre() ?? originOf(this.desk);
    const at = { lat_deg: lat_deg!, lon_deg: lon_deg! };
    const ring = [[-100, -100], [100, -100], [100, 100], [-100, 100]].map(([east, north]) => offset(at, east!, north!).map(rounded));
    this.add({ polygon: [ring] as unknown as Json });
  }

  private importButton(): HTMLElement {
    const input = el('input', { testid: 'import', class: 'unseen', attributes: { type: 'file', accept: '.geojson,.json,.kml,application/geo+json', 'aria-label': 'Import zones from a GeoJSON or KML file', tabindex: '-1' } });
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void this.import(file);
    });
    return el('span', {}, button('Import …', 'import-button', () => input.click()), input);
  }

  private async import(file: File): Promise<void> {
    const { desk } = this;
    if (file.size > FILE_MAX) return desk.say(`${file.name} has ${file.size} bytes; at most ${FILE_MAX} are imported. Divide the file.`, true);
    const text = await file.text();
    await desk.act(async () => {
      if (!desk.view) return;
      this.imported = await desk.api.import(desk.view.draft, text);
    });
    const found = this.imported?.zones ?? [];
    if (found.length > 0) await desk.edit(`${found.length} zones of ${file.name} are in the draft.`, { edit: 'import', zones: found });
    this.draw();
  }

  private importWords(): HTMLElement[] {
    if (!this.imported) return [];
    const { zones, refused } = this.imported;
    const rows = refused.map(({ part, what, remedy }) => el('li', { text: `${part}: ${what}; ${remedy}.` }));
    return [el('div', { class: 'note', testid: 'imported', attributes: { role: 'status' } },
      el('p', { text: `${zones.length} zones were imported, ${refused.length} parts of the file refused.` }),
      el('ul', {}, ...rows.slice(0, ROWS_MAX)),
    )];
  }

  private showOnMap(zone: WrittenZone): void {
    const box = boxAround(rings(zone.outline).flat());
    this.map?.show(box && grow(box, 0.5, 200));
  }
}

function siteCosts(policy: Keys): number | undefined {
  const { cost_false, cost_miss } = policy;
  return typeof cost_false === 'number' && typeof cost_miss === 'number' ? costLoss(cost_false, cost_miss) : undefined;
}

function originOf(desk: Desk): Position {
  const origin = (desk.view?.model?.site['origin'] ?? {}) as Record<string, number>;
  return [origin['lon_deg'] ?? 0, origin['lat_deg'] ?? 0];
}

/** Along the ground, near one place. */
function distance_m(from: Position, to: Position): number {
  const [east, north] = [offset({ lat_deg: from[1]!, lon_deg: from[0]! }, 1000, 0), offset({ lat_deg: from[1]!, lon_deg: from[0]! }, 0, 1000)];
  const east_m = ((to[0]! - from[0]!) / (east[0]! - from[0]!)) * 1000;
  const north_m = ((to[1]! - from[1]!) / (north[1]! - from[1]!)) * 1000;
  return Math.hypot(east_m, north_m);
}
