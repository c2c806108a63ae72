/** A stream of pictures, kept alive: hang up on silence, call again with back-off, say goodbye to nobody. */

import { leadToLogin } from '../login/ended';
import { HANG_UP_MS, retryDelay_ms, type Heard } from './contact';

export interface LiveListener<T> {
  picture(picture: T, local_ms: number): void;
  /** Something came that this page cannot read. It does not count as contact. */
  unreadable(fault: Error): void;
  /** The stream works again after it was lost: what was read once may have changed. */
  regained(): void;
}

export class LiveFeed<T> {
  readonly heard: Heard;
  private source: EventSource | null = null;
  private opened_ms = 0;
  private attempt = 0;
  private retry: number | undefined;
  private broken = false;

  constructor(
    private readonly url: string,
    private readonly listener: LiveListener<T>,
    private readonly local_ms: () => number,
    /** Reads what an event says, or throws. */
    private readonly read: (data: string) => T,
  ) {
    this.heard = { began_ms: local_ms(), last_ms: null, ended_ms: null };
    this.open();
  }

  /** To be called a few times per second. */
  tick(): void {
    const since_ms = this.local_ms() - Math.max(this.opened_ms, this.heard.last_ms ?? 0);
    if (this.source && since_ms > HANG_UP_MS) this.lost();
  }

  /** Forgets that there was contact and calls at once: for a page that may have slept without its clock. */
  again(): void {
    this.source?.close();
    window.clearTimeout(this.retry);
    this.heard.began_ms = this.local_ms();
    this.heard.last_ms = null;
    this.broken = true;
    this.open();
  }

  private open(): void {
    this.opened_ms = this.local_ms();
    const source = new EventSource(this.url);
    this.source = source;
    source.addEventListener('picture', (event) => this.received((event as MessageEvent<string>).data));
    source.addEventListener('end', () => {
      this.heard.ended_ms = this.local_ms();
      this.lost();
    });
    // The browser's own reconnection gives up for good on some answers (a proxy's 502), so it is not relied upon.
    source.addEventListener('error', () => this.lost());
  }

  private received(data: string): void {
    let picture: T;
    try {
      picture = this.read(data);
    } catch (fault) {
      this.listener.unreadable(fault as Error);
      return;
    }
    const local_ms = this.local_ms();
    this.heard.last_ms = local_ms;
    this.heard.ended_ms = null;
    this.attempt = 0;
    if (this.broken) {
      this.broken = false;
      this.listener.regained();
    }
    this.listener.picture(picture, local_ms);
  }

  private lost(): void {
    this.source?.close();
    this.source = null;
    this.broken = true;
    void leadToLogin(this.url);
    window.clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.open(), retryDelay_ms(this.attempt));
    this.attempt += 1;
  }
}
