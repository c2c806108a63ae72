/** The ways out: which are connected, and who has not said that they have an alarm. */

import type { Channel } from '../contract/channels';
import { arrange, el, say } from '../dom';
import { age } from '../picture/health';

class Row {
  private readonly words = el('span', { testid: 'channel' });
  private readonly facts = el('span', { class: 'facts' });
  readonly item = el('li', {}, this.words, this.facts);

  tell(channel: Channel, now_ms: number): void {
    this.item.dataset['state'] = stateOf(channel);
    say(this.words, wordsOf(channel));
    say(this.facts, factsOf(channel, now_ms));
  }
}

export class Channels {
  private readonly list = el('ul', { class: 'channels', testid: 'channels' });
  readonly root = el('section', { attributes: { 'aria-label': 'Channels' } }, el('h2', { text: 'Channels' }), this.list);
  private readonly rows = new Map<string, Row>();

  constructor() {
    this.root.hidden = true;
  }

  update(channels: readonly Channel[], now_ms: number): void {
    this.root.hidden = channels.length === 0;
    const items = channels.map((channel) => {
      let row = this.rows.get(channel.name);
      if (!row) this.rows.set(channel.name, (row = new Row()));
      row.tell(channel, now_ms);
      return row.item;
    });
    arrange(this.list, items);
  }
}

function stateOf({ connected, unacknowledged }: Channel): 'missed' | 'ok' | 'down' {
  if (Object.keys(unacknowledged).length > 0) return 'missed';
  return connected ? 'ok' : 'down';
}

export function wordsOf(channel: Channel): string {
  const missed = Object.keys(channel.unacknowledged);
  switch (stateOf(channel)) {
    case 'missed':
      return `✕ ${channel.name}: NOT REACHED: ${missed.slice(0, 8).join(', ')}${missed.length > 8 ? ` and ${missed.length - 8} more` : ''}`;
    case 'ok':
      return `▲ ${channel.name}: connected`;
    case 'down':
      return `△ ${channel.name}: ${channel.last_error ?? 'not heard yet'}`;
  }
}

function factsOf({ kind, sent, acknowledged, queued, last_success_ms }: Channel, now_ms: number): string {
  return [
    kind,
    sent ? `${sent} told${acknowledged ? `, ${acknowledged} acknowledged` : ''}` : '',
    queued ? `${queued} waiting` : '',
    last_success_ms ? `well ${age(last_success_ms, now_ms)} ago` : '',
  ].filter(Boolean).join(' · ');
}
