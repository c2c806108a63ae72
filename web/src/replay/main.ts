// MapLibre's own style first: ours changes it.
import 'maplibre-gl/dist/maplibre-gl.css';
import '../style/tokens.css';
import '../style/page.css';
import '../style/panel.css';
import '../style/map.css';
import '../why/why.css';
import './replay.css';

import type { Picture } from '../contract/picture';
import { readSite } from '../contract/site';
import { explainFrom } from '../why/card';
import { ask } from './api';
import { readFacts, readList, readTruth, type Facts, type Mark, type Truth } from './contract';
import { readLink, writeLink } from './link';
import { placeOf } from './marks';
import { ReplayPage } from './page';
import { Player } from './player';
import { shelf } from './shelf';
import { Windows } from './windows';

const TICK_MS = 100;
/** How often a recording is asked for that is being looked through, and one that may grow. */
const LOOK_MS = 50;
const GROW_MS = 2_000;

const local_ms = () => performance.now();
const page = new ReplayPage(document.getElementById('app')!);
const moment = readLink(location.search);

async function list(): Promise<void> {
  page.show(shelf(readList(await ask('./api/recordings'))));
}

class Replay {
  private truth: Truth | null = null;
  private truthOf = '';
  private shown: Picture | null = null;
  private leapt = true;
  private passed = -1;
  private readonly player: Player;
  private readonly windows: Windows;

  constructor(
    private readonly name: string,
    private readonly base: string,
    private facts: Facts,
    at_ms: number | null,
  ) {
    // A link may lead to what has not been looked through yet.
    this.player = new Player(facts.from_ms, Math.max(facts.to_ms, at_ms ?? 0), at_ms);
    this.windows = new Windows(facts.from_ms, facts.window_ms, (number) => ask(`${base}/pictures/${number}`), local_ms);
  }

  async begin(): Promise<void> {
    const site = readSite(await ask(`${this.base}/site`));
    const told = { step: (by: 1 | -1) => this.step(by), seek: (at_ms: number) => this.seek(at_ms), share: () => this.share() };
    page.furnish(site, this.facts, this.player, told, (mark) => this.seek(mark.at_ms));
    this.know(this.facts);
    window.setInterval(() => this.tick(), TICK_MS);
    void this.look();
    Object.assign(window, { replay: { player: this.player } });
  }

  /** Until the end of the recording is known, and now and then while it grows. */
  private async look(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, this.facts.looked_through ? GROW_MS : LOOK_MS));
      if (this.facts.looked_through && !this.facts.growing) return;
      try {
        this.know(readFacts(await ask(this.base)));
        page.fail(null);
      } catch (fault) {
        page.fail((fault as Error).message);
      }
    }
  }

  private know(facts: Facts): void {
    this.facts = facts;
    this.player.to_ms = facts.looked_through ? facts.to_ms : Math.max(facts.to_ms, this.player.at_ms);
    if (facts.looked_through) this.player.seek(this.player.at_ms);
    page.know(facts);
    const key = `${facts.to_ms} ${facts.rounds}`;
    if (facts.looked_through && key !== this.truthOf) {
      this.truthOf = key;
      void this.knowTruth();
    }
  }

  private async knowTruth(): Promise<void> {
    try {
      this.truth = readTruth(await ask(`${this.base}/rounds`));
      page.knowTruth(this.truth);
    } catch (fault) {
      page.fail((fault as Error).message);
    }
  }

  private seek(at_ms: number): void {
    this.player.seek(at_ms);
    this.leapt = true;
    page.voice.hush();
    this.passed = placeOf(this.facts.marks, this.player.at_ms);
    this.tick();
    // The address always leads back here.
    if (!this.player.playing) this.address();
  }

  private step(by: 1 | -1): void {
    this.player.pause();
    const at_ms = this.windows.step(this.player.at_ms, by);
    if (at_ms !== null) this.seek(at_ms);
  }

  private address(): string {
    const link = writeLink({ recording: this.name, at_ms: this.player.at_ms });
    history.replaceState(null, '', link);
    return location.href;
  }

  private async share(): Promise<string> {
    const link = this.address();
    // The clipboard is there on secure addresses only; the address line is there always.
    const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
    return copied ? 'Copied.' : 'The address line of the browser is the link.';
  }

  private tick(): void {
    const { player, windows } = this;
    const wasPlaying = player.playing;
    player.tick(local_ms(), (at_ms) => windows.isReady(at_ms));
    if (wasPlaying && !player.playing) this.address();
    windows.want(player.at_ms, this.facts.to_ms, player.speed);
    if (windows.trouble) page.fail(windows.trouble.message);
    try {
      this.draw();
    } catch (fault) {
      player.pause();
      page.fail(`This picture cannot be read: ${(fault as Error).message}`);
    }
  }

  private draw(): void {
    const picture = this.windows.at(this.player.at_ms);
    if (picture && picture !== this.shown) {
      if (this.leapt) page.leap(this.windows.before(this.player.at_ms));
      else page.received(picture);
      this.leapt = false;
      this.shown = picture;
    }
    this.tellPassed();
    page.draw(this.facts, this.truth, picture, this.player, local_ms());
  }

  private tellPassed(): void {
    const here = placeOf(this.facts.marks, this.player.at_ms);
    const mark: Mark | undefined = here > this.passed && this.player.playing ? this.facts.marks[here] : undefined;
    if (mark) page.voice.passed(mark, this.player.speed);
    this.passed = here;
  }
}

async function start(): Promise<void> {
  try {
    if (moment.recording === null) return await list();
    const base = `./api/recordings/${encodeURIComponent(moment.recording)}`;
    explainFrom(`${base}/why`);
    const facts = readFacts(await ask(base));
    await new Replay(moment.recording, base, facts, moment.at_ms).begin();
  } catch (fault) {
    page.fail((fault as Error).message);
    await list().catch(() => undefined);
  }
}

void start();
