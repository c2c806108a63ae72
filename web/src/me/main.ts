import '../style/tokens.css';
import './me.css';

import { readPublicPicture, readPublicSite, readVocabulary, type PublicPicture, type PublicSite } from '../contract/public';
import { ContractError } from '../contract/read';
import { ServerClock } from '../feed/clock';
import { contactAt, retryDelay_ms, type Contact } from '../feed/contact';
import { LiveFeed } from '../feed/live';
import { Speaker } from '../sound/speaker';
import { answer, isAnswer, isQuiet, type Said } from './answer';
import { Chooser } from './chooser';
import { keep } from './keep';
import type { Chosen } from './place';
import { SleepWatch, Trembler, Wakefulness } from './rouse';
import { Screen, sentence, type View } from './screen';
import { Sense } from './sense';
import { Words } from './words';

const TICK_MS = 100;
/** Time that the phone's monotonic clock may lose against the wall clock before it counts as sleep. */
const DRIFT_MS_MAX = 1_500;

const local_ms = () => performance.now();

class Me {
  /** As the server said in this page's life; what is kept from earlier serves only to choose a place. */
  private site: PublicSite | null = null;
  private words: Words;
  private vocabulary = keep.words();
  private chosen: Chosen | null = keep.chosen();
  private picture: PublicPicture | null = null;
  private misfit = false;
  /** The phone does not find itself any more: its place is the one that it had. */
  private astray = false;
  private asking = false;
  private readonly kept = keep.site();
  private readonly clock = new ServerClock();
  private readonly speaker = new Speaker();
  private readonly trembler = new Trembler();
  private readonly wakefulness = new Wakefulness();
  private readonly sleep = new SleepWatch(DRIFT_MS_MAX);
  private readonly sense = new Sense();
  private readonly chooser = new Chooser((chosen) => this.choose(chosen), () => this.senseHere());
  private readonly screen: Screen;
  private readonly feed: LiveFeed<PublicPicture>;

  constructor(root: HTMLElement) {
    this.words = this.speak();
    this.screen = new Screen(root, this.speaker.root, this.chooser.root, () => this.openChooser(), () => this.otherTongue());
    this.feed = new LiveFeed('./api/public/live', {
      picture: (picture, at_ms) => this.take(picture, at_ms),
      unreadable: () => void (this.misfit = true),
      regained: () => void this.ask(),
    }, local_ms, readPublicPicture);
    if (this.chosen?.kind === 'sensed') this.senseHere();
    void this.ask();
    window.setInterval(() => this.tick(), TICK_MS);
    document.addEventListener('visibilitychange', () => this.draw());
    this.draw();
  }

  private take(picture: PublicPicture, at_ms: number): void {
    this.misfit = false;
    this.clock.heard(picture.now_ms, at_ms);
    this.picture = picture;
    // A server that came back as another world must not be told in the words of the first.
    if (this.site && picture.mode !== this.site.mode) {
      this.site = null;
      void this.ask();
    }
  }

  /** Asks for zones and words until they have come; nothing is answered before they have. */
  private async ask(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const [site, words] = await Promise.all([fetched('./api/public/site'), fetched('./api/words')]);
        this.know(readPublicSite(site), site, words);
        break;
      } catch (fault) {
        this.misfit ||= fault instanceof ContractError;
        await new Promise((resolve) => setTimeout(resolve, retryDelay_ms(attempt)));
      }
    }
    this.asking = false;
  }

  private know(site: PublicSite, siteText: string, wordsText: string): void {
    this.vocabulary = readVocabulary(wordsText);
    // Another version of the service has another page.
    if (this.site && this.site.version !== site.version) location.reload();
    this.site = site;
    keep.setSite(siteText);
    keep.setWords(wordsText);
    this.words = this.speak();
  }

  private speak(): Words {
    const words = Words.of(this.vocabulary, keep.language(), navigator.languages);
    this.speaker.speaks({ locked: words.say('sound_locked'), on: words.say('sound_on'), muted: words.say('sound_muted') }, words.tongue.code);
    this.speaker.root.hidden = !words.has('sound_locked');
    return words;
  }

  private otherTongue(): void {
    const other = this.words.others[0];
    if (!other) return;
    keep.setLanguage(other.code);
    this.words = this.speak();
    this.draw();
  }

  private openChooser(): void {
    this.chooser.open(this.site ?? this.kept, this.words, this.chosen);
  }

  private choose(chosen: Chosen): void {
    this.astray = false;
    if (chosen.kind !== 'sensed') this.sense.stop();
    this.chosen = chosen;
    keep.setChosen(chosen);
    this.draw();
  }

  private senseHere(): void {
    this.chooser.tell(this.words.say('locating'));
    this.sense.start(
      (chosen) => {
        this.choose(chosen);
        this.chooser.shut();
      },
      (fault) => {
        this.astray = true;
        this.chooser.tell(this.words.say(`location_${fault}`));
      },
    );
  }

  private tick(): void {
    if (this.sleep.slept(Date.now(), local_ms())) this.feed.again();
    this.feed.tick();
    this.draw();
  }

  private draw(): void {
    const now = local_ms();
    const contact = this.feed ? contactAt(this.feed.heard, now) : ({ kind: 'connecting' } as Contact);
    const now_ms = this.clock.now_ms(now);
    // Only what fits the site that the server has told is a picture of it.
    const picture = this.site && this.picture?.mode === this.site.mode ? this.picture : null;
    // A page that is put aside shows that it knows nothing, so that what is seen first on coming back is not an old state.
    const shown: Contact = document.hidden ? { kind: 'connecting' } : contact;
    const known = { site: this.site ?? this.kept, chosen: this.chosen, picture, now_ms };
    const view = (seen: Contact): View => ({ ...known, said: answer({ ...known, contact: seen }), contact: seen, words: this.words, world: this.site?.mode ?? null, misfit: this.misfit, astray: this.astray });
    this.screen.draw(view(shown));
    this.rouse(view(contact), now);
  }

  /** Sound, trembling, and a screen that stays on, once somebody has asked for it. */
  private rouse(view: View, now: number): void {
    const { said, contact, now_ms } = view;
    const state = isAnswer(said) && !said.elsewhere ? said.state : null;
    const alarms = state ? [{ id: state.alarm, stage: state.stage, updated_ms: state.at_ms, say: sentence(view) }] : [];
    this.speaker.update(this.site?.mode ?? 'exercise', alarms, now_ms ?? 0, contact.kind === 'ok');
    const trembles = this.speaker.isOn && contact.kind === 'ok' && state !== null;
    this.trembler.update(trembles ? state.stage : null, state?.alarm ?? '', now);
    this.wakefulness.want(this.speaker.isOn);
    if (presses(said)) this.chooser.shut();
  }
}

/** Whether whoever chooses a place must look up now. */
function presses(said: Said): boolean {
  return isAnswer(said) && !isQuiet(said.kind) && said.kind !== 'prepare';
}

/** Zones and words change with the site only: what the phone has is asked for by its name. */
async function fetched(url: string): Promise<string> {
  const answer = await fetch(url, { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`${url}: the server answered ${answer.status}`);
  return answer.text();
}

void new Me(document.getElementById('me')!);

if ('serviceWorker' in navigator && !import.meta.env.DEV) {
  // Without it the page works all the same, as long as there is a network.
  navigator.serviceWorker.register('./me-worker.js', { scope: './me' }).catch(() => undefined);
}
