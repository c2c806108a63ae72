/** What the page knows and does: where set-up stands, the draft that is open, what is chosen in it. Everything drawn is told. */

import { Api, No } from './api';
import type { DraftView, Edit, Kind, Status } from './contract';
import { begun, done, madeOf, redone, undone, type History } from './history';

export interface Chosen {
  kind: Kind;
  id: string;
}

export class Desk {
  status: Status | null = null;
  view: DraftView | null = null;
  chosen: Chosen | null = null;
  history: History = begun([]);
  private readonly listeners: (() => void)[] = [];
  private queue: Promise<void> = Promise.resolve();

  constructor(
    readonly api: Api,
    /** One sentence for the person; `bad` where something was refused. */
    readonly say: (words: string, bad?: boolean) => void,
  ) {}

  listen(listener: () => void): void {
    this.listeners.push(listener);
  }

  changed(): void {
    for (const listener of this.listeners) listener();
  }

  choose(chosen: Chosen | null): void {
    this.chosen = chosen;
    this.changed();
  }

  /** One question after another: each answer is the ground of the next. */
  act(what: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(what).catch((fault: unknown) => {
      if (fault instanceof No) this.say([fault.message, fault.remedy].filter(Boolean).join('. '), true);
      else {
        console.warn('Set-up:', fault);
        this.say(`The answer cannot be read: ${String(fault)}`, true);
      }
    });
    return this.queue.then(() => this.changed());
  }

  refresh = (): Promise<void> => this.act(async () => void (this.status = await this.api.status()));

  open(draft: number): Promise<void> {
    return this.act(async () => this.take(await this.api.draft(draft)));
  }

  begin(title: string): Promise<void> {
    return this.act(async () => {
      this.take(await this.api.begin(title));
      this.status = await this.api.status();
    });
  }

  close(): Promise<void> {
    return this.act(async () => {
      this.view = null;
      this.chosen = null;
      this.status = await this.api.status();
    });
  }

  private take(view: DraftView): void {
    this.view = view;
    this.history = begun(view.edits);
  }

  /** Makes edits; what is refused is as if it had not been tried. */
  edit(words: string, ...edits: Edit[]): Promise<void> {
    return this.move(words, () => done(this.history, ...edits));
  }

  undo = (): Promise<void> => this.move('Undone.', () => undone(this.history));
  redo = (): Promise<void> => this.move('Made again.', () => redone(this.history));

  private move(words: string, to: () => History): Promise<void> {
    return this.act(async () => {
      if (!this.view) return;
      const wanted = to();
      this.view = await this.api.edit(this.view.draft, this.view.revision, madeOf(wanted));
      this.history = wanted;
      this.say(words);
    });
  }

  rebase(): Promise<void> {
    return this.act(async () => {
      if (!this.view) return;
      this.take(await this.api.rebase(this.view.draft, this.view.revision));
      this.say('The draft now stands on the files as they are.');
    });
  }

  discard(): Promise<void> {
    return this.act(async () => {
      if (!this.view) return;
      await this.api.discard(this.view.draft);
      this.view = null;
      this.chosen = null;
      this.status = await this.api.status();
      this.say('The draft is discarded; the files are as they were.');
    });
  }

  propose(): Promise<void> {
    return this.act(async () => {
      if (!this.view) return;
      await this.api.propose(this.view.draft, this.view.revision);
      this.status = await this.api.status();
      this.say('Proposed. A second person logs in here, reads the difference, and confirms it within 15 minutes.');
    });
  }

  confirm(proposal: number, digest: string): Promise<void> {
    return this.act(async () => {
      const written = await this.api.confirm(proposal, digest);
      this.status = await this.api.status();
      if (this.view && !this.status.drafts.some((row) => row.draft === this.view?.draft)) this.view = null;
      const alarms = this.status.alarms.length > 0 ? ' An alarm stands: do not restart now.' : '';
      this.say(`Written; the former files are in ${String(written['backup'])}. Takes effect ${String(written['takes_effect'])}.${alarms}`);
    });
  }

  reject(proposal: number): Promise<void> {
    return this.act(async () => {
      await this.api.reject(proposal);
      this.status = await this.api.status();
      this.say('Rejected; nothing was written.');
    });
  }
}
