/** Events: their signs, and which is next. */

import type { Mark, MarkKind } from './contract';

/** A shape for each kind, so that no meaning rests on colour; the lane keeps what people were told apart from what flew. */
export const MARKS: Record<MarkKind, { sign: string; lane: 0 | 1 | 2; words: string }> = {
  prepare: { sign: '△', lane: 0, words: 'be ready' },
  take_cover: { sign: '▲', lane: 0, words: 'take cover' },
  hold: { sign: '■', lane: 0, words: 'hold' },
  all_clear: { sign: '✓', lane: 0, words: 'all clear' },
  withdrawn: { sign: '✕', lane: 0, words: 'withdrawn' },
  detection: { sign: '◇', lane: 1, words: 'detection' },
  impact: { sign: '✸', lane: 1, words: 'impact' },
  sensor_lost: { sign: '▽', lane: 2, words: 'sensor lost' },
  sensor_back: { sign: '▴', lane: 2, words: 'sensor back' },
  trouble: { sign: '!', lane: 2, words: 'trouble' },
  order: { sign: '●', lane: 2, words: 'order' },
  note: { sign: '·', lane: 2, words: 'note' },
  gap: { sign: '⌀', lane: 2, words: 'gap' },
};

/** Two events closer together than this are one jump. */
const TOGETHER_MS = 50;

/** When the next event is, or the one before; null where there is none. */
export function jump(marks: readonly Mark[], at_ms: number, by: 1 | -1): number | null {
  const found =
    by === 1 ? marks.find((mark) => mark.at_ms > at_ms + TOGETHER_MS) : marks.findLast((mark) => mark.at_ms < at_ms - TOGETHER_MS);
  return found?.at_ms ?? null;
}

/** The last event by then, as its place in the list; -1 before the first. */
export function placeOf(marks: readonly Mark[], at_ms: number): number {
  let [low, high] = [0, marks.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle]!.at_ms <= at_ms) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
