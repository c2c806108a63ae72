import { expect, it } from 'vitest';
import { Player, SPEEDS } from './player';

const always = () => true;

it('plays as fast as it is asked to, and no faster after it was hidden', () => {
  const player = new Player(0, 1_000_000);
  player.toggle();
  player.speed = 10;
  player.tick(5_000, always);
  expect(player.at_ms).toBe(0);
  player.tick(5_100, always);
  expect(player.at_ms).toBe(1_000);
  player.tick(65_100, always);
  expect(player.at_ms).toBe(11_000);
});

it('waits for what is not there, and stops at the end', () => {
  const player = new Player(0, 500);
  player.toggle();
  player.tick(0, always);
  player.tick(100, () => false);
  expect([player.at_ms, player.waiting]).toEqual([0, true]);
  player.tick(200, always);
  expect([player.at_ms, player.waiting]).toEqual([100, false]);
  player.tick(1_200, always);
  expect([player.at_ms, player.playing]).toEqual([500, false]);
  player.toggle();
  expect(player.at_ms).toBe(0);
});

it('keeps to the recording and to its speeds', () => {
  const player = new Player(100, 200, 5_000);
  expect(player.at_ms).toBe(200);
  player.seek(-1);
  expect(player.at_ms).toBe(100);
  for (let i = 0; i < 20; i += 1) player.faster(1);
  expect(player.speed).toBe(SPEEDS.at(-1));
  for (let i = 0; i < 20; i += 1) player.faster(-1);
  expect(player.speed).toBe(0.1);
});
