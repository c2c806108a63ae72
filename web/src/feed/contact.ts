/** Whether what is on the screen is fresh, and how long to wait before calling again. */

/** The server promises a picture at least once per second; two missed and a half is no longer chance. */
export const SILENCE_MS_MAX = 2_500;

/** A connection that is open but silent this long is dead (half-open TCP, a sleeping proxy): hang up and call again. */
export const HANG_UP_MS = 5_000;

const RETRY_FIRST_MS = 250;
const RETRY_MS_MAX = 4_000;

/** Back-off before attempt number `attempt` (0 is the first retry). */
export function retryDelay_ms(attempt: number): number {
  return Math.min(RETRY_MS_MAX, RETRY_FIRST_MS * 2 ** Math.min(attempt, 10));
}

export type Contact =
  | { kind: 'connecting' }
  | { kind: 'ok' }
  /** Nothing readable for `silent_ms`; `ever` tells whether a picture was ever received. */
  | { kind: 'lost'; silent_ms: number; ever: boolean }
  /** The server said goodbye. */
  | { kind: 'ended'; silent_ms: number };

export interface Heard {
  /** When the page began to listen, local monotonic clock. */
  began_ms: number;
  /** When the last readable picture came, or null. */
  last_ms: number | null;
  /** When the server announced its end, or null; cleared by the next picture. */
  ended_ms: number | null;
}

export function contactAt(heard: Heard, local_ms: number): Contact {
  if (heard.ended_ms !== null) return { kind: 'ended', silent_ms: local_ms - heard.ended_ms };
  const silent_ms = local_ms - (heard.last_ms ?? heard.began_ms);
  if (silent_ms > SILENCE_MS_MAX) return { kind: 'lost', silent_ms, ever: heard.last_ms !== null };
  return heard.last_ms === null ? { kind: 'connecting' } : { kind: 'ok' };
}
