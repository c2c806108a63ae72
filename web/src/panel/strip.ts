/**
 * The strip of time: the last minutes and the seconds ahead. Alarms by zone and stage, rounds to their impact, sensors that were silent,
 * and when this page itself knew nothing.
 */

import type { Stage } from '../contract/picture';
import { el, say, utc } from '../dom';
import { readTheme, type Theme } from '../map/theme';
import { seconds } from '../picture/health';
import { spans, type AlarmStory, type Gap, type History, type RoundStory } from '../picture/history';
import { STAGE_WORDS } from '../picture/words';

/** How much past is shown, minutes. */
const REACHES_MIN = [2, 5, 15, 60] as const;
/** The share of the strip that lies ahead of now: impacts are shown before they happen. */
const AHEAD = 0.12;
const NAMES_PX = 132;
const AXIS_PX = 18;
const ALARM_ROWS = 3;
const ROW_PX = 14;
const SENSOR_ROWS = 3;
const REDRAW_MS = 250;
const FONT = '12px system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

interface Frame {
  pen: CanvasRenderingContext2D;
  theme: Theme;
  now_ms: number;
  from_ms: number;
  to_ms: number;
  width: number;
  height: number;
}

export class Strip {
  private readonly canvas = el('canvas', { testid: 'strip-canvas', attributes: { role: 'img', tabindex: '0' } });
  private readonly readout = el('p', { class: 'readout', testid: 'strip-readout', attributes: { role: 'status' } });
  private readonly reaches = REACHES_MIN.map((minutes) => {
    const button = el('button', { text: `${minutes} min`, attributes: { type: 'button', 'data-minutes': String(minutes) } });
    button.addEventListener('click', () => this.reach(minutes));
    return button;
  });
  readonly root = el(
    'section', { class: 'strip', testid: 'strip', attributes: { 'aria-label': 'The last minutes' } },
    el('div', { class: 'strip-head' }, el('h2', { text: 'Last minutes' }), this.readout, el('div', { class: 'reaches', attributes: { role: 'group', 'aria-label': 'How much is shown' } }, ...this.reaches)),
    el('div', { class: 'strip-body' }, this.canvas),
  );
  private minutes: number = REACHES_MIN[1];
  private theme: Theme | null = null;
  private drawn_ms = -Infinity;
  /** Where somebody points, as a share of the strip's time; null where nobody does. */
  private pointed: number | null = null;
  private frame: Frame | null = null;

  constructor(private readonly history: History, private readonly names: ReadonlyMap<string, string>) {
    this.canvas.addEventListener('pointermove', (event) => this.point((event.offsetX - NAMES_PX) / Math.max(1, this.canvas.clientWidth - NAMES_PX)));
    this.canvas.addEventListener('pointerleave', () => this.point(null));
    this.canvas.addEventListener('blur', () => this.point(null));
    this.canvas.addEventListener('keydown', (event) => this.press(event));
    this.canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      const step = REACHES_MIN.indexOf(this.minutes as 2) + Math.sign(event.deltaY);
      const next = REACHES_MIN[step];
      if (next !== undefined) this.reach(next);
    }, { passive: false });
    this.reach(this.minutes);
  }

  /** The palette has changed. */
  dress(): void {
    this.theme = null;
    this.drawn_ms = -Infinity;
  }

  /** To be called ten times per second. */
  update(now_ms: number, local_ms: number): void {
    if (local_ms - this.drawn_ms < REDRAW_MS) return;
    this.drawn_ms = local_ms;
    this.draw(now_ms);
  }

  private reach(minutes: number): void {
    this.minutes = minutes;
    for (const button of this.reaches) button.setAttribute('aria-pressed', String(Number(button.dataset['minutes']) === minutes));
    this.drawn_ms = -Infinity;
  }

  private press(event: KeyboardEvent): void {
    const by = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.point(Math.min(1, Math.max(0, (this.pointed ?? 1 - AHEAD) + by)));
  }

  private point(share: number | null): void {
    this.pointed = share === null || share < 0 || share > 1 ? null : share;
    if (this.frame) this.draw(this.frame.now_ms);
  }

  private draw(now_ms: number): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const pen = this.canvas.getContext('2d');
    if (!pen || width === 0) return;
    const ratio = window.devicePixelRatio || 1;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = FONT;
    pen.textBaseline = 'middle';
    this.theme ??= readTheme();
    const past_ms = this.minutes * 60_000;
    const frame: Frame = { pen, theme: this.theme, now_ms, from_ms: now_ms - past_ms, to_ms: now_ms + (past_ms * AHEAD) / (1 - AHEAD), width, height };
    this.frame = frame;
    this.drawAxis(frame);
    this.drawUnknown(frame);
    let y = this.drawAlarms(frame, AXIS_PX);
    y = this.drawRounds(frame, y);
    this.drawSensors(frame, y);
    this.drawNow(frame);
    this.read(frame);
  }

  private drawAxis(frame: Frame): void {
    const { pen, theme, from_ms, to_ms, height } = frame;
    const step_ms = (this.minutes * 60_000) / (this.minutes === 2 ? 4 : 5);
    pen.textAlign = 'center';
    for (let at_ms = Math.ceil(from_ms / step_ms) * step_ms; at_ms < to_ms; at_ms += step_ms) {
      const x = xOf(frame, at_ms);
      pen.fillStyle = theme.line;
      pen.fillRect(x, AXIS_PX - 3, 1, height);
      pen.fillStyle = theme['ink-soft'];
      if (x > NAMES_PX + 24 && Math.abs(at_ms - frame.now_ms) > step_ms / 4) pen.fillText(utc(at_ms).slice(0, 8), x, AXIS_PX / 2);
    }
    pen.textAlign = 'left';
  }

  /** Before the page was opened, and while it had no picture. */
  private drawUnknown(frame: Frame): void {
    const { opened_ms, silences } = this.history;
    if (opened_ms !== null && opened_ms > frame.from_ms) hatch(frame, frame.from_ms, opened_ms, ALARM_ROWS * ROW_PX + AXIS_PX, frame.theme.line);
    for (const gap of silences) hatch(frame, gap.from_ms, gap.to_ms ?? frame.now_ms, AXIS_PX, frame.theme['ink-faint']);
  }

  private drawAlarms(frame: Frame, top: number): number {
    const { pen, theme } = frame;
    const rows = zonesOf(this.visible(frame));
    name(frame, rows.length === 0 ? 'Alarms' : '', top);
    rows.slice(0, ALARM_ROWS).forEach(([zone, stories], row) => {
      const y = top + row * ROW_PX;
      const hidden = row === ALARM_ROWS - 1 ? rows.length - ALARM_ROWS : 0;
      name(frame, hidden > 0 ? `${zone} +${hidden}` : zone, y);
      for (const span of stories.flatMap(spans)) bar(frame, span.at_ms, span.to_ms ?? frame.now_ms, y, ROW_PX - 3, toneOf(theme, span.stage), span.stage === 'hold');
      for (const entry of stories.flatMap((story) => story.stages)) {
        if (entry.stage !== 'all_clear' && entry.stage !== 'withdrawn') continue;
        pen.fillStyle = toneOf(theme, entry.stage);
        const x = xOf(frame, entry.at_ms);
        if (x > NAMES_PX) pen.fillText(entry.stage === 'all_clear' ? '✓' : '✕', x + 1, y + ROW_PX / 2);
      }
    });
    return top + ALARM_ROWS * ROW_PX;
  }

  private drawRounds(frame: Frame, top: number): number {
    const { pen, theme } = frame;
    const rounds = this.rounds(frame);
    name(frame, rounds.length > 0 ? `Rounds ${rounds.length}` : 'Rounds', top);
    const rows = Math.min(6, rounds.length);
    rounds.forEach((round, i) => {
      const y = top + 2 + (i % Math.max(1, rows)) * ((2 * ROW_PX - 6) / Math.max(1, rows));
      const end_ms = ended(round, frame.now_ms);
      pen.fillStyle = theme.ballistic;
      const [x0, x1] = [Math.max(NAMES_PX, xOf(frame, round.seen_ms)), Math.max(NAMES_PX, xOf(frame, end_ms))];
      pen.fillRect(x0, y, Math.max(1, x1 - x0), 2);
      if (x1 > NAMES_PX && end_ms === round.impact_ms) pen.fillRect(x1 - 2, y - 2, 5, 6);
    });
    return top + 2 * ROW_PX;
  }

  private drawSensors(frame: Frame, top: number): void {
    const { theme } = frame;
    const sensors = [...this.history.outages].sort(([, a], [, b]) => last(b) - last(a));
    const rows = sensors.slice(0, SENSOR_ROWS);
    rows.forEach(([id, gaps], row) => {
      const y = top + row * ROW_PX;
      const hidden = row === SENSOR_ROWS - 1 ? sensors.length - SENSOR_ROWS : 0;
      name(frame, hidden > 0 ? `${this.names.get(id) ?? id} +${hidden}` : (this.names.get(id) ?? id), y);
      const since_ms = Math.max(frame.from_ms, this.history.opened_ms ?? frame.now_ms);
      bar(frame, since_ms, frame.now_ms, y + 5, 3, theme.sensor, false);
      for (const gap of gaps) bar(frame, gap.from_ms, gap.to_ms ?? frame.now_ms, y, ROW_PX - 3, theme['hold-text'], true);
    });
  }

  private drawNow(frame: Frame): void {
    const { pen, theme, height } = frame;
    const x = xOf(frame, frame.now_ms);
    pen.fillStyle = theme.ink;
    pen.fillRect(x - 1, AXIS_PX - 2, 2, height);
    pen.textAlign = 'center';
    pen.fillText('now', x, AXIS_PX / 2);
    pen.textAlign = 'left';
    if (this.pointed === null) return;
    pen.fillStyle = theme['ink-soft'];
    pen.fillRect(NAMES_PX + this.pointed * (frame.width - NAMES_PX), AXIS_PX, 1, height);
  }

  /** In words: what was at the instant that is pointed at, or what there is to see at all. */
  private read(frame: Frame): void {
    const { history } = this;
    const alarms = this.visible(frame);
    const silent = [...history.outages].filter(([, gaps]) => gaps.some((gap) => (gap.to_ms ?? frame.now_ms) > frame.from_ms)).length;
    const all = `Last ${this.minutes} minutes: ${counted(alarms.length, 'alarm')}, ${counted(this.rounds(frame).length, 'round')}, ${counted(silent, 'sensor')} silent at times`;
    this.canvas.setAttribute('aria-label', all);
    say(this.readout, this.pointed === null ? '' : this.at(frame.from_ms + this.pointed * (frame.to_ms - frame.from_ms), frame));
  }

  private at(at_ms: number, frame: Frame): string {
    const within = (gap: Gap) => gap.from_ms <= at_ms && at_ms < (gap.to_ms ?? frame.now_ms);
    const ago = at_ms > frame.now_ms ? `in ${seconds(at_ms - frame.now_ms)}` : `${seconds(frame.now_ms - at_ms)} ago`;
    const stages = [...this.history.alarms.values()].flatMap((story) =>
      spans(story).filter((span) => within({ from_ms: span.at_ms, to_ms: span.to_ms })).map((span) => `${story.zone_name}: ${STAGE_WORDS[span.stage]}`),
    );
    const flying = [...this.history.rounds.values()].filter((round) => round.seen_ms <= at_ms && at_ms <= ended(round, frame.now_ms)).length;
    const silent = [...this.history.outages].filter(([, gaps]) => gaps.some(within)).map(([id]) => `${this.names.get(id) ?? id} silent`);
    const words = [...stages.slice(0, 3), ...(stages.length > 3 ? [`${stages.length - 3} more zones`] : []), ...(flying > 0 ? [counted(flying, 'round')] : []), ...silent];
    if (this.history.silences.some(within)) words.push('no contact');
    return `${utc(at_ms)} (${ago}): ${words.join(', ') || 'nothing'}`;
  }

  private visible(frame: Frame): AlarmStory[] {
    return [...this.history.alarms.values()].filter((story) => {
      const end = story.stages.at(-1)!;
      const lasts = end.stage !== 'all_clear' && end.stage !== 'withdrawn';
      return story.stages[0]!.at_ms < frame.now_ms + 1_000 && (lasts || end.at_ms > frame.from_ms);
    });
  }

  private rounds(frame: Frame): RoundStory[] {
    return [...this.history.rounds.values()].filter((round) => round.impact_ms > frame.from_ms);
  }
}

/** A round that is no longer spoken of before its impact has ended there. */
function ended(round: RoundStory, now_ms: number): number {
  const dropped = now_ms - round.told_ms > 3_000 && round.told_ms < round.impact_ms - 1_000;
  return dropped ? round.told_ms : round.impact_ms;
}

/** By zone, the latest alarm first. */
function zonesOf(stories: readonly AlarmStory[]): [string, AlarmStory[]][] {
  const zones = new Map<string, AlarmStory[]>();
  for (const story of [...stories].sort((a, b) => b.stages.at(-1)!.at_ms - a.stages.at(-1)!.at_ms)) {
    zones.set(story.zone_name, [...(zones.get(story.zone_name) ?? []), story]);
  }
  return [...zones];
}

const last = (gaps: readonly Gap[]): number => {
  const gap = gaps.at(-1);
  return gap ? (gap.to_ms ?? Infinity) : -Infinity;
};

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

function toneOf(theme: Theme, stage: Stage): string {
  return { prepare: theme.hold, take_cover: theme.cover, hold: theme.hold, all_clear: theme['ink-soft'], withdrawn: theme['ink-soft'] }[stage];
}

function xOf({ from_ms, to_ms, width }: Frame, at_ms: number): number {
  return NAMES_PX + ((at_ms - from_ms) / (to_ms - from_ms)) * (width - NAMES_PX);
}

function name({ pen, theme }: Frame, words: string, y: number): void {
  pen.save();
  pen.beginPath();
  pen.rect(0, y, NAMES_PX - 8, ROW_PX);
  pen.clip();
  pen.fillStyle = theme['ink-soft'];
  pen.fillText(words, 14, y + ROW_PX / 2);
  pen.restore();
}

function bar(frame: Frame, from_ms: number, to_ms: number, y: number, height: number, colour: string, striped: boolean): void {
  const { pen } = frame;
  const [x0, x1] = [Math.max(NAMES_PX, xOf(frame, from_ms)), Math.max(NAMES_PX, xOf(frame, to_ms))];
  if (x1 <= NAMES_PX) return;
  pen.fillStyle = colour;
  pen.globalAlpha = striped ? 0.45 : 1;
  pen.fillRect(x0, y, Math.max(2, x1 - x0), height);
  pen.globalAlpha = 1;
  // What is told apart by colour is told apart by form as well.
  if (!striped) return;
  for (let x = x0; x < x1; x += 6) pen.fillRect(x, y, Math.min(2, x1 - x), height);
}

function hatch(frame: Frame, from_ms: number, to_ms: number, top: number, colour: string): void {
  const { pen, height } = frame;
  const [x0, x1] = [Math.max(NAMES_PX, xOf(frame, from_ms)), xOf(frame, to_ms)];
  if (x1 <= x0) return;
  pen.save();
  pen.beginPath();
  pen.rect(x0, top, x1 - x0, height);
  pen.clip();
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = x0 - height; x < x1; x += 9) {
    pen.moveTo(x, height);
    pen.lineTo(x + height, 0);
  }
  pen.stroke();
  pen.restore();
}
