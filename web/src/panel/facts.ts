/** Counters and sensors: whether the machine itself is well. */

import type { Picture, SensorHealth, SensorState } from '../contract/picture';
import type { SensorPlace } from '../contract/site';
import { arrange, el, say } from '../dom';
import { age } from '../picture/health';

const COUNTERS = ['tracks', 'threats', 'heard', 'used', 'refused', 'recording'] as const;
const TITLES: Record<(typeof COUNTERS)[number], string> = {
  tracks: 'Tracks', threats: 'Threats', heard: 'Plots heard', used: 'Plots used', refused: 'Plots refused', recording: 'Recording',
};

export class Counters {
  private readonly values = new Map(COUNTERS.map((name) => [name, el('dd', { testid: `count-${name}`, text: '–' })]));
  private readonly recording: HTMLElement;
  readonly root: HTMLElement;

  constructor() {
    const cells = COUNTERS.map((name) =>
      el('div', name === 'recording' ? { class: 'wide' } : {}, el('dt', { text: TITLES[name] }), this.values.get(name)!),
    );
    this.recording = cells.at(-1)!;
    this.root = el(
      'section',
      { attributes: { 'aria-label': 'Counters' } },
      el('h2', { text: 'Picture' }),
      el('dl', { class: 'facts-grid' }, ...cells),
    );
  }

  update({ tracks, threats, counts }: Picture): void {
    const texts = {
      tracks: group(tracks.length), threats: group(threats.length),
      heard: group(counts.heard), used: group(counts.used), refused: group(counts.refused), recording: counts.recording,
    };
    for (const name of COUNTERS) say(this.values.get(name)!, texts[name]);
    this.recording.dataset['state'] = counts.recording === 'ok' ? 'ok' : 'failed';
  }
}

/** Thousands apart by a narrow space, the same in every language. */
function group(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

const STATE_SIGNS: Record<SensorState, string> = { ok: '▲', silent: '✕', never_heard: '△' };

export class Sensors {
  private readonly list = el('ul', { class: 'sensors', testid: 'sensors' });
  readonly root = el('section', { attributes: { 'aria-label': 'Sensors' } }, el('h2', { text: 'Sensors' }), this.list);
  private readonly rows = new Map<string, { sign: HTMLElement; state: HTMLElement; plots: HTMLElement; item: HTMLElement }>();

  constructor(sensors: readonly SensorPlace[]) {
    for (const sensor of sensors) {
      const sign = el('span', { class: 'sign', attributes: { 'aria-hidden': 'true' } });
      const state = el('span', { class: 'state', testid: 'sensor-state' });
      const plots = el('span', { class: 'plots' });
      const name = el('span', { class: 'name', text: sensor.name });
      const item = el('li', { class: 'sensor', testid: 'sensor' }, sign, name, state, plots);
      item.dataset['sensor'] = sensor.id;
      this.rows.set(sensor.id, { sign, state, plots, item });
    }
    arrange(this.list, [...this.rows.values()].map((row) => row.item));
  }

  update(health: readonly SensorHealth[], now_ms: number): void {
    for (const sensor of health) {
      const row = this.rows.get(sensor.id);
      if (!row) continue;
      row.item.dataset['state'] = sensor.state;
      row.item.dataset['troubled'] = String(sensor.troubles.length > 0);
      say(row.sign, STATE_SIGNS[sensor.state]);
      say(row.state, stateWords(sensor, now_ms));
      say(row.plots, `${heard(sensor, now_ms)}${group(sensor.plots)} plots, ${group(sensor.refused)} refused`);
    }
  }
}

function heard({ last_heard_ms }: SensorHealth, now_ms: number): string {
  return last_heard_ms === null ? '' : `heard ${age(last_heard_ms, now_ms)} ago · `;
}

export function stateWords(sensor: SensorHealth, now_ms: number): string {
  if (sensor.state === 'ok') return sensor.troubles.length === 0 ? 'ok' : sensor.troubles.join('; ');
  if (sensor.state === 'never_heard' || sensor.last_heard_ms === null) return 'never heard';
  return `silent for ${Math.max(0, Math.floor((now_ms - sensor.last_heard_ms) / 1000))} s`;
}
