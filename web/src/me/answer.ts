/** The one answer for somebody's place, of everything that the phone knows at an instant. Pure: no page, no clock. */

import type { PublicPicture, PublicSite, ZoneState } from '../contract/public';
import type { Contact } from '../feed/contact';
import { inPart, nearestZone, standpoint, zonesOf, type Chosen, type Nearest, type Zone } from './place';

/** What somebody is told, the most urgent first. */
export const KINDS = ['down', 'walk', 'stay', 'prepare', 'all_clear', 'withdrawn', 'nothing'] as const;
export type Kind = (typeof KINDS)[number];

/** What can be said at all: an answer, or why there is none. */
export type Said =
  /** Nobody has said yet where he is. */
  | { kind: 'choose' }
  /** The place lies in no zone. */
  | { kind: 'not_covered'; nearest: Nearest | null; neighbour: ZoneState | null }
  /** Nothing has been heard yet, or nobody sees: saying "nothing" would be a promise. */
  | { kind: 'not_known'; zone: Zone | null; last: Kind | null }
  | Answer;

export interface Answer {
  kind: Kind;
  zone: Zone;
  state: ZoneState | null;
  /** Whole seconds left, rounded down; 0 is now; null when nothing counts. */
  seconds: number | null;
  /** Whether the seconds lead to a further round. */
  next: boolean;
  /** The predicted time is over, and nobody has said anything since. */
  passed: boolean;
  /** Only another part of the zone is told. */
  elsewhere: boolean;
}

const QUIET: ReadonlySet<Kind> = new Set(['all_clear', 'withdrawn', 'nothing']);

export function isQuiet(kind: Kind): boolean {
  return QUIET.has(kind);
}

function kindOf(state: ZoneState | undefined): Kind {
  switch (state?.stage) {
    case undefined:
      return 'nothing';
    case 'prepare':
      return 'prepare';
    case 'take_cover':
      return state!.advice === 'walk_to_shelter' ? 'walk' : 'down';
    case 'hold':
      return 'stay';
    default:
      return state!.stage as 'all_clear' | 'withdrawn';
  }
}

function answerIn(zone: Zone, chosen: Chosen, picture: PublicPicture, now_ms: number): Answer {
  const state = picture.zones.find((found) => found.zone === zone.properties.id);
  const told = kindOf(state);
  const elsewhere = state !== undefined && !isQuiet(told) && !inPart(chosen, state.part);
  const counting = state && !isQuiet(told) && state.impact_ms !== null ? state.impact_ms - now_ms : null;
  const passed = counting !== null && counting <= 0;
  return {
    // Whoever was walking when the time ran out goes down where he is.
    kind: elsewhere ? 'nothing' : told === 'walk' && passed ? 'down' : told,
    zone,
    state: state ?? null,
    seconds: counting === null || passed || elsewhere ? null : Math.floor(counting / 1000),
    next: state?.struck ?? false,
    passed: passed && !elsewhere,
    elsewhere,
  };
}

/** The more urgent of two answers; of two alike the one with less time. */
function pressing(a: Answer, b: Answer): Answer {
  const rank = KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.seconds ?? Infinity) - (b.seconds ?? Infinity);
  return rank <= 0 ? a : b;
}

export interface Known {
  site: PublicSite | null;
  chosen: Chosen | null;
  picture: PublicPicture | null;
  contact: Contact;
  /** The server's time now; null before the first picture. */
  now_ms: number | null;
}

export function answer({ site, chosen, picture, contact, now_ms }: Known): Said {
  if (!chosen) return { kind: 'choose' };
  const zones = site?.zones.features ?? [];
  const mine = zonesOf(chosen, zones);
  if (site && mine.length === 0) {
    const from = standpoint(chosen, zones);
    const nearest = from ? nearestZone(from, zones) : null;
    const neighbour = contact.kind === 'ok' ? picture?.zones.find((state) => state.zone === nearest?.zone.properties.id) : undefined;
    return { kind: 'not_covered', nearest, neighbour: neighbour ?? null };
  }
  if (!picture || now_ms === null || mine.length === 0) return { kind: 'not_known', zone: mine[0] ?? null, last: null };
  const found = mine.map((zone) => answerIn(zone, chosen, picture, now_ms)).reduce(pressing);
  // Silence is never safety: without contact, or with nobody who sees, "nothing" is not known.
  const blind = picture.eyes === 'none' && found.kind === 'nothing';
  if (isQuiet(found.kind) && contact.kind !== 'ok') return { kind: 'not_known', zone: found.zone, last: found.kind };
  if (blind) return { kind: 'not_known', zone: found.zone, last: null };
  return found;
}

/** Whether what is said is an answer. */
export function isAnswer(said: Said): said is Answer {
  return 'seconds' in said;
}
