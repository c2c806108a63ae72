/** Where the cursor is and how fast it moves. Pure: the browser's clock and what has been loaded arrive as arguments. */

/** Times as fast as it happened. */
export const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100] as const;
/** A page that was not drawn for longer, because it was hidden, does not leap ahead. */
const LEAP_MS = 1_000;

export class Player {
  at_ms: number;
  speed = 1;
  playing = false;
  /** Whether it plays but waits for pictures. */
  waiting = false;
  private last_local_ms: number | null = null;

  constructor(
    readonly from_ms: number,
    public to_ms: number,
    at_ms: number | null = null,
  ) {
    this.at_ms = this.clamped(at_ms ?? from_ms);
  }

  /** Goes to an instant; whether it plays does not change. */
  seek(at_ms: number): void {
    this.at_ms = this.clamped(at_ms);
  }

  /** Play or pause; at the end, play begins again from the start. */
  toggle(): void {
    this.playing = !this.playing;
    this.last_local_ms = null;
    if (this.playing && this.at_ms >= this.to_ms) this.at_ms = this.from_ms;
  }

  pause(): void {
    this.playing = false;
    this.waiting = false;
  }

  faster(by: 1 | -1): void {
    const now = SPEEDS.findIndex((speed) => speed >= this.speed);
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, now + by))]!;
  }

  /** Moves on; stands still while what comes next is not there yet. */
  tick(local_ms: number, isReady: (at_ms: number) => boolean): void {
    const passed_ms = this.last_local_ms === null ? 0 : Math.min(LEAP_MS, local_ms - this.last_local_ms);
    this.last_local_ms = local_ms;
    if (!this.playing) return;
    const next_ms = this.clamped(this.at_ms + passed_ms * this.speed);
    this.waiting = !isReady(next_ms);
    if (this.waiting) return;
    this.at_ms = next_ms;
    if (this.at_ms >= this.to_ms) this.pause();
  }

  private clamped(at_ms: number): number {
    return Math.min(this.to_ms, Math.max(this.from_ms, at_ms));
  }
}
