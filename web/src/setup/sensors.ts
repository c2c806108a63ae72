/** Sensors and acoustic nodes of a draft: placing them, their fields, their height over the ground, and what they would see. */

import { el } from '../dom';
import { boxAround, grow } from '../geo/local';
import type { Heights, Json, Keys, Written } from './contract';
import type { Desk } from './desk';
import { keysAt, NODE, PLACEABLE, RECEIVER, SENSOR, valueAt, type FieldOf } from './fields';
import { button, choice, field, numberField, redraw } from './form';
import type { Handle, SetupMap } from './map';
import { placeOf } from './shapes';
import { freeId, placeWords, readPlace } from './words';

/** Heights above the ground at which coverage is asked for first, metres. */
const HEIGHT_M = 500;

type Placed = 'sensor' | 'node';

export class SensorsPanel {
  readonly root = el('div', { class: 'panel-body' });
  private heights: Heights | null = null;
  private heightsOf = '';
  private height_m = HEIGHT_M;
  private covered = false;
  private coveredOf = '';
  private coverageWords = '';

  constructor(
    private readonly desk: Desk,
    private readonly map: SetupMap | null,
  ) {}

  private chosen(): [Placed, Written] | null {
    const { chosen, view } = this.desk;
    if (!view?.model || !chosen || chosen.kind === 'zone') return null;
    const list = chosen.kind === 'sensor' ? view.model.sensors : view.model.nodes;
    const found = list.find((sensor) => sensor.id === chosen.id);
    return found ? [chosen.kind, found] : null;
  }

  draw(): void {
    const chosen = this.chosen();
    redraw(this.root, chosen ? this.form(...chosen) : this.list());
    void this.askHeights();
    if (this.covered) void this.askCoverage();
  }

  handles(): Handle[] {
    const chosen = this.chosen();
    const place = chosen && placeOf(chosen[1].keys);
    if (!chosen || !place) return [];
    const moved = ([lon_deg, lat_deg]: number[]) => this.put(chosen[0], chosen[1].id, { position: { lat_deg: lat_deg!, lon_deg: lon_deg! } });
    return [{ place: [place.lon_deg, place.lat_deg], words: `${chosen[1].id}. Arrow keys move it.`, moved }];
  }

  private list(): HTMLElement {
    const model = this.desk.view?.model;
    const row = (kind: Placed) => (sensor: Written) => {
      const press = button('', `sensor-row-${sensor.id}`, () => {
        this.desk.choose({ kind, id: sensor.id });
        const place = placeOf(sensor.keys);
        this.map?.show(place && grow(boxAround([[place.lon_deg, place.lat_deg]])!, 0, 2000));
      }, 'pick');
      press.append(el('strong', { text: sensor.id }), el('span', { text: kind === 'node' ? 'acoustic node' : sensorWords(sensor.keys) }));
      return el('li', {}, press);
    };
    const word = el('select', { testid: 'place-kind', attributes: { 'aria-label': 'What to place' } }, ...PLACEABLE.map(({ word, label }) => el('option', { text: label, attributes: { value: word } })));
    return el('div', {},
      el('div', { class: 'row' }, word, button('Place on the map', 'place', () => this.place(word.value), 'primary')),
      this.coverageBox(),
      el('h2', { text: `Sensors (${model?.sensors.length ?? 0})` }),
      el('ul', { class: 'rows', testid: 'sensors' }, ...(model?.sensors ?? []).map(row('sensor'))),
      ...(model && model.nodes.length > 0 ? [el('h2', { text: `Acoustic nodes (${model.nodes.length})` }), el('ul', { class: 'rows' }, ...model.nodes.slice(0, 200).map(row('node')))] : []),
    );
  }

  private form(kind: Placed, sensor: Written): HTMLElement {
    const { keys, id } = sensor;
    const put = (set: Keys) => this.put(kind, id, set);
    const isReceiver = typeof keys['feed'] === 'string' || (typeof keys['kind'] === 'string' && keys['kind'] !== 'radar');
    const fields = kind === 'node' ? NODE : isReceiver ? RECEIVER : SENSOR;
    return el('div', {},
      el('div', { class: 'row' }, button('← All sensors', 'sensor-back', () => this.desk.choose(null))),
      el('h2', { text: id, testid: 'sensor-title' }),
      el('p', { class: 'help', text: `${kind === 'node' ? 'acoustic node' : sensorWords(keys)}, in ${sensor.file}` }),
      ...this.placeFields(kind, sensor),
      ...(kind === 'sensor' ? this.speaks(sensor) : []),
      ...(kind === 'sensor' && !isReceiver ? [this.pair('Range', 'range_m', 'm', keys, put), this.pair('Elevation', 'elevation_deg', '°', keys, put), this.scan(keys, put)] : []),
      ...fields.map((of) => this.number(of, keys, put)),
      this.coverageBox(),
      el('div', { class: 'row' }, button(`Remove this ${kind}`, 'sensor-remove', () => void this.desk.edit(`${id} is removed from the draft.`, { edit: 'remove', table: kind, id }).then(() => this.desk.choose(null)), 'danger')),
    );
  }

  private placeFields(kind: Placed, { id, keys }: Written): HTMLElement[] {
    const place = placeOf(keys);
    const height_m = valueAt(keys, 'position.height_m');
    const ground_m = this.heights?.ground_m[id];
    const above = typeof height_m === 'number' && ground_m !== undefined ? (height_m - ground_m).toFixed(1) : '';
    const ground = ground_m === undefined ? 'The ground under it is not known while the draft has errors.' : `The ground here is ${ground_m.toFixed(1)} m${this.heights?.terrain ? ' by the elevation model' : ', taken as level'}.`;
    const setHeight = (value: number | null) => this.put(kind, id, { position: { height_m: value } });
    return [
      field('Place', place ? placeWords([place.lon_deg, place.lat_deg]) : '', { testid: 'sensor-place', help: 'Latitude and longitude of the antenna, as surveyed: 50 m here are 50 m in every prediction.' }, (text) => {
        const found = readPlace(text);
        if ('fault' in found) return found.fault;
        return this.put(kind, id, { position: { lat_deg: found.place[1]!, lon_deg: found.place[0]! } });
      }),
      numberField('Height above sea level', height_m, { testid: 'sensor-height', unit: 'm', standard: kind === 'node' ? 'the ground' : '' }, setHeight),
      numberField('… above the ground', above, { testid: 'sensor-above', unit: 'm', help: ground }, (value) => {
        if (value !== null && ground_m !== undefined) setHeight(Math.round((ground_m + value) * 10) / 10);
      }),
    ];
  }

  /** Who speaks for a sensor: each of the ways that the site file knows has its own keys. */
  private speaks({ id, keys }: Written): HTMLElement[] {
    const put = (set: Keys) => this.put('sensor', id, set);
    const lists = (label: string, key: string, testid: string, help: string) =>
      field(label, (Array.isArray(keys[key]) ? (keys[key] as Json[]) : []).join('\n'), { testid, multiline: 2, help }, (text) => put({ [key]: text ? text.split(/\s+/) : null }));
    if (keys['asterix']) {
      const octet = (key: string) => numberField(key.toUpperCase(), valueAt(keys, `asterix.${key}`), { testid: `sensor-${key}`, whole: true, required: true }, (value) => put({ asterix: { [key]: value } }));
      return [octet('sac'), octet('sic'), lists('Lines', 'links', 'sensor-links', 'udp://address:port, one in a line.'), lists('Only these may send', 'senders', 'sensor-senders', 'Addresses, one in a line; nobody here is anybody.')];
    }
    if (typeof keys['feed'] === 'string') return [field('Feed', keys['feed'], { testid: 'sensor-feed', help: 'tcp:// connects to it, tcp-listen:// lets it connect.' }, (text) => put({ feed: text || null }))];
    return [];
  }

  private pair(label: string, key: string, unit: string, keys: Keys, put: (set: Keys) => void): HTMLElement {
    const found = Array.isArray(keys[key]) ? (keys[key] as Json[]) : [];
    return field(label, found.join(' to '), { testid: `sensor-${key}`, unit, help: 'Lowest and highest: 400 to 25000.' }, (text) => {
      const numbers = text.split(/\s*(?:to|\.\.|,|–)\s*/).map(Number);
      if (numbers.length !== 2 || !numbers.every(Number.isFinite)) return 'Write two numbers: 400 to 25000.';
      return put({ [key]: numbers });
    });
  }

  private scan(keys: Keys, put: (set: Keys) => void): HTMLElement {
    return choice('Antenna', String(keys['scan'] ?? 'rotating'), [['rotating', 'rotating: the beam passes by'], ['staring', 'staring: all is looked at together']], 'sensor-scan', (scan) => put({ scan }));
  }

  private number(of: FieldOf, keys: Keys, put: (set: Keys) => void): HTMLElement {
    const options = { testid: `sensor-${of.key}`, unit: of.unit, standard: of.standard, ...(of.help ? { help: of.help } : {}), whole: of.whole ?? false };
    return numberField(of.label, valueAt(keys, of.key), options, (value) => put(keysAt(of.key, value)));
  }

  private put(kind: Placed, id: string, set: Keys): void {
    void this.desk.edit(`${id} is changed in the draft.`, { edit: 'put', table: kind, id, set });
  }

  private place(word: string): void {
    const what = PLACEABLE.find((entry) => entry.word === word);
    const model = this.desk.view?.model;
    if (!what || !model) return;
    const taken = new Set([...model.sensors, ...model.nodes].map((sensor) => sensor.id));
    const id = freeId(`${what.word}-new`, taken);
    const set = (lat_deg: number, lon_deg: number): Keys => ({
      ...what.keys(model.sensors.length + 1),
      position: { lat_deg, lon_deg, ...(what.kind === 'sensor' ? { height_m: originHeight(model.site) } : {}) },
    });
    const finish = (lat_deg: number, lon_deg: number) =>
      void this.desk.edit(`${id} is placed; correct its fields.`, { edit: 'put', table: what.kind, id, set: set(lat_deg, lon_deg) }).then(() => this.desk.choose({ kind: what.kind, id }));
    if (!this.map) return finish(Number(valueAt(model.site, 'origin.lat_deg')), Number(valueAt(model.site, 'origin.lon_deg')));
    this.map.begin({
      kind: 'place',
      words: `Press where it stands. By keyboard: arrows move the map, Enter places it at the cross, Escape cancels.`,
      finish: ([at]) => finish(at![1]!, at![0]!),
      cancel: () => undefined,
    });
  }

  private coverageBox(): HTMLElement {
    const shown = el('input', { testid: 'coverage-on', attributes: { type: 'checkbox', id: 'coverage-on' } });
    shown.checked = this.covered;
    shown.addEventListener('change', () => {
      this.covered = shown.checked;
      this.coveredOf = '';
      if (this.covered) void this.askCoverage();
      else this.uncover();
    });
    return el('div', { class: 'box' },
      el('div', { class: 'check' }, shown, el('label', { text: 'Show what the sensors would see', attributes: { for: 'coverage-on' } })),
      numberField('at a height above the ground of', this.height_m, { testid: 'coverage-height', unit: 'm', required: true, help: '0 to 20000.' }, (value) => {
        this.height_m = value ?? HEIGHT_M;
        this.coveredOf = '';
        if (this.covered) void this.askCoverage();
      }),
      el('p', { class: 'help', testid: 'coverage-words', text: this.coverageWords, attributes: { role: 'status' } }),
    );
  }

  private uncover(): void {
    this.map?.coverage(null);
    this.tellCoverage('');
  }

  private tellCoverage(words: string): void {
    this.coverageWords = words;
    const place = this.root.querySelector<HTMLElement>('[data-testid="coverage-words"]');
    if (place) place.textContent = words;
  }

  /** Of this draft as it is now; asked again after each change. */
  private async askCoverage(): Promise<void> {
    const { view } = this.desk;
    const of = `${view?.draft} ${view?.revision} ${this.height_m}`;
    if (!view || of === this.coveredOf) return;
    this.coveredOf = of;
    this.tellCoverage('Being worked out …');
    try {
      const coverage = await this.desk.api.coverage(view.draft, this.height_m);
      if (of !== this.coveredOf) return;
      this.map?.coverage(coverage);
      const areas = coverage.features.map(({ properties }) => `${properties.sensor} ${Math.round(properties.area_km2)} km²`);
      this.tellCoverage(`At ${this.height_m} m: ${areas.join(', ')}. The brighter, the more sensors.`);
    } catch (fault) {
      if (of === this.coveredOf) this.tellCoverage(fault instanceof Error ? `Not shown: ${fault.message}.` : 'Not shown.');
    }
  }

  private async askHeights(): Promise<void> {
    const { view } = this.desk;
    const of = `${view?.draft} ${view?.revision}`;
    if (!view || of === this.heightsOf) return;
    this.heightsOf = of;
    const heights = await this.desk.api.heights(view.draft).catch(() => null);
    if (of !== this.heightsOf) return;
    this.heights = heights;
    if (this.chosen()) this.draw();
  }
}

function sensorWords(keys: Keys): string {
  const [sac, sic] = [valueAt(keys, 'asterix.sac'), valueAt(keys, 'asterix.sic')];
  const who = sac !== undefined ? `ASTERIX ${String(sac)}/${String(sic)}` : keys['sapient'] ? 'SAPIENT' : keys['lines'] ? 'JSON Lines' : 'squitters';
  return typeof keys['kind'] === 'string' ? `${keys['kind']}, ${who}` : who;
}

function originHeight(site: Keys): number {
  const found = valueAt(site, 'origin.height_m');
  return typeof found === 'number' ? found + 10 : 10;
}
