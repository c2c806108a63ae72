import { expect, it } from 'vitest';
import type { Edit } from './contract';
import { begun, done, editWords, madeOf, redone, undone } from './history';

const edit = (id: string): Edit => ({ edit: 'remove', table: 'zone', id });

it('goes back, forward, and forgets what was undone with the next edit', () => {
  let history = done(done(begun([]), edit('a')), edit('b'));
  history = undone(history);
  expect(madeOf(history)).toEqual([edit('a')]);
  expect(madeOf(redone(history))).toEqual([edit('a'), edit('b')]);
  history = done(history, edit('c'));
  expect(madeOf(redone(history))).toEqual([edit('a'), edit('c')]);
  expect(madeOf(undone(undone(undone(history))))).toEqual([]);
  expect(editWords(edit('a'))).toBe('removal of zone a');
});
