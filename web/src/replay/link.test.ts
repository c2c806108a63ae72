import { expect, it } from 'vitest';
import { readLink, writeLink } from './link';

it('leads back to where it was made', () => {
  const moment = { recording: '2026-11-22T18-21-37Z.mcap', at_ms: Date.parse('2026-11-22T18:22:01.500Z') };
  expect(writeLink(moment)).toBe('./replay?recording=2026-11-22T18-21-37Z.mcap&at=2026-11-22T18:22:01.500Z');
  expect(readLink(writeLink(moment).slice('./replay'.length))).toEqual(moment);
});

it('takes milliseconds too, and nothing that is no time', () => {
  expect(readLink('?recording=a.mcap&at=1795371721500')).toEqual({ recording: 'a.mcap', at_ms: 1795371721500 });
  expect(readLink('?at=yesterday')).toEqual({ recording: null, at_ms: null });
  expect(writeLink({ recording: null, at_ms: 5 })).toBe('./replay');
});
