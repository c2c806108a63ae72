import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import table from '../../browser/words.json';
import type { Vocabulary } from '../contract/public';
import { KINDS } from './answer';
import { filled, Words } from './words';

const tongue = (code: string) => ({ code, right_to_left: code === 'ar', words: { nothing: code } });
const vocabulary: Vocabulary = { mode: 'live', languages: [tongue('ar'), tongue('en-US')] };

it('fills values in, isolated from their surroundings and taken once', () => {
  expect(filled('{zone}: {seconds} s', { zone: '{seconds}\u202eabc', seconds: 4 })).toBe('\u2068{seconds}abc\u2069: \u20684\u2069 s');
  expect(filled('{what}', {})).toBe('{what}');
});

it('speaks the language that was asked for, else the browser\'s, else the site\'s first', () => {
  const code = (asked: string | null, preferred: string[]) => Words.of(vocabulary, asked, preferred).tongue.code;
  expect(code('en-US', ['ar-IQ'])).toBe('en-US');
  expect(code(null, ['de', 'ar-IQ', 'en'])).toBe('ar');
  expect(code(null, ['de'])).toBe('ar');
  expect(code('xx', ['en-GB'])).toBe('en-US');
});

it('can say that there is no contact before any server has spoken, in both languages', () => {
  for (const language of ['en', 'ar']) {
    const words = Words.of(null, null, [language]);
    expect(words.say('no_contact_yet')).not.toBe('');
    expect(words.world).toBeNull();
  }
});

/** The table is the server's: what the page asks for must stand in it, in each language and world, and what stands there must be asked for. */
it('asks only for words that there are, and leaves none unasked', () => {
  const folder = import.meta.dirname;
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const source = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const asked = new Set([...source.matchAll(/words\.(?:say|has)\(\s*(?:[^()'"`]*\?\s*)?'([a-z_]+)'/g)].map((found) => found[1]!));
  KINDS.forEach((kind) => asked.add(`answer_${kind}`));
  for (const [world, languages] of Object.entries(table)) {
    for (const [code, words] of Object.entries(languages)) {
      for (const key of asked) expect(words, `${key} in ${world}, ${code}`).toHaveProperty(key);
    }
  }
  const around = Object.keys(table.exercise['en-US']).filter((key) => !key.startsWith('exercise_'));
  const unasked = around.filter((key) => !asked.has(key) && !source.includes(`'${key}'`) && !/^(answer_|to_|location_)/.test(key) && key !== 'language');
  expect(unasked).toEqual([]);
});
