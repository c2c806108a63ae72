import './login.css';

import { el, utc } from '../dom';
import { ask, post, readPasskeys, Refused, stand, type Passkey, type Stand } from './door';
import { nextPage } from './next';
import { make, show, supported } from './webauthn';

const root = document.getElementById('login')!;
/** What went wrong interrupts whoever listens to the page; what went well waits its turn. */
const alarm = el('p', { class: 'word wrong', testid: 'login-wrong', attributes: { role: 'alert' } });
const word = el('p', { class: 'word', testid: 'login-word', attributes: { role: 'status' } });

function tell(fault: unknown): void {
  word.textContent = '';
  alarm.textContent =
    fault instanceof Refused ? `${capital(fault.message)}. ${capital(fault.remedy)}.` : `That did not work: ${fault instanceof Error ? fault.message : 'the site cannot be reached'}.`;
}

function say(text: string): void {
  alarm.textContent = '';
  word.textContent = text;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** One thing at a time: a second press while the first is under way does nothing. */
let busy = false;
async function attempt(doing: () => Promise<void>): Promise<void> {
  if (busy) return;
  busy = true;
  root.setAttribute('aria-busy', 'true');
  try {
    await doing();
  } catch (fault) {
    tell(fault);
  } finally {
    busy = false;
    root.removeAttribute('aria-busy');
  }
}

function field(label: string, testid: string, attributes: Record<string, string>): [HTMLElement, HTMLInputElement] {
  const input = el('input', { testid, attributes: { id: testid, ...attributes } });
  return [el('div', { class: 'field' }, el('label', { text: label, attributes: { for: testid } }), input), input];
}

function button(text: string, testid: string, press: () => Promise<void>, quiet = false): HTMLButtonElement {
  const made = el('button', { text, testid, class: quiet ? 'quiet' : '', attributes: { type: 'button' } });
  made.addEventListener('click', () => void attempt(press));
  return made;
}

const onward = (): void => location.assign(nextPage(location.search));

function door(stands: Stand): HTMLElement[] {
  const parts: HTMLElement[] = [el('h1', { text: 'Log in' })];
  if (!stands.people) {
    parts.push(el('p', { testid: 'login-nobody', text: 'This site knows nobody yet: whoever keeps its file adds a table [[operator]].' }));
    return parts;
  }
  if (!stands.safe) {
    parts.push(el('p', {
      class: 'word wrong', testid: 'login-unsafe',
      text: 'Nothing encrypts this connection, so no password may be told over it. Open this page by https, or on the machine itself.',
    }));
    return parts;
  }
  if (stands.passkeys && supported()) parts.push(button('Use a passkey', 'login-passkey', byPasskey));
  if (stands.openid !== null) parts.push(el('a', { class: 'button quiet', testid: 'login-openid', text: `Log in by ${stands.openid}`, attributes: { href: './api/access/openid' } }));
  // The strongest way in stands out; the others stand below it.
  const others = parts.length > 1;
  if (others) parts.push(el('p', { class: 'or soft', text: 'or with a password' }));
  parts.push(passwordForm(others));
  return parts;
}

async function byPasskey(): Promise<void> {
  const shown = await show(await post('/passkey/login/begin', {}));
  if (shown === null) return say('No passkey was shown.');
  await post('/passkey/login/finish', shown);
  onward();
}

function passwordForm(quiet: boolean): HTMLElement {
  const [nameField, name] = field('Name', 'login-name', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false', required: '' });
  const [passwordField, password] = field('Password', 'login-password', { type: 'password', autocomplete: 'current-password', required: '' });
  const form = el('form', { attributes: { 'aria-label': 'Name and password' } }, nameField, passwordField, el('button', { text: 'Log in', testid: 'login-enter', class: quiet ? 'quiet' : '' }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void attempt(async () => {
      try {
        await post('/login', { name: name.value, password: password.value });
      } catch (fault) {
        password.value = '';
        password.focus();
        throw fault;
      }
      onward();
    });
  });
  return form;
}

const ROLES: Record<string, string> = {
  viewer: 'may look',
  operator: 'may acknowledge, hold and take back',
  supervisor: 'may do everything, and confirms what takes two',
};

function desk(stands: Stand): HTMLElement[] {
  const parts: HTMLElement[] = [
    el('h1', { text: stands.name ?? '', testid: 'login-who' }),
    el('p', { text: `${capital(stands.role ?? '')}: ${ROLES[stands.role ?? ''] ?? ''}.` }),
    ...(stands.ends_ms === null ? [] : [el('p', { class: 'soft', text: `Your session ends at ${utc(stands.ends_ms).slice(0, 5)}\u00a0Z.` })]),
    el('a', { class: 'button main', testid: 'login-open', text: 'Open the picture', attributes: { href: nextPage(location.search) } }),
  ];
  if (stands.passkeys && supported()) parts.push(keys());
  parts.push(
    el('div', { class: 'row' },
      button('Log out', 'login-leave', () => leave('/logout'), true),
      button('Log out everywhere', 'login-leave-all', () => leave('/logout_all'), true),
    ),
  );
  return parts;
}

async function leave(path: string): Promise<void> {
  await post(path, {});
  await draw();
  say('You are logged out.');
}

function keys(): HTMLElement {
  const rows = el('ul', { class: 'keys', testid: 'login-keys' });
  const fill = (passkeys: Passkey[]): void => rows.replaceChildren(...passkeys.map((passkey) => row(passkey, fill)));
  // Not one thing at a time: it comes by itself while the page is drawn.
  void ask('/passkeys').then((said) => fill(readPasskeys(said))).catch(tell);
  const [labelField, label] = field('Name of this device', 'login-key-label', { maxlength: '64', autocomplete: 'off' });
  const add = button('Add a passkey', 'login-key-add', async () => {
    const name = label.value.trim();
    if (name === '') {
      label.focus();
      return say('Give the passkey a name first, so that you know it again.');
    }
    const made = await make(await post('/passkeys/begin', {}));
    if (made === null) return say('No passkey was made.');
    fill(readPasskeys(await post('/passkeys/finish', { label: name, credential: made })));
    label.value = '';
    say(`${name} can log you in from now on.`);
  }, true);
  const words = 'A passkey takes the place of the password on a device of yours. It cannot be guessed, told to anybody or used on another page.';
  return el('section', { attributes: { 'aria-labelledby': 'keys-head' } },
    el('h2', { text: 'Passkeys', attributes: { id: 'keys-head' } }), el('p', { class: 'soft', text: words }), rows, labelField, add);
}

function row(passkey: Passkey, fill: (passkeys: Passkey[]) => void): HTMLElement {
  const day = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 10);
  const used = passkey.used_ms === null ? 'not used yet' : `last used ${day(passkey.used_ms)}`;
  const remove = button('Remove', 'login-key-remove', async () => {
    fill(readPasskeys(await post('/passkeys/remove', { id: passkey.id })));
    say(`${passkey.label} logs you in no more.`);
  }, true);
  remove.setAttribute('aria-label', `Remove ${passkey.label}`);
  return el('li', {}, el('span', { class: 'key' }, el('strong', { text: passkey.label }), el('span', { class: 'soft', text: `made ${day(passkey.made_ms)}, ${used}` })), remove);
}

async function draw(): Promise<void> {
  const stands = await stand();
  document.title = stands.name === null ? 'Log in · Parapet' : `${stands.name} · Parapet`;
  const parts = stands.name === null ? door(stands) : desk(stands);
  const publicly = stands.closed && stands.public && stands.name === null;
  const open = publicly ? [el('p', { class: 'soft' }, el('a', { text: 'What everybody may see', attributes: { href: './me' } }))] : [];
  root.replaceChildren(el('p', { class: 'product', text: 'Parapet' }), ...parts, alarm, word, ...open);
  root.querySelector<HTMLElement>('[data-testid="login-passkey"], [data-testid="login-name"], [data-testid="login-open"]')?.focus();
}

void attempt(draw).then(() => {
  if (root.childElementCount > 0) return;
  root.replaceChildren(el('h1', { text: 'Log in' }), alarm, button('Try again', 'login-again', draw));
});
