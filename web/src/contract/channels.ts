/** How every way out stands: `GET /api/channels`. */

import { flag, json, list, notNegative, nullable, record, shape, text } from './read';

export interface Channel {
  name: string;
  kind: string;
  connected: boolean;
  last_error: string | null;
  /** Who has not acknowledged, and for how long, seconds. */
  unacknowledged: Record<string, number>;
}

const channels = list(
  shape<Channel>({ name: text, kind: text, connected: flag, last_error: nullable(text), unacknowledged: record(notNegative) }),
);

export function readChannels(source: string): Channel[] {
  return channels(json(source, 'channels'), 'channels');
}
