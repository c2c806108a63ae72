/** The server's words, filled in and set in the right direction. The page has none of its own but its first ones (`boot.json`). */

import type { PublicZone, Tongue, Vocabulary, World } from '../contract/public';
import boot from './boot.json';

/** Characters that turn the direction of what follows and show nothing: a name could hide words with them. */
const TURNING = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

/** As the table's own filling in: a value is isolated from its surroundings, and taken once, whatever it holds. */
export function filled(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{([a-z]+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : `\u2068${String(value).replace(TURNING, '')}\u2069`;
  });
}

/** The page's first words, before it has heard the server's; they are an exercise's and a live site's alike. */
const FIRST: Tongue[] = Object.entries(boot).map(([code, words]) => ({ code, right_to_left: code === 'ar', words }));

export class Words {
  private constructor(
    readonly tongue: Tongue,
    readonly others: readonly Tongue[],
    /** Whose words these are; null before the server has said. */
    readonly world: World | null,
  ) {}

  /** In the language that was asked for, or else the first of the browser's that there is, or else the site's first. */
  static of(vocabulary: Vocabulary | null, asked: string | null, preferred: readonly string[]): Words {
    const languages = vocabulary?.languages ?? FIRST;
    const plain = (code: string) => code.slice(0, 2).toLowerCase();
    const wanted = [...(asked ? [asked] : []), ...preferred].map(plain);
    const found = wanted.map((code) => languages.find((tongue) => plain(tongue.code) === code)).find((tongue) => tongue !== undefined);
    const tongue = found ?? languages[0]!;
    return new Words(tongue, languages.filter((other) => other !== tongue), vocabulary?.mode ?? null);
  }

  has(key: string): boolean {
    return this.tongue.words[key] !== undefined;
  }

  /** A word that is not there is left out rather than guessed: an empty line is better than a key. */
  say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    return filled(this.tongue.words[key] ?? '', values);
  }

  zone(zone: PublicZone): string {
    return (zone.names[this.tongue.code] ?? zone.name).replace(TURNING, '');
  }
}
