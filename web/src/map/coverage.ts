/** The choice of what the sensors see: at which height above the ground, and of which sensor. */

import { HEIGHTS_M, readCoverage, type Coverage } from '../contract/coverage';
import type { SensorPlace } from '../contract/site';
import { el } from '../dom';

const NONE: Coverage = { type: 'FeatureCollection', features: [] };
/** Coverages are worked out while the program starts; until then it asks to come again. */
const RETRY_MS = 1_000;
const RETRIES_MAX = 30;

export class CoverageChoice {
  readonly root: HTMLElement;
  private readonly height = el('select', { testid: 'coverage-height', attributes: { 'aria-label': 'Coverage height above ground' } });
  private readonly sensor = el('select', { testid: 'coverage-sensor', attributes: { 'aria-label': 'Coverage of which sensor' } });
  private readonly note = el('span', { class: 'note', testid: 'coverage-note', attributes: { role: 'status' } });
  private readonly known = new Map<string, Coverage>();
  private asked = 0;

  constructor(
    sensors: readonly SensorPlace[],
    private readonly show: (coverage: Coverage) => void,
  ) {
    this.height.append(el('option', { text: 'Coverage: off', attributes: { value: '' } }));
    for (const height_m of HEIGHTS_M) {
      this.height.append(el('option', { text: `seen at ${height_m} m`, attributes: { value: `${height_m}` } }));
    }
    this.sensor.append(el('option', { text: 'all sensors', attributes: { value: '' } }));
    for (const sensor of sensors) this.sensor.append(el('option', { text: sensor.name, attributes: { value: sensor.id } }));
    this.sensor.hidden = true;
    this.height.addEventListener('change', () => void this.choose());
    this.sensor.addEventListener('change', () => void this.choose());
    this.root = el('div', { class: 'coverage', testid: 'coverage' }, this.height, this.sensor, this.note);
  }

  private async choose(): Promise<void> {
    const asked = (this.asked += 1);
    const height_m = this.height.value;
    this.sensor.hidden = height_m === '';
    this.note.textContent = '';
    if (height_m === '') return this.show(NONE);
    try {
      const coverage = this.known.get(height_m) ?? (await this.fetch(height_m));
      // Somebody may have chosen anew while this one was on its way.
      if (asked !== this.asked) return;
      this.known.set(height_m, coverage);
      const wanted = coverage.features.filter((feature) => this.sensor.value === '' || feature.properties.sensor === this.sensor.value);
      this.show({ ...coverage, features: wanted });
      const area_km2 = wanted.reduce((sum, feature) => sum + feature.properties.area_km2, 0);
      this.note.textContent = wanted.length === 1 ? `${Math.round(area_km2)} km²` : 'the brighter, the more sensors';
    } catch (fault) {
      console.warn('The coverage cannot be read:', fault);
      if (asked === this.asked) this.note.textContent = 'cannot be shown';
    }
  }

  private async fetch(height_m: string): Promise<Coverage> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await fetch(`./api/coverage?height_m=${height_m}`);
      if (answer.ok) return readCoverage(await answer.text());
      if (answer.status !== 503 || attempt >= RETRIES_MAX) throw new Error(`the server answered ${answer.status}`);
      this.note.textContent = 'being worked out';
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}
