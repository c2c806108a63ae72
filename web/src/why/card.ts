/**
 * Why: the card of an alarm or of a quiet zone, opened over the map and beside the alarms, which it never covers.
 *
 * `openWhy` is the one way in, for any page. Where the answers come from is this server's recording of now, unless `explainFrom` said
 * otherwise.
 */

import { el } from '../dom';
import { STAGE_WORDS } from '../picture/words';
import type { Stage } from '../contract/picture';
import { readAlarmCard, readWithout, readZoneCard, type AlarmCard, type TrackCase, type Without, type ZoneCard } from './contract';
import { ellipseDrawing, hazardChart } from './drawings';
import { because, hops, later, nearWords, percent, quietBecause, withoutWords, type Hop } from './words';

export type WhyQuestion = { alarm: string } | { zone: string };

/** Plots that are listed of one track. */
const PLOTS_SHOWN = 40;
/** A recording is on disk a second after it happened; until then the server does not know the alarm. */
const AGAIN_MS = 700;
const AGAIN_MAX = 4;

let address = './api/why';
let asked = 0;
let open: HTMLDialogElement | null = null;
let back: HTMLElement | null = null;

/** Where answers come from from now on. */
export function explainFrom(where: string): void {
  address = where;
}

/** Opens the card; one that is open gives way. */
export async function openWhy(question: WhyQuestion): Promise<void> {
  const mine = (asked += 1);
  const { body, sheet } = show('alarm' in question ? 'Why this alarm' : 'Why this zone');
  body.replaceChildren(el('p', { class: 'soft', testid: 'why-waiting', text: 'Looking through the recording …', attributes: { role: 'status' } }));
  try {
    const content = 'alarm' in question ? await alarmContent(question.alarm, () => mine === asked) : zoneContent(readZoneCard(await answer(question)));
    if (mine !== asked) return;
    body.replaceChildren(...content);
    sheet.dataset['state'] = 'there';
  } catch (fault) {
    if (mine !== asked) return;
    body.replaceChildren(el('p', { class: 'fault', testid: 'why-fault', text: (fault as Error).message, attributes: { role: 'alert' } }));
    sheet.dataset['state'] = 'failed';
  }
}

/** A button that asks why, for a list of alarms. */
export function whyButton(question: WhyQuestion, about: string): HTMLButtonElement {
  const made = el('button', { class: 'why-button', testid: 'why', text: 'Why?', attributes: { type: 'button', 'aria-label': `Why: ${about}` } });
  made.addEventListener('click', () => void openWhy(question));
  return made;
}

/** A choice of zones to ask about, for a panel: a map is no way in for a keyboard. */
export function zoneChoice(zones: readonly { id: string; name: string }[]): HTMLElement {
  const choice = el('select', { testid: 'why-zone', attributes: { 'aria-label': 'Zone to explain' } }, ...zones.map(({ id, name }) => el('option', { text: name, attributes: { value: id } })));
  const ask = el('button', { class: 'why-button', testid: 'why-zone-ask', text: 'Why was it warned, or not?', attributes: { type: 'button' } });
  ask.addEventListener('click', () => void openWhy({ zone: choice.value }));
  return el('section', { class: 'why-choice', attributes: { 'aria-label': 'Why a zone was warned or not' } }, el('h2', { text: 'Why' }), choice, ask);
}

async function answer(question: WhyQuestion, part?: string): Promise<string> {
  const query = new URLSearchParams({ ...question, ...(part ? { part } : {}) });
  for (let attempt = 1; ; attempt += 1) {
    const got = await fetch(`${address}?${query}`, { cache: 'no-store' }).catch(() => null);
    if (!got) throw new Error('The server does not answer.');
    const text = await got.text();
    if (got.ok) return text;
    const again = got.status === 503 || (got.status === 404 && 'alarm' in question);
    if (!again || attempt >= AGAIN_MAX) throw new Error(words(got.status, text));
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

function words(status: number, text: string): string {
  try {
    const { error, remedy } = JSON.parse(text) as { error?: string; remedy?: string };
    return [error, remedy].filter(Boolean).join('; ');
  } catch {
    return `The server answered ${status}.`;
  }
}

/** The sheet: no modal one, since what counts beside it goes on counting. */
function show(title: string): { body: HTMLElement; sheet: HTMLDialogElement } {
  if (!open) back = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  open?.remove();
  const close = el('button', { class: 'close', testid: 'why-close', text: 'Close', attributes: { type: 'button' } });
  const body = el('div', { class: 'why-body', attributes: { tabindex: '0', role: 'region', 'aria-label': title } });
  const sheet = el('dialog', { class: 'why', testid: 'why-card', attributes: { 'aria-label': title } }, el('div', { class: 'why-head' }, el('h2', { text: title }), close), body);
  close.addEventListener('click', shut);
  sheet.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') shut();
  });
  document.body.append(sheet);
  sheet.show();
  close.focus();
  open = sheet;
  return { body, sheet };
}

function shut(): void {
  asked += 1;
  open?.remove();
  open = null;
  if (back?.isConnected) back.focus();
}

async function alarmContent(id: string, isWanted: () => boolean): Promise<HTMLElement[]> {
  const card = readAlarmCard(await answer({ alarm: id }));
  const without = el('div', { testid: 'why-without' }, el('p', { class: 'soft', text: 'Running the recording again without each sensor …', attributes: { role: 'status' } }));
  void answer({ alarm: id }, 'without').then(
    (text) => isWanted() && without.replaceChildren(withoutTable(readWithout(text))),
    (fault: Error) => isWanted() && without.replaceChildren(el('p', { class: 'soft', text: fault.message })),
  );
  const known = card.tracks.flatMap((track) => track.impact ?? []);
  const fell = card.tracks.flatMap((track) => track.came_down ?? []);
  const ground = ellipseDrawing(card.outline, known, fell);
  const chart = hazardChart(card.hazard, Date.parse(card.decided_at));
  return [
    el('p', { class: 'because', testid: 'why-because', text: because(card) }),
    el('div', { class: 'why-top' }, facts(card), ...(ground ? [figure(ground, fell.length > 0 ? 'The zone, the 95 % ellipse at the decision, and ✕ where it came down' : 'The zone and the 95 % ellipse at the decision')] : [])),
    section('Danger over time', chart ? figure(chart, 'Danger (line) against the threshold (dashed), on a logarithmic scale') : el('p', { class: 'soft', text: 'No danger was computed: people on duty raised it.' })),
    section('From the radar to the siren', hopTable(card)),
    section('Words that were told', messageTable(card)),
    ...card.tracks.map((track) => trackSection(track)),
    section('If it had been otherwise', alternativeTable(card), without),
    el('p', { class: 'soft', text: `Alarm ${card.alarm}. The same in a terminal: parapet why RECORDING ${card.alarm}` }),
  ];
}

function zoneContent(card: ZoneCard): HTMLElement[] {
  const chart = hazardChart(card.hazard, null);
  const known = card.nearest.flatMap((near) => near.impact ?? []).slice(0, 3);
  const ground = ellipseDrawing(card.outline, known, []);
  return [
    el('p', { class: 'because', testid: 'why-because', text: quietBecause(card) }),
    list([
      ['Threshold', `${percent(card.threshold)}; one missed round counts as ${Math.round(card.rule.misses_worth)} needless alarms`],
      ['Greatest danger', card.worst ? `${percent(card.worst.probability)} at ${time(card.worst.at)}` : 'none worth remembering'],
      ['People', String(card.people)],
    ]),
    ...(ground ? [figure(ground, 'The zone and the nearest predicted impacts with their 95 % ellipses')] : []),
    ...(chart ? [section('Danger over time', figure(chart, 'Danger (line) against the threshold (dashed), on a logarithmic scale'))] : []),
    section('What came nearest', table('Nearest predicted impacts', ['Track', 'When', 'What'], card.nearest.map((near) => [String(near.track), time(near.at), nearWords(near)]), 'None.')),
    ...(card.alarms.length > 0 ? [section('Its alarms', el('ul', { class: 'plain' }, ...card.alarms.map((id) => el('li', {}, whyButton({ alarm: id }, id), document.createTextNode(` ${id}`)))))] : []),
  ];
}

function facts(card: AlarmCard): HTMLElement {
  const left = card.left ? `${card.left.median_s.toFixed(1)} s (${card.left.earliest_s.toFixed(1)} to ${card.left.latest_s.toFixed(1)})` : 'not known';
  return list([
    ['Decided', time(card.decided_at)],
    ['Danger', percent(card.probability)],
    ['Threshold', card.threshold === card.rule.zone_threshold ? percent(card.threshold) : `${percent(card.threshold)} in this posture, otherwise ${percent(card.rule.zone_threshold)}`],
    ['Costs', `a missed round counts as ${Math.round(card.rule.misses_worth)} needless alarms`],
    ['Seconds left then', left],
    ['People', String(card.people)],
  ]);
}

function hopTable(card: AlarmCard): HTMLElement {
  const { measured_ms, heard_ms, decided_ms, sensor } = card.timeline;
  const ms = (seconds: number | null) => (seconds === null ? '–' : `${(1000 * seconds).toFixed(seconds < 0.1 ? 1 : 0)} ms`);
  const before = [
    ...(measured_ms === null ? [] : [[`measured by ${sensor ?? 'a sensor'}`, `${measured_ms - decided_ms} ms`]]),
    ...(heard_ms === null ? [] : [['heard', `${heard_ms - decided_ms} ms`]]),
    ['decided', '0'],
  ];
  const way = table('From the last plot to the decision', ['The plot that completed the case', 'Before the decision'], before, '');
  const told = hops(card.deliveries, card.stage);
  const row = (hop: Hop) => [
    `${hop.channel}${hop.receivers > 1 ? ` (${hop.receivers})` : ''}`, ms(hop.queued_s), ms(hop.sent_s),
    hop.acknowledged_s === null ? 'nobody' : hop.receivers > 1 ? `${ms(hop.acknowledged_s)}, slowest ${ms(hop.slowest_s)}` : ms(hop.acknowledged_s),
    [hop.missing.length > 0 ? `not acknowledged: ${hop.missing.slice(0, 5).join(', ')}${hop.missing.length > 5 ? ` and ${hop.missing.length - 5} more` : ''}` : '', hop.resent > 0 ? `told again ${hop.resent} times` : ''].filter(Boolean).join('; ') || '–',
  ];
  const channels = table('Channels', ['Channel', 'Queued', 'On the wire', 'Acknowledged', 'Remarks'], told.map(row), 'No delivery has been recorded yet.');
  channels.dataset['testid'] = 'why-hops';
  return el('div', {}, way, el('p', { class: 'soft', text: 'Then, after the decision, channel by channel:' }), channels);
}

function messageTable(card: AlarmCard): HTMLElement {
  const rows = card.messages.map((message) => [
    time(message.at), STAGE_WORDS[message.stage as Stage] ?? message.stage, message.reason.replaceAll('_', ' '), percent(message.probability),
    message.seconds_left !== null && message.seconds_left > 0 ? `${message.seconds_left.toFixed(1)} s` : '–',
  ]);
  // Predictions that get better are told again and again; the first and last of each stage say it.
  const few = rows.filter((row, n) => rows[n - 1]?.[1] !== row[1] || rows[n + 1]?.[1] !== row[1]);
  return table('Words', ['When', 'Stage', 'Because', 'Danger', 'Seconds told'], few, '');
}

function trackSection(track: TrackCase): HTMLElement {
  const odds = Object.entries(track.classes ?? {}).filter(([, share]) => share >= 0.001).sort((a, b) => b[1] - a[1]);
  const bars = el('ul', { class: 'odds', attributes: { 'aria-label': 'What it most probably was' } }, ...odds.map(([name, share]) =>
    el('li', {}, el('span', { text: name }), el('meter', { attributes: { min: '0', max: '1', value: share.toFixed(4), 'aria-label': name } }), el('span', { text: percent(share) }))));
  const plots = track.plots.slice(-PLOTS_SHOWN).map((plot) => [
    plot.sensor, time(plot.measured_at), `${Math.round(plot.range_m)} m`, `${plot.azimuth_deg.toFixed(2)}°`,
    plot.elevation_deg === null ? '–' : `${plot.elevation_deg.toFixed(2)}°`, plot.range_rate_mps === null ? '–' : `${plot.range_rate_mps.toFixed(0)} m/s`, String(plot.datagram),
  ]);
  const counted = Object.entries(track.sensors).map(([sensor, plotted]) => `${sensor} ${plotted}`).join(', ');
  const impact = track.impact;
  const off = track.off_m === null ? '' : `; it came down ${Math.round(track.off_m)} m from there`;
  return section(`Track ${track.track}`,
    list([
      ['Endangers the zone', track.endangers === null ? 'not known' : percent(track.endangers)],
      ['Exists and is a round', track.probability_of_a_round === null ? 'not known' : percent(track.probability_of_a_round)],
      ['Predicted then', impact ? `ellipse ${Math.round(2 * impact.ellipse.semi_major_m)} × ${Math.round(2 * impact.ellipse.semi_minor_m)} m, ± ${impact.sigma_time_s.toFixed(2)} s${off}` : 'nothing'],
      ['Plots that counted', `${track.plots_used ?? 0} used; listed: ${counted || 'none'}`],
    ]),
    bars,
    el('details', {}, el('summary', { text: `The ${Math.min(PLOTS_SHOWN, track.plots.length)} last plots before the decision` }),
      el('div', { class: 'wide', attributes: { tabindex: '0', role: 'region', 'aria-label': `Plots of track ${track.track}` } },
        table(`Plots of track ${track.track}`, ['Sensor', 'Measured', 'Range', 'Azimuth', 'Elevation', 'Doppler', 'Datagram'], plots, 'None.'))),
  );
}

function alternativeTable(card: AlarmCard): HTMLElement {
  return table('Other thresholds', ['With a threshold of', 'People would have been told'], card.alternatives.map((one) => [percent(one.threshold), later(one.later_s, 'never')]), 'None.');
}

function withoutTable(without: readonly Without[]): HTMLElement {
  return table('Without each sensor', ['Without', 'People would have been told'], without.map((one) => [one.sensor, withoutWords(one)]), 'No sensor’s plots were used.');
}

function section(title: string, ...content: HTMLElement[]): HTMLElement {
  return el('section', { attributes: { 'aria-label': title } }, el('h3', { text: title }), ...content);
}

function figure(drawing: SVGElement, words: string): HTMLElement {
  return el('figure', {}, drawing, el('figcaption', { text: words }));
}

function list(rows: [string, string][]): HTMLElement {
  return el('dl', { class: 'why-facts' }, ...rows.flatMap(([name, value]) => [el('dt', { text: name }), el('dd', { text: value })]));
}

function table(label: string, heads: string[], rows: string[][], none: string): HTMLElement {
  if (rows.length === 0) return el('p', { class: 'soft', text: none });
  const head = el('thead', {}, el('tr', {}, ...heads.map((text) => el('th', { text, attributes: { scope: 'col' } }))));
  const body = el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((text, n) => (n === 0 ? el('th', { text, attributes: { scope: 'row' } }) : el('td', { text }))))));
  return el('table', { attributes: { 'aria-label': label } }, head, body);
}

/** `18:22:01.500 Z` of an instant as the recording writes it. */
function time(rfc3339: string): string {
  return `${rfc3339.slice(11, 23)} Z`;
}
