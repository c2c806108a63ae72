/** What was told before this page was opened: `GET /api/alarms`. */

import { STAGES, type Stage } from './picture';
import { ContractError, json, list, oneOf, shape, text, type Reader } from './read';

export interface AlarmMessage {
  id: string;
  zone: string;
  zone_name: string;
  stage: Stage;
  /** Milliseconds since 1970 UTC. */
  at: number;
}

/** RFC 3339 in UTC. */
const instant: Reader<number> = (value, path) => {
  const at_ms = Date.parse(text(value, path));
  if (Number.isNaN(at_ms)) throw new ContractError(path, 'an instant', value);
  return at_ms;
};

const messages = list(shape<AlarmMessage>({ id: text, zone: text, zone_name: text, stage: oneOf(STAGES), at: instant }));

/** Throws `ContractError` when the text is not a list of alarm messages this page understands. */
export function readAlarmLog(source: string): AlarmMessage[] {
  return messages(json(source, 'alarms'), 'alarms');
}
