/** The page's own siren: patterns by WebAudio and sentences by the browser's voice, once somebody has pressed the button. */

import type { Stage } from '../contract/picture';
import type { Mode } from '../contract/site';
import { el, say } from '../dom';
import { pattern, sounding, type Sounded } from './pattern';

/** How far ahead tones are given to the sound card, seconds: a tab in the background is woken once a second. */
const AHEAD_S = 1.5;
/** Half of full loudness leaves room for a loudspeaker's resonance. */
const LOUDNESS = 0.5;
/** Tones rise and fall over this long, so that they do not click, seconds. */
const EDGE_S = 0.005;

type State = 'locked' | 'on' | 'muted';
export type SpeakerWords = Readonly<Record<State, string>>;
const WORDS: SpeakerWords = { locked: 'Sound is off: press to hear alarms', on: 'Sound on', muted: 'Muted' };

export class Speaker {
  readonly root = el('button', { class: 'sound', testid: 'sound', attributes: { type: 'button' } });
  private state: State = 'locked';
  private context: AudioContext | null = null;
  private playing: OscillatorNode[] = [];
  private stage: Stage | null = null;
  private until_s = 0;
  private spoken = '';
  private words = WORDS;
  private language = 'en-US';

  constructor() {
    this.root.addEventListener('click', () => this.press());
    this.show();
  }

  /** Whether alarms are heard now. */
  get isOn(): boolean {
    return this.state === 'on';
  }

  /** The button's words, and the language that sentences are spoken in. */
  speaks(words: SpeakerWords, language: string): void {
    [this.words, this.language] = [words, language];
    this.show();
  }

  /** Browsers let a page sound only after a gesture. */
  private press(): void {
    this.context ??= new AudioContext();
    void this.context.resume();
    this.state = this.state === 'on' ? 'muted' : 'on';
    if (this.state === 'muted') this.silence();
    this.show();
  }

  private show(): void {
    this.root.dataset['state'] = this.state;
    this.root.setAttribute('aria-pressed', String(this.state === 'on'));
    say(this.root, this.words[this.state]);
  }

  /** Called ten times per second. Without contact nothing is sounded: the page says that it does not know. */
  update(mode: Mode, alarms: readonly Sounded[], now_ms: number, inContact: boolean): void {
    const alarm = inContact ? sounding(alarms, now_ms) : null;
    this.root.dataset['sounding'] = this.state === 'on' && alarm ? alarm.stage : '';
    if (this.state !== 'on' || !this.context) return;
    if ((alarm?.stage ?? null) !== this.stage) this.silence();
    this.stage = alarm?.stage ?? null;
    if (!alarm) return;
    this.speak(alarm);
    while (this.until_s < this.context.currentTime + AHEAD_S) this.sound(this.context, mode, alarm.stage);
  }

  /** Hands one round of a pattern to the sound card. */
  private sound(context: AudioContext, mode: Mode, stage: Stage): void {
    this.until_s = Math.max(this.until_s, context.currentTime + 0.02);
    for (const [from_hz, to_hz, lasts_s] of pattern(mode, stage)) {
      if (from_hz > 0) this.tone(context, from_hz, to_hz, this.until_s, this.until_s + lasts_s);
      this.until_s += lasts_s;
    }
  }

  private tone(context: AudioContext, from_hz: number, to_hz: number, from_s: number, to_s: number): void {
    const [source, gain] = [context.createOscillator(), context.createGain()];
    source.frequency.setValueAtTime(from_hz, from_s);
    source.frequency.linearRampToValueAtTime(to_hz, to_s);
    gain.gain.setValueAtTime(0, from_s);
    gain.gain.linearRampToValueAtTime(LOUDNESS, from_s + EDGE_S);
    gain.gain.setValueAtTime(LOUDNESS, to_s - EDGE_S);
    gain.gain.linearRampToValueAtTime(0, to_s);
    source.connect(gain).connect(context.destination);
    source.start(from_s);
    source.stop(to_s);
    source.addEventListener('ended', () => {
      gain.disconnect();
      this.playing = this.playing.filter((other) => other !== source);
    });
    this.playing.push(source);
  }

  private silence(): void {
    for (const source of this.playing) source.stop();
    this.playing = [];
    this.until_s = 0;
    this.stage = null;
    window.speechSynthesis?.cancel();
  }

  /** Once for each stage of each alarm; the words are the server's, which are other words in an exercise. */
  private speak(alarm: Sounded): void {
    const key = `${alarm.id} ${alarm.stage}`;
    if (key === this.spoken || !alarm.say || !('speechSynthesis' in window)) return;
    this.spoken = key;
    window.speechSynthesis.cancel();
    const sentence = new SpeechSynthesisUtterance(alarm.say);
    sentence.lang = this.language;
    window.speechSynthesis.speak(sentence);
  }
}
