/** How every way out stands: `GET /api/channels`. */

import { count, flag, json, list, notNegative, nullable, number, record, shape, text } from './read';

export interface Channel {
  name: string;
  kind: string;
  connected: boolean;
  last_error: string | null;
  /** Who has not acknowledged, and for how long, seconds. */
  unacknowledged: Record<string, number>;
  /** Alarm messages that went out, and acknowledgements that came. */
  sent?: number | null;
  acknowledged?: number | null;
  /** Messages that wait. */
  queued?: number | null;
  /** When something last went well. */
  last_success_ms?: number | null;
}

const channels = list(
  shape<Channel>({
    name: text, kind: text, connected: flag, last_error: nullable(text), unacknowledged: record(notNegative), sent: nullable(count),
    acknowledged: nullable(count), queued: nullable(count), last_success_ms: nullable(number),
  }),
);

export function readChannels(source: string): Channel[] {
  return channels(json(source, 'channels'), 'channels');
}
