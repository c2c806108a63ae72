/** What a track is, in words. */

import type { Track, TrackClass } from '../contract/picture';

export const CLASS_WORDS: Record<TrackClass, string> = {
  mortar: 'mortar', artillery: 'artillery', rocket: 'rocket', ballistic: 'round', aircraft: 'aircraft', slow_flyer: 'slow flyer',
  drone: 'drone', bird: 'bird', unknown: 'unknown',
};

/** Classes that an answer for several of them stands for. */
const MEMBERS: Partial<Record<TrackClass, readonly string[]>> = {
  ballistic: ['mortar', 'artillery', 'rocket'],
  slow_flyer: ['drone', 'bird'],
};

/** What it is called: what is known to a person first, the number last. */
export function callOf(track: Track): string {
  return track.callsign ?? `${CLASS_WORDS[track.class]} ${track.id}`;
}

/** How sure the class is, in per cent; empty where the server does not say. */
export function oddsOf(track: Track): string {
  const { classes } = track;
  if (!classes) return '';
  const odds = (MEMBERS[track.class] ?? [track.class]).reduce((sum, name) => sum + (classes[name] ?? 0), 0);
  return `${Math.round(100 * Math.min(1, odds))} %`;
}
