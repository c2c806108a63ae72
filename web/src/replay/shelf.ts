/** The list of recordings. */

import { el } from '../dom';
import type { Listed } from './contract';
import { date, offsetWords } from './controls';
import { writeLink } from './link';

export function shelf(recordings: readonly Listed[]): HTMLElement {
  const heads = ['Began (UTC)', 'Lasts', 'Site', 'Recorded from', 'Alarm messages', 'Size', 'File'];
  const body = el('tbody', { testid: 'recordings' }, ...recordings.map(row));
  const table = el('table', { attributes: { 'aria-label': 'Recordings' } },
    el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { text, attributes: { scope: 'col' } })))), body);
  const none = el('p', { class: 'soft', text: 'There is no recording here yet.' });
  return el('main', { class: 'shelf', testid: 'shelf' }, el('h2', { text: 'Recordings' }), recordings.length > 0 ? table : none);
}

function row(listed: Listed): HTMLElement {
  const { name, bytes, site, mode, started_ms, length_s, closed, alarm_messages, unreadable } = listed;
  if (unreadable !== null) {
    const why = el('td', { text: `cannot be shown: ${unreadable}`, attributes: { colspan: '6' } });
    return el('tr', { class: 'unreadable' }, why, el('td', { text: name }));
  }
  const began = started_ms === null ? name : `${date(started_ms)} ${new Date(started_ms).toISOString().slice(11, 19)}`;
  const lasts = length_s === null ? '–' : offsetWords(1000 * length_s);
  const open = el('a', { text: began, attributes: { href: writeLink({ recording: name, at_ms: null }) } });
  const cells = [
    closed === false ? `${lasts}, no end yet` : lasts,
    site ?? '',
    mode === 'exercise' ? 'an exercise' : 'live operation',
    alarm_messages === null ? 'not counted yet' : String(alarm_messages),
    size(bytes),
    name,
  ];
  return el('tr', {}, el('th', { attributes: { scope: 'row' } }, open), ...cells.map((text) => el('td', { text })));
}

export function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
