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
  /** Held by this page alone: no other page can send it, and it ends with this one. */
  private token: string | null = null;
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
    );
    this.show();
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
    this.door.hidden = this.token !== null;
    this.desk.hidden = this.token === null;
  }

  private async enter(): Promise<void> {
    const answer = await this.post('login', { name: this.name.value, password: this.password.value });
    this.password.value = '';
    if (answer && typeof answer['token'] === 'string') {
      this.token = answer['token'];
      say(this.word, `${String(answer['name'])}, ${String(answer['role'])}`);
    }
    this.show();
  }

  private async leave(): Promise<void> {
    await this.post('logout', {});
    this.token = null;
    this.show();
  }

  private async order(order: object): Promise<void> {
    say(this.word, 'Ordered …');
    this.told(await this.post('order', order));
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
    if (!this.token) return;
    const answer = await fetch('./api/operator', { headers: { authorization: `Bearer ${this.token}` } }).catch(() => null);
    if (answer?.status === 401) {
      this.token = null;
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
    this.told(await this.post('second', { request }));
    await this.askRequests();
  }

  private async post(what: string, body: object): Promise<Record<string, unknown> | null> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (this.token) headers['authorization'] = `Bearer ${this.token}`;
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`./api/operator/${what}`, sent).catch(() => null);
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
