/** What a phone does beside showing and sounding: it trembles, and its screen stays on. Both where the browser can. */

import type { Stage } from '../contract/picture';

/** On and off, milliseconds, and after how long again; an end is told once. */
const TREMBLE: Record<Stage, { beats: number[]; again_ms: number }> = {
  take_cover: { beats: [400, 150, 400, 150, 400], again_ms: 2_500 },
  prepare: { beats: [200, 200, 200], again_ms: 5_000 },
  hold: { beats: [150], again_ms: 10_000 },
  all_clear: { beats: [900], again_ms: Infinity },
  withdrawn: { beats: [150, 150, 150, 150, 150], again_ms: Infinity },
};

export class Trembler {
  private told = '';
  private due_ms = 0;

  /** Called several times per second, with what stands and which alarm that is. */
  update(stage: Stage | null, alarm: string, local_ms: number): void {
    if (!('vibrate' in navigator)) return;
    const key = stage === null ? '' : `${alarm} ${stage}`;
    if (key !== this.told) {
      if (key === '') navigator.vibrate(0);
      [this.told, this.due_ms] = [key, local_ms];
    }
    if (stage === null || local_ms < this.due_ms) return;
    navigator.vibrate(TREMBLE[stage].beats);
    this.due_ms = local_ms + TREMBLE[stage].again_ms;
  }
}

export class Wakefulness {
  private lock: WakeLockSentinel | null = null;
  private wanted = false;

  constructor() {
    // The browser lets go of the screen whenever the page is hidden.
    document.addEventListener('visibilitychange', () => void this.hold());
  }

  want(wanted: boolean): void {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    void (wanted ? this.hold() : this.lock?.release());
  }

  private async hold(): Promise<void> {
    if (!this.wanted || document.hidden || !('wakeLock' in navigator)) return;
    // A battery that is nearly empty refuses; then the screen goes dark as it always did.
    this.lock = await navigator.wakeLock.request('screen').catch(() => null);
  }
}

/** Tells when the phone slept without its monotonic clock: then nothing that it knew is fresh. */
export class SleepWatch {
  private last: { wall_ms: number; local_ms: number } | null = null;

  constructor(private readonly drift_ms_max: number) {}

  slept(wall_ms: number, local_ms: number): boolean {
    const before = this.last;
    this.last = { wall_ms, local_ms };
    return before !== null && wall_ms - before.wall_ms - (local_ms - before.local_ms) > this.drift_ms_max;
  }
}
