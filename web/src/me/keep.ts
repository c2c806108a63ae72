/** What the phone remembers: its place, language and sound, and the site's zones and words. Never how anything stands. */

import { readPublicSite, readVocabulary, type PublicSite, type Vocabulary } from '../contract/public';
import type { Chosen } from './place';

const PREFIX = 'parapet.me.';

/** A browser may refuse to remember anything (private windows): then it is forgotten with the page. */
function get(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

function set(key: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + key, value);
  } catch {
    // Full or forbidden: see above.
  }
}

function read<T>(key: string, reader: (text: string) => T): T | null {
  const text = get(key);
  if (text === null) return null;
  try {
    return reader(text);
  } catch {
    return null;
  }
}

const finite = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

function readChosen(text: string): Chosen | null {
  const found = JSON.parse(text) as Record<string, unknown>;
  if (found['kind'] === 'zone' && typeof found['zone'] === 'string') return { kind: 'zone', zone: found['zone'] };
  const { lat_deg, lon_deg, accuracy_m } = found;
  if (!finite(lat_deg) || !finite(lon_deg)) return null;
  if (found['kind'] === 'point') return { kind: 'point', lat_deg, lon_deg };
  return found['kind'] === 'sensed' && finite(accuracy_m) ? { kind: 'sensed', lat_deg, lon_deg, accuracy_m } : null;
}

export const keep = {
  chosen: (): Chosen | null => read('place', readChosen),
  setChosen: (chosen: Chosen): void => set('place', JSON.stringify(chosen)),
  language: (): string | null => get('language'),
  setLanguage: (code: string): void => set('language', code),
  site: (): PublicSite | null => read('site', readPublicSite),
  setSite: (text: string): void => set('site', text),
  words: (): Vocabulary | null => read('words', readVocabulary),
  setWords: (text: string): void => set('words', text),
};
