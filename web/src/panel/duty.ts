/** The people on duty: log in, stop, hold, acknowledge, take back, and what takes two. Nothing here is needed to be warned. */

import type { Alarm } from '../contract/picture';
import { arrange, el, say } from '../dom';
import { isActive } from '../picture/words';

interface Request {
  request: number;
  who: string;
  command: unknown;
}

/** A button that does what cannot be unheard asks for a second press within this time. */
const AGAIN_MS = 3_000;
const ASK_MS = 2_000;

export class Duty {
  private readonly name = el('input', { testid: 'duty-name', attributes: { placeholder: 'Name', autocomplete: 'username' } });
  private readonly password = el('input', {
    testid: 'duty-password',
    attributes: { placeholder: 'Password', type: 'password', autocomplete: 'current-password' },
  });
  private readonly door = el('div', { class: 'duty-door' }, this.name, this.password);
  private readonly desk = el('div', { class: 'duty-desk' });
  private readonly orders = el('ul', { class: 'duty-alarms', testid: 'duty-alarms' });
  private readonly waiting = el('ul', { class: 'duty-alarms', testid: 'duty-requests' });
  private readonly word = el('p', { testid: 'duty-word', attributes: { role: 'status' } });
  readonly root = el('section', { attributes: { 'aria-label': 'On duty' } }, el('h2', { text: 'On duty' }), this.door, this.desk, this.word,
    el('a', { class: 'duty-report', text: 'Incident report of what is recorded', attributes: { href: '/api/report', target: '_blank', rel: 'noopener' } }));
  private readonly comment = el('textarea', { testid: 'duty-comment', attributes: { rows: '2', maxlength: '4096', 'aria-label': 'Comment for the record' } });
  /**
   * Who is logged in: by a token that this page alone holds and that ends with it, or, without one, by the session of the login page, whose
   * cookie no page can read.
   */
  private person: { token: string | null } | null = null;
  private shown = '';

  constructor(zones: readonly string[]) {
    const enter = () => void this.enter();
    this.door.append(button('Log in', 'duty-login', enter));
    this.password.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') enter();
    });
    const zone = el('select', { testid: 'duty-zone', attributes: { 'aria-label': 'Zone' } }, ...zones.map((key) => el('option', { text: key })));
    const chosen = () => zone.value;
    this.desk.append(
      twice('Stop all', 'duty-stop', () => void this.order({ order: 'stop_all' })),
      button('Hold', 'duty-hold', () => void this.order({ order: 'hold' })),
      button('Release', 'duty-release', () => void this.order({ order: 'release' })),
      button('Log out', 'duty-logout', () => void this.leave()),
      el('div', {}, zone,
        button('Raise', 'duty-raise', () => void this.order({ order: 'raise', zones: [chosen()] })),
        button('Unprotect', 'duty-unprotect', () => void this.order({ order: 'unprotect', zone: chosen() })),
        button('Protect', 'duty-protect', () => void this.order({ order: 'protect', zone: chosen() })),
      ),
      this.orders,
      this.waiting,
      el('div', { class: 'duty-record' }, this.comment, button('Put on record', 'duty-record', () => void this.record())),
    );
    this.show();
    void this.recognise();
    window.setInterval(() => void this.askRequests(), ASK_MS);
  }

  /** One row of buttons for each alarm that stands. */
  update(alarms: readonly Alarm[]): void {
    const standing = alarms.filter(isActive);
    const key = standing.map((alarm) => alarm.id).join(' ');
    if (key === this.shown) return;
    this.shown = key;
    const rows = standing.map(({ id, zone_name }) =>
      el('li', {}, el('span', { text: zone_name }),
        button('Acknowledge', 'duty-acknowledge', () => void this.order({ order: 'acknowledge', alarm: id })),
        twice('Take back', 'duty-cancel', () => void this.order({ order: 'cancel', alarm: id })),
      ),
    );
    arrange(this.orders, rows);
  }

  private show(): void {
    this.door.hidden = this.person !== null;
    this.desk.hidden = this.person === null;
  }

  /** Whoever has logged in on the login page need not do so again. */
  private async recognise(): Promise<void> {
    const answer = await fetch('./api/access', { cache: 'no-store' }).catch(() => null);
    const found = answer?.ok ? ((await answer.json().catch(() => null)) as Record<string, unknown> | null) : null;
    if (this.person || !found || (found['role'] !== 'operator' && found['role'] !== 'supervisor')) return;
    this.greet({ token: null }, found);
  }

  private greet(person: { token: string | null }, known: Record<string, unknown>): void {
    this.person = person;
    say(this.word, `${String(known['name'])}, ${String(known['role'])}`);
    this.show();
  }

  private async enter(): Promise<void> {
    const answer = await this.post('operator/login', { name: this.name.value, password: this.password.value });
    this.password.value = '';
    if (answer && typeof answer['token'] === 'string') this.greet({ token: answer['token'] }, answer);
  }

  private async leave(): Promise<void> {
    if (this.person?.token) await this.post('operator/logout', {});
    else await this.post('access/logout', {});
    this.person = null;
    this.show();
  }

  private async record(): Promise<void> {
    const text = this.comment.value.trim();
    if (text === '') return say(this.word, 'Nothing is written; a comment has at most 4,096 octets.');
    if (!(await this.post('operator/order', { order: 'comment', text }))) return;
    this.comment.value = '';
    say(this.word, 'On record, with your name and the time.');
  }

  private async order(order: object): Promise<void> {
    say(this.word, 'Ordered …');
    this.told(await this.post('operator/order', order));
  }

  private told(answer: Record<string, unknown> | null): void {
    if (!answer) return;
    const unreached = Array.isArray(answer['unreached']) ? (answer['unreached'] as { channel: string; receiver: string }[]) : [];
    if ('request' in answer) say(this.word, 'A second person has to confirm within a minute.');
    else if (unreached.length > 0) {
      say(this.word, `NOT REACHED: ${unreached.map(({ channel, receiver }) => receiver || channel).join(', ')}`);
    } else say(this.word, 'Done; everybody has it who can say so.');
  }

  private async askRequests(): Promise<void> {
    if (!this.person) return;
    const answer = await fetch('./api/operator', { headers: this.proof() }).catch(() => null);
    if (answer?.status === 401) {
      this.person = null;
      return this.show();
    }
    const found = (await answer?.json().catch(() => null)) as { requests?: Request[] } | null;
    const rows = (found?.requests ?? []).map(({ request, who, command }) =>
      el('li', {}, el('span', { text: `${who} asks: ${JSON.stringify(command)}` }),
        button('Confirm', 'duty-second', () => void this.second(request)),
      ),
    );
    this.waiting.replaceChildren(...rows);
  }

  private async second(request: number): Promise<void> {
    this.told(await this.post('operator/second', { request }));
    await this.askRequests();
  }

  /** The browser adds the cookie of a session by itself. */
  private proof(): Record<string, string> {
    return this.person?.token ? { authorization: `Bearer ${this.person.token}` } : {};
  }

  private async post(what: string, body: object): Promise<Record<string, unknown> | null> {
    const sent = { method: 'POST', headers: { 'content-type': 'application/json', ...this.proof() }, body: JSON.stringify(body) };
    const answer = await fetch(`./api/${what}`, sent).catch(() => null);
    const found = (await answer?.json().catch(() => null)) as Record<string, unknown> | null | undefined;
    if (!answer || !found) {
      say(this.word, 'The server has not answered.');
      return null;
    }
    if (answer.ok) return found;
    say(this.word, `${String(found['error'] ?? found['refused'])}; ${String(found['remedy'])}`);
    return null;
  }
}

function button(words: string, testid: string, press: () => void): HTMLButtonElement {
  const made = el('button', { text: words, testid, attributes: { type: 'button' } });
  made.addEventListener('click', press);
  return made;
}

function twice(words: string, testid: string, press: () => void): HTMLButtonElement {
  let armed = false;
  const made = button(words, testid, () => {
    if (armed) press();
    armed = !armed;
    say(made, armed ? `${words}: press again` : words);
    if (armed) {
      window.setTimeout(() => {
        armed = false;
        say(made, words);
      }, AGAIN_MS);
    }
  });
  return made;
}
