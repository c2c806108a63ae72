/** A drill: another program beside this one, an exercise from its first word to its last. */

import { el } from '../dom';
import type { Desk } from './desk';
import { button, redraw } from './form';

export class DrillPanel {
  readonly root = el('div', { class: 'panel-body' });
  private made: Record<string, unknown> | null = null;

  constructor(private readonly desk: Desk) {}

  draw(): void {
    const live = this.desk.status?.mode === 'live';
    const make = button('Make the drill', 'drill-make', () => void this.make(), 'primary');
    redraw(this.root,
      el('h2', { text: 'Run a drill' }),
      el('p', {
        text: live
          ? 'This program is live: an alarm raised here is an alarm. A drill is therefore another program: the same zones, sensors and thresholds, and nothing of the outside.'
          : 'This program is an exercise already, and every word it says is marked so. A drill of its own leaves it as it is.',
      }),
      el('ul', {},
        el('li', { text: 'It is an exercise: its site file says so, and no button and no flag changes that.' }),
        el('li', { text: 'It hears simulated sensors of this machine only, on ports of its own.' }),
        el('li', { text: 'It has no siren, no broker, no webhook, no CAP endpoint and no TAK: it cannot reach anybody.' }),
        el('li', { text: 'Its page is marked EXERCISE throughout, at an address of its own.' }),
      ),
      el('div', { class: 'row' }, make),
      ...this.steps(),
    );
  }

  private async make(): Promise<void> {
    await this.desk.act(async () => {
      this.made = await this.desk.api.drill();
      this.desk.say('The drill is made: drill/site.toml. Start it beside this program.');
    });
    this.draw();
  }

  private steps(): HTMLElement[] {
    if (!this.made) return [];
    const page = String(this.made['page']);
    return [el('ol', { class: 'note good', testid: 'drill-steps' },
      el('li', {}, el('span', { text: 'In a terminal on this machine: ' }), el('code', { text: String(this.made['start']) })),
      el('li', {}, el('span', { text: 'Open its page: ' }), el('a', { text: page, attributes: { href: page } })),
      el('li', { text: 'Let somebody raise an exercise alarm there under “On duty”, and a second person confirm it; or play an attack with parapet-lab feed.' }),
      el('li', { text: 'Stop it with Ctrl-C. Its recording is in drill/out.' }),
    )];
  }
}
