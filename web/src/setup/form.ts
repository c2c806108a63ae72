/** Labelled controls. Each has a name for screen readers, its unit beside it, and says what was typed when it is left. */

import { el } from '../dom';
import type { Json } from './contract';

let last = 0;
const freshId = (): string => `f${(last += 1)}`;

export function button(words: string, testid: string, press: () => void, kind = ''): HTMLButtonElement {
  const made = el('button', { text: words, testid, class: kind, attributes: { type: 'button' } });
  made.addEventListener('click', press);
  return made;
}

export interface FieldOptions {
  testid: string;
  unit?: string;
  /** What holds where nothing is written. */
  standard?: string;
  /** What it means, under the field. */
  help?: string;
  list?: readonly string[];
  multiline?: number;
}

/** A text field with a label; `changed` is given what was typed, and may answer with what is wrong with it. */
export function field(label: string, value: string, options: FieldOptions, changed: (value: string) => string | void): HTMLElement {
  const id = freshId();
  const input = options.multiline
    ? el('textarea', { testid: options.testid, attributes: { id, rows: String(options.multiline), spellcheck: 'false' } })
    : el('input', { testid: options.testid, attributes: { id, autocomplete: 'off', spellcheck: 'false' } });
  input.value = value;
  if (options.standard) input.placeholder = options.standard;
  const fault = el('p', { class: 'fault', attributes: { id: `${id}-fault`, role: 'alert' } });
  const help = el('p', { class: 'help', text: options.help ?? '', attributes: { id: `${id}-help` } });
  input.setAttribute('aria-describedby', `${id}-help ${id}-fault`);
  input.addEventListener('change', () => {
    const wrong = changed(input.value.trim());
    fault.textContent = wrong ?? '';
    input.setAttribute('aria-invalid', String(Boolean(wrong)));
  });
  const row = el('div', { class: options.multiline ? 'field wide' : 'field' });
  row.append(el('label', { text: label, attributes: { for: id } }), input);
  if (options.list) {
    const choices = el('datalist', { attributes: { id: `${id}-list` } }, ...options.list.map((text) => el('option', { attributes: { value: text } })));
    input.setAttribute('list', choices.id);
    row.append(choices);
  }
  if (options.unit) row.append(el('span', { class: 'unit', text: options.unit }));
  if (options.help) row.append(help);
  row.append(fault);
  return row;
}

/** A number, or nothing for what holds where nothing is written. */
export function numberField(
  label: string,
  value: Json | undefined,
  options: FieldOptions & { whole?: boolean; required?: boolean },
  changed: (value: number | null) => void,
): HTMLElement {
  return field(label, value === undefined || value === null ? '' : String(value), options, (text) => {
    if (text === '') {
      if (options.required) return 'A number is needed here.';
      return changed(null);
    }
    const number = Number(text.replace(',', '.'));
    if (!Number.isFinite(number) || (options.whole && !Number.isInteger(number))) return options.whole ? 'Write a whole number.' : 'Write a number.';
    return changed(number);
  });
}

export function choice(
  label: string,
  value: string,
  choices: readonly (readonly [value: string, words: string])[],
  testid: string,
  changed: (value: string) => void,
): HTMLElement {
  const id = freshId();
  const select = el('select', { testid, attributes: { id } });
  for (const [key, words] of choices) select.append(el('option', { text: words, attributes: { value: key } }));
  select.value = value;
  select.addEventListener('change', () => changed(select.value));
  return el('div', { class: 'field' }, el('label', { text: label, attributes: { for: id } }), select);
}

/** Keeps the keyboard's focus where it was when a panel is drawn anew: on the control of the same test id. */
export function redraw(root: HTMLElement, ...children: Node[]): void {
  const focused = root.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['testid'] : undefined;
  root.replaceChildren(...children);
  if (focused) root.querySelector<HTMLElement>(`[data-testid="${CSS.escape(focused)}"]`)?.focus();
}
