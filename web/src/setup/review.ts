/** What a draft changes, what the reader of the program says of it, and the second person. */

import { el, utc } from '../dom';
import type { Change, DraftView, Proposal, Wrong } from './contract';
import type { Desk } from './desk';
import { button, redraw } from './form';

/** Lines of a difference that are shown; more are a matter for a text editor. */
const LINES_MAX = 2_000;

export class ReviewPanel {
  readonly root = el('div', { class: 'panel-body' });
  private file = '';

  constructor(private readonly desk: Desk) {}

  draw(): void {
    const { view, status } = this.desk;
    if (!view) return redraw(this.root);
    const ready = view.problems.length === 0 && view.stale.length === 0 && view.changes.length + view.difference.length > 0;
    const propose = button('Propose this change', 'propose', () => void this.desk.propose(), 'primary');
    propose.disabled = !ready || status?.read_only !== null;
    redraw(this.root,
      ...stale(view, () => void this.desk.rebase()),
      el('h2', { text: 'What the program would say' }),
      verdict(view),
      el('h2', { text: `What changes (${view.changes.length})` }),
      changesTable(view.changes),
      el('details', { testid: 'difference' }, el('summary', { text: 'The difference of the files, line by line' }), difference(view.difference)),
      this.asText(view),
      el('div', { class: 'row' }, propose, button('Discard the draft', 'discard', () => void this.desk.discard(), 'danger')),
      el('p', { class: 'help', text: `Nothing is written until a second supervisor has confirmed it. It takes effect ${status?.takes_effect ?? ''}.` }),
    );
  }

  private asText(view: DraftView): HTMLElement {
    const names = view.files.map((file) => file.name);
    if (!names.includes(this.file)) this.file = names[0] ?? '';
    const select = el('select', { testid: 'text-file', attributes: { 'aria-label': 'File to edit as text' } }, ...names.map((name) => el('option', { text: name, attributes: { value: name } })));
    const area = el('textarea', { testid: 'text', attributes: { rows: '16', spellcheck: 'false', 'aria-label': 'Text of the file' } });
    const fill = () => (area.value = view.files.find((file) => file.name === this.file)?.text ?? '');
    select.value = this.file;
    select.addEventListener('change', () => {
      this.file = select.value;
      fill();
    });
    fill();
    const take = button('Take this text', 'text-take', () => void this.desk.edit(`${this.file} has a new text in the draft.`, { edit: 'text', file: this.file, text: area.value }));
    return el('details', { testid: 'as-text' }, el('summary', { text: 'Edit as text' }), el('p', { class: 'help', text: 'Every key is explained in docs/setup.md and the documented example. What is typed here is judged like everything else.' }), select, area, el('div', { class: 'row' }, take));
  }
}

function stale(view: DraftView, rebase: () => void): HTMLElement[] {
  if (view.stale.length === 0) return [];
  return [el('div', { class: 'note bad', testid: 'stale' },
    el('p', { text: `${view.stale.join(', ')} changed on disk since this draft began. Make the same edits to the files as they are now, and look at the difference again.` }),
    button('Bring the draft up to date', 'rebase', rebase),
  )];
}

function verdict(view: DraftView): HTMLElement {
  if (view.problems.length === 0) {
    const warnings = view.warnings.map((words) => el('li', { text: words }));
    return el('div', { class: 'note good', testid: 'verdict' },
      el('p', { text: '✓ The program can start with this.' }),
      ...(warnings.length > 0 ? [el('p', { text: 'It would say:' }), el('ul', {}, ...warnings)] : []),
      el('details', {}, el('summary', { text: 'As `parapet check` shows it' }), scrolled(view.summary ?? '', 'What parapet check shows')),
    );
  }
  return el('div', { class: 'note bad', testid: 'verdict' },
    el('p', { text: `✗ The program would not start: ${view.problems.length} ${view.problems.length === 1 ? 'error' : 'errors'}.` }),
    problems(view.problems),
  );
}

/** Everything that is wrong, each with its place and what to do. */
export function problems(found: readonly Wrong[]): HTMLElement {
  const row = ({ file, line, column, key, what, remedy }: Wrong) =>
    el('li', {}, el('code', { text: `${file}:${line}:${column}` }), el('span', { text: ` ${key ? `${key}: ` : ''}${what}; ${remedy}.` }));
  return el('ul', { testid: 'problems' }, ...found.map(row));
}

function changesTable(changes: readonly Change[]): HTMLElement {
  if (changes.length === 0) return el('p', { class: 'help', testid: 'changes', text: 'Nothing yet.' });
  const cells = ({ subject, key, from, to, means }: Change) => {
    const whole = key === '';
    const words = whole ? (to ? 'is added' : 'is removed') : `${key}: ${from ?? 'not written'} → ${to ?? 'not written'}`;
    const meaning = means ? [el('span', { class: 'help', text: means })] : [];
    return el('li', { class: whole ? (to ? 'added' : 'removed') : '' }, el('strong', { text: subject }), el('span', { text: words }), ...meaning);
  };
  return el('ul', { class: 'changes', testid: 'changes' }, ...changes.map(cells));
}

function scrolled(text: string, label: string): HTMLElement {
  return el('pre', { text, attributes: { tabindex: '0', role: 'region', 'aria-label': label } });
}

function difference(text: string): HTMLElement {
  const lines = text.split('\n').slice(0, LINES_MAX);
  const pre = el('pre', { class: 'difference', attributes: { tabindex: '0', role: 'region', 'aria-label': 'Difference' } });
  for (const line of lines) {
    const kind = line.startsWith('+') ? 'plus' : line.startsWith('-') ? 'minus' : line.startsWith('@@') ? 'at' : '';
    pre.append(el('span', { class: kind, text: `${line}\n` }));
  }
  return pre;
}

/** A proposal that waits: read by the second person before anything else. */
export function proposalCard(proposal: Proposal, desk: Desk): HTMLElement {
  const own = desk.api.who === proposal.who;
  const confirm = button('Confirm and write', `confirm-${proposal.proposal}`, () => void desk.confirm(proposal.proposal, proposal.digest), 'primary');
  confirm.disabled = own;
  return el('article', { class: 'proposal', testid: 'proposal' },
    el('h3', { text: `${proposal.who} proposes: ${proposal.title || `draft ${proposal.draft}`}` }),
    el('p', { class: 'help', text: `Waits until ${utc(proposal.ends_ms)} for a second supervisor.` }),
    changesTable(proposal.changes),
    el('details', {}, el('summary', { text: 'The difference of the files, line by line' }), difference(proposal.difference)),
    el('div', { class: 'row' }, confirm, button('Reject', `reject-${proposal.proposal}`, () => void desk.reject(proposal.proposal))),
    ...(own ? [el('p', { class: 'help', text: 'You proposed this: another supervisor logs in and confirms.' })] : []),
  );
}
