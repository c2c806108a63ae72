/**
 * The server's clock as seen from this browser.
 *
 * Every picture carries the server's time. It arrives late by the network's delay, so each one *under*-estimates how
 * far the server's clock is ahead of ours; the largest recent estimate is the least delayed and the best. Taking the
 * largest also errs to the safe side: a countdown can show too few seconds, not too many.
 *
 * The local side must be a monotonic clock (`performance.now()`): the browser's wall clock may be wrong and may jump.
 * Only the last few seconds count, so a step of the server's clock is followed in both directions.
 */

const WINDOW_MS = 10_000;
const SAMPLES_MAX = 64;

export class ServerClock {
  private samples: { at_ms: number; ahead_ms: number }[] = [];

  /** A picture stamped `server_ms` was received at `local_ms`. */
  heard(server_ms: number, local_ms: number): void {
    this.samples.push({ at_ms: local_ms, ahead_ms: server_ms - local_ms });
    this.samples = this.samples.filter((sample) => local_ms - sample.at_ms <= WINDOW_MS).slice(-SAMPLES_MAX);
  }

  /** The server's time now, or null before the first picture. */
  now_ms(local_ms: number): number | null {
    if (this.samples.length === 0) return null;
    return local_ms + Math.max(...this.samples.map((sample) => sample.ahead_ms));
  }
}
