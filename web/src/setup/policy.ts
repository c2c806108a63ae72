/** What the owner of the site decides, with what each decision does. */

import { el } from '../dom';
import type { Keys } from './contract';
import type { Desk } from './desk';
import { POLICY } from './fields';
import { choice, field, numberField, redraw } from './form';
import { costLoss, thresholdChange, thresholdWords } from './words';

const THRESHOLD = 0.1;

export class PolicyPanel {
  readonly root = el('div', { class: 'panel-body' });

  constructor(private readonly desk: Desk) {}

  draw(): void {
    const model = this.desk.view?.model;
    if (!model) return redraw(this.root, el('p', { text: 'The site file is no TOML: correct it under “Review”.' }));
    const { policy } = model;
    const put = (set: Keys) => void this.desk.edit('The policy is changed in the draft.', { edit: 'set', table: 'policy', set });
    redraw(this.root,
      el('h2', { text: 'When people are warned' }),
      ...this.threshold(policy, put),
      choice('Posture at the start', String(policy['posture'] ?? 'normal'), [['normal', 'normal'], ['heightened', 'heightened: an attack is expected']], 'policy-posture', (posture) => put({ posture })),
      this.changes(),
      el('h2', { text: 'Everything else' }),
      ...POLICY.map((of) => {
        const options = { testid: `policy-${of.key}`, unit: of.unit, standard: of.standard, whole: of.whole ?? false, ...(of.help ? { help: of.help } : {}) };
        return numberField(of.label, policy[of.key], options, (value) => put({ [of.key]: value }));
      }),
      el('h2', { text: 'Map under the picture' }),
      field('PMTiles file', String(model.map['pmtiles'] ?? ''), { testid: 'map-pmtiles', standard: 'none', help: 'A file in the site folder: vector or raster tiles, drawn under everything else.' }, (text) =>
        void this.desk.edit('The map is changed in the draft.', { edit: 'set', table: 'map', set: { pmtiles: text || null } }),
      ),
    );
  }

  private threshold(policy: Keys, put: (set: Keys) => void): HTMLElement[] {
    const { cost_false, cost_miss, alarm_probability } = policy;
    const byCosts = cost_false !== undefined || cost_miss !== undefined;
    const chance = typeof alarm_probability === 'number' ? alarm_probability : byCosts ? costLoss(Number(cost_false), Number(cost_miss)) : THRESHOLD;
    const choose = (to: string) => put(to === 'costs'
      ? { alarm_probability: null, cost_false: 1, cost_miss: Math.max(1, Math.round((1 - chance) / chance)) }
      : { alarm_probability: chance, cost_false: null, cost_miss: null });
    const fields = byCosts
      ? [
          numberField('A needless alarm costs', cost_false, { testid: 'policy-cost-false', required: true }, (value) => put({ cost_false: value })),
          numberField('A missed round costs', cost_miss, { testid: 'policy-cost-miss', required: true, help: 'In the same unit, whichever it is.' }, (value) => put({ cost_miss: value })),
        ]
      : [numberField('Chance from which zones are warned', alarm_probability, { testid: 'policy-chance', standard: String(THRESHOLD), help: 'Between 0 and 1: 0.02 is 1 in 50.' }, (value) => put({ alarm_probability: value }))];
    const zones = this.desk.view?.model?.zones ?? [];
    const own = zones.filter(({ keys }) => keys['alarm_probability'] !== undefined || keys['cost_miss'] !== undefined).length;
    return [
      choice('Said as', byCosts ? 'costs' : 'chance', [['chance', 'a chance'], ['costs', 'costs']], 'policy-way', choose),
      ...fields,
      el('p', { class: 'means', testid: 'policy-means', text: thresholdWords(chance) }),
      el('p', { class: 'help', text: `${zones.length - own} of ${zones.length} zones follow it; ${own} have a threshold of their own.` }),
    ];
  }

  /** What the draft changes of thresholds, zone by zone. */
  private changes(): HTMLElement {
    const changes = (this.desk.view?.changes ?? []).filter((change) => change.key === 'warned from');
    const rows = changes.map(({ subject, from, to }) => {
      const [before, after] = [from, to].map((words) => 1 / Number(words?.replace('1 in ', '')));
      return el('li', { text: `${subject}: ${from} → ${to}. ${thresholdChange(before!, after!)}` });
    });
    if (rows.length === 0) return el('p', { class: 'help', testid: 'policy-changes', text: 'This draft changes no threshold.' });
    return el('ul', { class: 'note', testid: 'policy-changes' }, ...rows);
  }
}

