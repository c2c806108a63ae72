/**
 * Whether the system is well: one word for a glance, and every reason behind it.
 *
 * Blind is worse than degraded: nobody would be seen. Both are worse than an alarm that is not there, because silence would then be
 * taken for safety.
 */

import type { Channel } from '../contract/channels';
import type { Picture, SensorHealth } from '../contract/picture';

export type WellTone = 'well' | 'degraded' | 'blind' | 'unknown';

export interface Wellness {
  tone: WellTone;
  /** The one line. */
  words: string;
  /** Everything that is wrong, worst first. */
  reasons: string[];
}

export interface Asked {
  /** Whether what is shown is fresh. */
  inContact: boolean;
  picture: Picture | null;
  /** Null where it could not be asked. */
  channels: readonly Channel[] | null;
  names: ReadonlyMap<string, string>;
  now_ms: number;
  /** Datagrams lost within the last minute. */
  lost: number;
}

export function wellness(asked: Asked): Wellness {
  const { picture, inContact } = asked;
  if (!inContact || !picture) return { tone: 'unknown', words: 'System not known', reasons: ['no contact with the server'] };
  const reasons = [...sensorReasons(asked, picture.sensors), ...outputReasons(picture), ...channelReasons(asked.channels)];
  if (asked.lost > 0) reasons.push(`${asked.lost} deliveries of sensors lost within a minute: the machine is too busy`);
  const seeing = picture.sensors.filter((sensor) => sensor.state === 'ok').length;
  if (seeing === 0) return { tone: 'blind', words: 'BLIND: no sensor is heard', reasons };
  if (reasons.length === 0) return { tone: 'well', words: 'System well', reasons };
  const more = reasons.length > 1 ? ` and ${reasons.length - 1} more` : '';
  return { tone: 'degraded', words: `DEGRADED: ${reasons[0]}${more}`, reasons };
}

function sensorReasons({ names, now_ms }: Asked, sensors: readonly SensorHealth[]): string[] {
  const reasons: string[] = [];
  for (const sensor of sensors) {
    const name = names.get(sensor.id) ?? sensor.id;
    if (sensor.state === 'never_heard' || (sensor.state === 'silent' && sensor.last_heard_ms === null)) reasons.push(`${name} never heard`);
    else if (sensor.state === 'silent') reasons.push(`${name} silent for ${seconds(now_ms - sensor.last_heard_ms!)}`);
    for (const trouble of sensor.troubles) reasons.push(`${name}: ${trouble}`);
  }
  return reasons;
}

function outputReasons({ counts }: Picture): string[] {
  const reasons: string[] = [];
  if (counts.alarm_output && counts.alarm_output !== 'ok') reasons.push(`alarms cannot be written: ${counts.alarm_output}`);
  if (counts.recording !== 'ok') reasons.push(`recording ${counts.recording}`);
  return reasons;
}

function channelReasons(channels: readonly Channel[] | null): string[] {
  if (channels === null) return ['the channels cannot be asked'];
  const missed = channels.flatMap((channel) => Object.keys(channel.unacknowledged).map((receiver) => `${receiver} has not answered`));
  const down = channels.filter((channel) => !channel.connected).map((channel) => `${channel.name} not connected`);
  return [...missed, ...down];
}

/** An age in the fewest characters that still mean something. */
export function age(from_ms: number, now_ms: number): string {
  const ms = Math.max(0, now_ms - from_ms);
  return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : seconds(ms);
}

export function seconds(ms: number): string {
  const whole = Math.max(0, Math.floor(ms / 1000));
  if (whole < 120) return `${whole} s`;
  return whole < 7_200 ? `${Math.floor(whole / 60)} min` : `${Math.floor(whole / 3600)} h`;
}

/** How many were lost within the last minute, from a count that only grows. */
export class Losses {
  private seen: { at_ms: number; count: number }[] = [];

  add(count: number, at_ms: number): number {
    const last = this.seen.at(-1);
    // A count that has fallen is that of another program.
    if (last && count < last.count) this.seen = [];
    if (!last || count !== last.count || at_ms - last.at_ms >= 1_000) this.seen.push({ at_ms, count });
    while (this.seen.length > 1 && at_ms - this.seen[1]!.at_ms > 60_000) this.seen.shift();
    return count - this.seen[0]!.count;
  }
}
