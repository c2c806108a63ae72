/**
 * The pictures of a recording around the cursor. The server gives ten seconds at a time; those around the cursor are asked for ahead,
 * those far away are forgotten.
 */

import { asPicture, type Picture } from '../contract/picture';
import { readWindow } from './contract';
import { applyDelta, type Raw } from './delta';

/** Windows that are kept: the nearest to the cursor. */
const KEPT_MAX = 30;
/** Trails reach back so far. */
export const TRAIL_MS = 40_000;
/** A window that was not complete is asked for again after this long. */
const AGAIN_MS = 1_500;

interface Held {
  /** In the order of time. */
  pictures: { at_ms: number; raw: Raw }[];
  complete: boolean;
  asked_ms: number;
}

export class Windows {
  private readonly held = new Map<number, Held>();
  private readonly asked = new Set<number>();
  private readonly read = new WeakMap<Raw, Picture>();
  private fault: Error | null = null;

  constructor(
    private readonly from_ms: number,
    private readonly window_ms: number,
    /** Text of a window; rejects when it cannot be had. */
    private readonly fetch: (number: number) => Promise<string>,
    private readonly local_ms: () => number,
  ) {}

  /** What went wrong last, while nothing has been received since. */
  get trouble(): Error | null {
    return this.fault;
  }

  isReady(at_ms: number): boolean {
    return this.held.has(this.number(at_ms));
  }

  /** Asks for what is needed to show an instant and to play on from it. */
  want(at_ms: number, to_ms: number, speed: number): void {
    const [here, last] = [this.number(at_ms), this.number(to_ms)];
    // Two seconds of playing, at any speed, and what the trails need.
    const ahead = Math.min(24, 1 + Math.ceil((2_000 * Math.max(1, speed)) / this.window_ms));
    const back = Math.ceil(TRAIL_MS / this.window_ms);
    const wanted = [here];
    for (let n = 1; n <= ahead; n += 1) if (here + n <= last) wanted.push(here + n);
    for (let n = 1; n <= back; n += 1) if (here - n >= 0) wanted.push(here - n);
    const missing = wanted.filter((number) => this.isMissing(number));
    for (const number of missing.slice(0, Math.max(0, 3 - this.asked.size))) void this.ask(number, here);
  }

  /** The picture that stood at an instant; null where it is not there yet. */
  at(at_ms: number): Picture | null {
    const window = this.held.get(this.number(at_ms));
    if (!window || window.pictures.length === 0) return null;
    const found = window.pictures.findLast((picture) => picture.at_ms <= at_ms) ?? window.pictures[0]!;
    return this.picture(found.raw);
  }

  /** The pictures of the time before an instant, oldest first, as far as they are there. */
  before(at_ms: number): Picture[] {
    const numbers = [...this.held.keys()].filter((number) => number <= this.number(at_ms)).sort((a, b) => a - b);
    const all = numbers.flatMap((number) => this.held.get(number)!.pictures);
    return all.filter((picture) => picture.at_ms <= at_ms && picture.at_ms > at_ms - TRAIL_MS).map(({ raw }) => this.picture(raw));
  }

  /** When the picture before or after this instant was shown; null where that is not there. */
  step(at_ms: number, by: 1 | -1): number | null {
    const here = this.number(at_ms);
    const near = [here - 1, here, here + 1].flatMap((number) => this.held.get(number)?.pictures ?? []).map((picture) => picture.at_ms);
    const found = by === 1 ? near.find((at) => at > at_ms) : near.findLast((at) => at < at_ms);
    return found ?? null;
  }

  private picture(raw: Raw): Picture {
    let picture = this.read.get(raw);
    if (!picture) this.read.set(raw, (picture = asPicture(raw)));
    return picture;
  }

  private number(at_ms: number): number {
    return Math.max(0, Math.floor((at_ms - this.from_ms) / this.window_ms));
  }

  private isMissing(number: number): boolean {
    if (this.asked.has(number)) return false;
    const held = this.held.get(number);
    return !held || (!held.complete && this.local_ms() - held.asked_ms > AGAIN_MS);
  }

  private async ask(number: number, here: number): Promise<void> {
    this.asked.add(number);
    try {
      const { first, then, complete } = readWindow(await this.fetch(number));
      let raw = first;
      const raws = [first, ...then.map((change) => (raw = applyDelta(raw, change)))];
      const pictures = raws.map((one) => ({ at_ms: Number(one['now_ms']), raw: one }));
      this.held.set(number, { pictures, complete, asked_ms: this.local_ms() });
      this.fault = null;
      this.forget(here);
    } catch (fault) {
      this.fault = fault as Error;
      // Not asked for again at once: whoever is busy is not helped by that.
      await new Promise((resolve) => setTimeout(resolve, 500));
    } finally {
      this.asked.delete(number);
    }
  }

  private forget(here: number): void {
    const far = [...this.held.keys()].sort((a, b) => Math.abs(a - here) - Math.abs(b - here));
    for (const number of far.slice(KEPT_MAX)) this.held.delete(number);
  }
}
