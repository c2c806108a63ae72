import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const SRC = join(import.meta.dirname, '..');

/** Every module of ours that a page is made of. */
function modules(entry: string, found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found;
  found.add(entry);
  const text = readFileSync(entry, 'utf8');
  for (const [, from] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^'?]+)'/g)) {
    if (/\.(css|json|mjs)$/.test(from!)) found.add(join(dirname(entry), from!));
    else modules(join(dirname(entry), `${from}.ts`), found);
  }
  return found;
}

it('a replay is made of nothing that can sound an alarm', () => {
  const parts = [...modules(join(SRC, 'replay', 'main.ts'))].map((path) => path.slice(SRC.length + 1));
  expect(parts).toContain('replay/voice.ts');
  expect(parts.filter((part) => part.startsWith('sound/'))).toEqual([]);
  const sounding = parts.filter((part) => part.endsWith('.ts') && /AudioContext|createOscillator|new Audio\(|<audio/.test(readFileSync(join(SRC, part), 'utf8')));
  expect(sounding).toEqual([]);
});

it('the same search finds the siren of the live page', () => {
  const parts = [...modules(join(SRC, 'main.ts'))].map((path) => path.slice(SRC.length + 1));
  expect(parts).toContain('sound/speaker.ts');
});
