import { expect, it } from 'vitest';
import { ServerClock } from './clock';

const AHEAD_MS = 1_790_000_000_000;

it('knows nothing before the first picture', () => {
  expect(new ServerClock().now_ms(5)).toBeNull();
});

it('takes the least delayed of recent pictures', () => {
  const clock = new ServerClock();
  for (const [sent_ms, delay_ms] of [[1000, 80], [1200, 5], [1400, 300]] as const) {
    clock.heard(AHEAD_MS + sent_ms, sent_ms + delay_ms);
  }
  expect(clock.now_ms(2000)).toBe(AHEAD_MS + 2000 - 5);
});

it('never shows more time than there is: delay only makes the server look behind', () => {
  const clock = new ServerClock();
  clock.heard(AHEAD_MS, 400); // 400 ms late
  expect(clock.now_ms(1000)!).toBeLessThanOrEqual(AHEAD_MS + 1000);
});

it('follows a server clock set forward at once, and one set back within ten seconds', () => {
  const clock = new ServerClock();
  clock.heard(AHEAD_MS, 0);
  clock.heard(AHEAD_MS + 60_000, 1000);
  expect(clock.now_ms(1000)).toBe(AHEAD_MS + 60_000);

  for (let local_ms = 2000; local_ms <= 14_000; local_ms += 200) clock.heard(AHEAD_MS + local_ms, local_ms);
  expect(clock.now_ms(14_000)).toBe(AHEAD_MS + 14_000);
});

it('keeps the last estimate through a silence, however long', () => {
  const clock = new ServerClock();
  clock.heard(AHEAD_MS, 0);
  expect(clock.now_ms(3_600_000)).toBe(AHEAD_MS + 3_600_000);
});
