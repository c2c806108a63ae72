/** The ways out: which are connected, and who has not said that they have an alarm. */

import type { Channel } from '../contract/channels';
import { arrange, el, say } from '../dom';

export class Channels {
  private readonly list = el('ul', { class: 'channels', testid: 'channels' });
  readonly root = el('section', { attributes: { 'aria-label': 'Channels' } }, el('h2', { text: 'Channels' }), this.list);
  private readonly rows = new Map<string, HTMLElement>();

  constructor() {
    this.root.hidden = true;
  }

  update(channels: readonly Channel[]): void {
    this.root.hidden = channels.length === 0;
    const items = channels.map((channel) => {
      let row = this.rows.get(channel.name);
      if (!row) this.rows.set(channel.name, (row = el('li', { testid: 'channel' })));
      row.dataset['state'] = stateOf(channel);
      say(row, wordsOf(channel));
      return row;
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
