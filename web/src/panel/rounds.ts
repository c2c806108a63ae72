/** The rounds in the air, soonest first: what each is, how surely, where it falls, when, and how old that is. */

import type { Picture, Threat } from '../contract/picture';
import { arrange, el, say } from '../dom';
import { age } from '../picture/health';
import { callOf, oddsOf } from '../picture/tracks';
import { isActive, left } from '../picture/words';

const ROWS_MAX = 12;

class Row {
  private readonly name = el('span', { class: 'name' });
  private readonly seconds = el('span', { class: 'seconds', testid: 'round-seconds' });
  private readonly facts = el('span', { class: 'facts', testid: 'round-facts' });
  readonly item = el('li', { class: 'round', testid: 'round' }, this.name, this.seconds, this.facts);

  tell(threat: Threat, { track, zones, now_ms }: { track: Picture['tracks'][number] | undefined; zones: string; now_ms: number }): void {
    const seconds = Math.floor((threat.impact.at_ms - now_ms) / 1000);
    this.item.dataset['alarming'] = String(zones !== '');
    say(this.name, track ? `${callOf(track)} ${oddsOf(track)}`.trim() : `round ${threat.track}`);
    say(this.seconds, seconds < 0 ? 'fallen' : left(seconds));
    const { semi_major_m, semi_minor_m } = threat.impact.ellipse;
    say(this.facts, [
      zones || 'no zone under it',
      `± ${threat.impact.sigma_time_s.toFixed(1)} s`,
      `${Math.round(2 * semi_major_m)} × ${Math.round(2 * semi_minor_m)} m`,
      track ? `${age(track.updated_ms, now_ms)} old` : 'track lost',
    ].join(' · '));
  }
}

export class Rounds {
  private readonly list = el('ul', { testid: 'rounds' });
  private readonly more = el('p', { class: 'more' });
  readonly root = el('section', { class: 'rounds', attributes: { 'aria-label': 'Rounds in the air' } }, el('h2', { text: 'Rounds in the air' }), this.list, this.more);
  private readonly rows = new Map<number, Row>();

  /** `known` is false while nothing is heard of the server. */
  update({ threats, tracks, alarms }: Picture, now_ms: number, known: boolean): void {
    const soonest = [...threats].sort((a, b) => a.impact.at_ms - b.impact.at_ms || a.track - b.track);
    const shown = soonest.slice(0, ROWS_MAX);
    const wanted = new Set(shown.map((threat) => threat.track));
    for (const track of this.rows.keys()) if (!wanted.has(track)) this.rows.delete(track);
    const flying = new Map(tracks.filter((track) => wanted.has(track.id)).map((track) => [track.id, track]));
    const active = alarms.filter(isActive);
    const items = shown.map((threat) => {
      let row = this.rows.get(threat.track);
      if (!row) this.rows.set(threat.track, (row = new Row()));
      const zones = active.filter((alarm) => alarm.threats.includes(threat.track)).map((alarm) => alarm.zone_name);
      row.tell(threat, { track: flying.get(threat.track), zones: listed(zones, 2), now_ms });
      return row.item;
    });
    arrange(this.list, items);
    say(this.more, threats.length === 0 ? (known ? 'None' : 'Not known.') : threats.length > ROWS_MAX ? `and ${threats.length - ROWS_MAX} more` : '');
    this.more.hidden = this.more.textContent === '';
  }
}

/** The first few names, and how many more there are. */
export function listed(names: readonly string[], shown: number): string {
  const more = names.length - shown;
  return names.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
