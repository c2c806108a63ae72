import { expect, it } from 'vitest';
import { contactAt, retryDelay_ms, SILENCE_MS_MAX } from './contact';

const heard = { began_ms: 0, last_ms: 10_000, ended_ms: null };

it('is contact up to the limit and honestly lost after it', () => {
  expect(contactAt(heard, 10_000 + SILENCE_MS_MAX)).toEqual({ kind: 'ok' });
  expect(contactAt(heard, 10_000 + SILENCE_MS_MAX + 1)).toEqual({ kind: 'lost', silent_ms: SILENCE_MS_MAX + 1, ever: true });
});

it('does not call a page that never heard anything connected', () => {
  expect(contactAt({ began_ms: 0, last_ms: null, ended_ms: null }, 100)).toEqual({ kind: 'connecting' });
  expect(contactAt({ began_ms: 0, last_ms: null, ended_ms: null }, 3000)).toEqual({ kind: 'lost', silent_ms: 3000, ever: false });
});

it('says that the server ended, at once', () => {
  expect(contactAt({ ...heard, ended_ms: 10_100 }, 10_100)).toEqual({ kind: 'ended', silent_ms: 0 });
});

it('backs off to four seconds and no further: people are waiting', () => {
  expect([0, 1, 2, 3, 4, 5, 1000].map(retryDelay_ms)).toEqual([250, 500, 1000, 2000, 4000, 4000, 4000]);
});
