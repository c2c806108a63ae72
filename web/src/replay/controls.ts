/** The foot of the page: play, step, jump, speed, and the time line itself. */

import { el, say } from '../dom';
import { svg } from '../svg';
import type { Facts, Mark } from './contract';
import { jump, MARKS } from './marks';
import { SPEEDS, type Player } from './player';

/** Marks that are drawn; notes go first where there are more. */
const DRAWN_MAX = 1_500;
/** What one press of an arrow key on the time line moves, milliseconds. */
const FINE_MS = 100;

export interface Told {
  step(by: 1 | -1): void;
  seek(at_ms: number): void;
  share(): Promise<string>;
}

export class Controls {
  private readonly play = button('Play', 'play', 'Play or pause (space)');
  private readonly speed = el('select', { testid: 'speed', attributes: { 'aria-label': 'Speed' } });
  private readonly time = el('output', { class: 'then', testid: 'cursor', attributes: { 'aria-label': 'Instant of the recording' } });
  private readonly state = el('span', { class: 'state', testid: 'play-state', attributes: { role: 'status' } });
  private readonly shared = el('span', { class: 'state', testid: 'shared', attributes: { role: 'status' } });
  private readonly range = el('input', { testid: 'scrub', attributes: { type: 'range', min: '0', step: String(FINE_MS), 'aria-label': 'Instant' } });
  private readonly marks = svg('svg', { class: 'marks', width: '100%', height: 54, 'aria-hidden': 'true' });
  readonly root: HTMLElement;
  private facts: Facts | null = null;
  private drawn = '';

  constructor(
    private readonly player: Player,
    private readonly told: Told,
  ) {
    for (const speed of SPEEDS) this.speed.append(el('option', { text: `${speed} ×`, attributes: { value: String(speed) } }));
    this.speed.value = '1';
    this.speed.addEventListener('change', () => (this.player.speed = Number(this.speed.value)));
    this.play.addEventListener('click', () => this.player.toggle());
    this.range.addEventListener('input', () => this.told.seek(this.player.from_ms + Number(this.range.value)));
    const press = (words: string, testid: string, label: string, act: () => void) => {
      const made = button(words, testid, label);
      made.addEventListener('click', act);
      return made;
    };
    const bar = el(
      'div', { class: 'bar' },
      press('|◂', 'jump-back', 'Event before (shift and left arrow)', () => this.jump(-1)),
      press('◂', 'step-back', 'Picture before (left arrow)', () => this.told.step(-1)),
      this.play,
      press('▸', 'step-on', 'Next picture (right arrow)', () => this.told.step(1)),
      press('▸|', 'jump-on', 'Next event (shift and right arrow)', () => this.jump(1)),
      this.speed,
      this.time,
      this.state,
      el('span', { class: 'spring' }),
      this.shared,
      press('Copy link to this moment', 'share', 'Copy link to this moment', () => void this.share()),
    );
    this.root = el('footer', { class: 'timeline', attributes: { 'aria-label': 'Time line' } }, bar, el('div', { class: 'scrub' }, this.marks, this.range));
    document.addEventListener('keydown', (event) => this.key(event));
  }

  jump(by: 1 | -1): void {
    const at_ms = this.facts && jump(this.facts.marks, this.player.at_ms, by);
    if (at_ms !== null) this.told.seek(at_ms);
  }

  know(facts: Facts): void {
    this.facts = facts;
    this.range.max = String(Math.max(1, this.player.to_ms - this.player.from_ms));
    this.draw();
  }

  update(): void {
    const { player } = this;
    const passed_ms = player.at_ms - player.from_ms;
    if (document.activeElement !== this.range || player.playing) this.range.value = String(Math.round(passed_ms));
    this.range.setAttribute('aria-valuetext', spokenTime(player.at_ms));
    say(this.play, player.playing ? 'Pause' : 'Play');
    this.play.setAttribute('aria-pressed', String(player.playing));
    this.speed.value = String(player.speed);
    say(this.time, `${clock(player.at_ms)}  +${offsetWords(passed_ms)} of ${offsetWords(player.to_ms - player.from_ms)}`);
    say(this.state, player.waiting ? 'loading' : player.playing ? `playing ${player.speed} ×` : 'paused');
  }

  private async share(): Promise<void> {
    const link = await this.told.share();
    say(this.shared, link);
  }

  private key(event: KeyboardEvent): void {
    const target = event.target as HTMLElement | null;
    if (event.ctrlKey || event.altKey || event.metaKey || target?.closest('input, select, textarea, dialog, .maplibregl-map')) return;
    const acts: Record<string, () => void> = {
      ' ': () => this.player.toggle(),
      ArrowLeft: () => (event.shiftKey ? this.jump(-1) : this.told.step(-1)),
      ArrowRight: () => (event.shiftKey ? this.jump(1) : this.told.step(1)),
      '[': () => this.player.faster(-1),
      ']': () => this.player.faster(1),
    };
    // A button has the space bar to itself.
    if (event.key === ' ' && target?.closest('button, a, summary')) return;
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  private draw(): void {
    const { from_ms, to_ms } = this.player;
    const marks = few(this.facts?.marks ?? []);
    const key = `${from_ms} ${to_ms} ${marks.length} ${this.facts?.progress}`;
    if (key === this.drawn) return;
    this.drawn = key;
    const length_ms = Math.max(1, to_ms - from_ms);
    const shapes = marks.map((mark) => {
      const { sign, lane } = MARKS[mark.kind];
      const x = `${((100 * (mark.at_ms - from_ms)) / length_ms).toFixed(3)}%`;
      return svg('text', { x, y: 14 + 17 * lane, 'text-anchor': 'middle', class: `mark ${mark.kind}` }, svg('title', {}, mark.words), sign);
    });
    const lanes = [0, 1, 2].map((lane) => svg('line', { x1: '0%', x2: '100%', y1: 9 + 17 * lane, y2: 9 + 17 * lane, class: 'lane' }));
    this.marks.replaceChildren(...lanes, ...shapes);
  }
}

/** Those that matter most, where there are too many to draw. */
function few(marks: readonly Mark[]): readonly Mark[] {
  if (marks.length <= DRAWN_MAX) return marks;
  const first = marks.filter((mark) => MARKS[mark.kind].lane < 2 || mark.kind === 'sensor_lost');
  const every = Math.ceil(first.length / DRAWN_MAX);
  return first.filter((_, n) => n % every === 0);
}

function button(words: string, testid: string, label: string): HTMLButtonElement {
  return el('button', { text: words, testid, attributes: { type: 'button', 'aria-label': label, title: label } });
}

/** `18:22:01.5 Z`, with tenths: a picture stands for two of them. */
export function clock(at_ms: number): string {
  return `${new Date(at_ms).toISOString().slice(11, 21)} Z`;
}

export function date(at_ms: number): string {
  return new Date(at_ms).toISOString().slice(0, 10);
}

function spokenTime(at_ms: number): string {
  return `${date(at_ms)} ${clock(at_ms)}`;
}

export function offsetWords(ms: number): string {
  const whole_s = Math.floor(Math.max(0, ms) / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(whole_s / 3600), Math.floor(whole_s / 60) % 60, whole_s % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
