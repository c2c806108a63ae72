import { expect, it } from 'vitest';
import { SleepWatch } from './rouse';

it('tells sleep by the clock that the phone stops, and not a slow tick', () => {
  const watch = new SleepWatch(1_500);
  expect(watch.slept(1_000_000, 0)).toBe(false);
  expect(watch.slept(1_000_100, 100)).toBe(false);
  expect(watch.slept(1_060_100, 60_100), 'both clocks went on').toBe(false);
  expect(watch.slept(1_660_200, 60_200), 'ten minutes that only the wall clock saw').toBe(true);
  expect(watch.slept(1_660_300, 60_300)).toBe(false);
  expect(watch.slept(1_600_000, 60_400), 'a wall clock that is set back').toBe(false);
});
