/** Undo and redo: a draft is its edits, so that one step back is one edit less. A value. */

import type { Edit } from './contract';

/** As many as the server holds for one draft. */
export const EDITS_MAX = 2_000;

export interface History {
  readonly edits: readonly Edit[];
  /** How many of them are made. */
  readonly made: number;
}

export const begun = (edits: readonly Edit[]): History => ({ edits, made: edits.length });

/** What was undone is forgotten with the next edit. */
export function done(history: History, ...edits: readonly Edit[]): History {
  return begun([...history.edits.slice(0, history.made), ...edits]);
}

export const undone = (history: History): History => ({ ...history, made: Math.max(0, history.made - 1) });
export const redone = (history: History): History => ({ ...history, made: Math.min(history.edits.length, history.made + 1) });
export const madeOf = (history: History): readonly Edit[] => history.edits.slice(0, history.made);

/** An edit in words, for the button that takes it back. */
export function editWords(edit: Edit): string {
  switch (edit.edit) {
    case 'put':
      return `change of ${edit.table} ${edit.id}`;
    case 'remove':
      return `removal of ${edit.table} ${edit.id}`;
    case 'set':
      return `change of [${edit.table}]`;
    case 'import':
      return `import of ${edit.zones.length} zones`;
    case 'text':
      return `new text of ${edit.file}`;
  }
}
