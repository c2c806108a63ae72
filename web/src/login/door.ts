/** The interface of `docs/access.md`: who is here, and how one comes in and goes. */

import { flag, list, nullable, number, shape, text } from '../contract/read';

/** How things stand between this browser and the site. */
export interface Stand {
  closed: boolean;
  public: boolean;
  /** Whether a secret can be told over this connection. */
  safe: boolean;
  people: boolean;
  passkeys: boolean;
  openid: string | null;
  name: string | null;
  role: string | null;
  ends_ms: number | null;
}

export interface Passkey {
  id: string;
  label: string;
  portable: boolean;
  made_ms: number;
  used_ms: number | null;
}

/** The site said no: what, and what to do. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    what: string,
    readonly remedy: string,
  ) {
    super(what);
  }
}

const standing = shape<Stand>({
  closed: flag,
  public: flag,
  safe: flag,
  people: flag,
  passkeys: flag,
  openid: nullable(text),
  name: nullable(text),
  role: nullable(text),
  ends_ms: nullable(number),
});

const passkeys = list(shape<Passkey>({ id: text, label: text, portable: flag, made_ms: number, used_ms: nullable(number) }));

async function answerOf(answer: Response): Promise<unknown> {
  const value: unknown = await answer.json().catch(() => null);
  if (answer.ok) return value;
  const said = (value ?? {}) as Record<string, unknown>;
  throw new Refused(answer.status, String(said['error'] ?? `the site answered ${answer.status}`), String(said['remedy'] ?? 'try again'));
}

export async function ask(path: string): Promise<unknown> {
  return answerOf(await fetch(`./api/access${path}`, { cache: 'no-store', credentials: 'same-origin' }));
}

export async function post(path: string, body: unknown): Promise<unknown> {
  const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, credentials: 'same-origin', body: JSON.stringify(body) } as const;
  return answerOf(await fetch(`./api/access${path}`, sent));
}

export async function stand(): Promise<Stand> {
  return standing(await ask(''), 'access');
}

export function readPasskeys(value: unknown): Passkey[] {
  return passkeys(value, 'passkeys');
}
