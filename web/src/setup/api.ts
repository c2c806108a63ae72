/**
 * Questions to the server, one function each. Who logs in on this page has a token that no other page can send; a session of the
 * browser, begun at /login, serves as well.
 */

import { readCoverage, type Coverage } from '../contract/coverage';
import { json, object } from '../contract/read';
import {
  readDraft, readHeights, readImported, readProposal, readStatus,
  type DraftView, type Edit, type Heights, type Imported, type Proposal, type Status,
} from './contract';

/** The server said no: what, and what to do. */
export class No extends Error {
  override name = 'No';
  constructor(
    readonly status: number,
    what: string,
    readonly remedy: string,
  ) {
    super(what);
  }
}

export class Api {
  private token: string | null = null;
  who: string | null = null;

  status = async (): Promise<Status> => readStatus(await this.ask('GET', 'setup'));
  draft = async (draft: number): Promise<DraftView> => readDraft(await this.ask('GET', `setup/drafts/${draft}`));
  begin = async (title: string): Promise<DraftView> => readDraft(await this.ask('POST', 'setup/drafts', { title }));
  edit = async (draft: number, revision: number, edits: readonly Edit[]): Promise<DraftView> =>
    readDraft(await this.ask('PUT', `setup/drafts/${draft}`, { revision, edits }));
  rebase = async (draft: number, revision: number): Promise<DraftView> =>
    readDraft(await this.ask('POST', `setup/drafts/${draft}/rebase`, { revision }));
  discard = async (draft: number): Promise<void> => void (await this.ask('POST', `setup/drafts/${draft}/discard`, {}));
  import = async (draft: number, text: string): Promise<Imported> => readImported(await this.ask('POST', `setup/drafts/${draft}/import`, { text }));
  propose = async (draft: number, revision: number): Promise<Proposal> =>
    readProposal(await this.ask('POST', `setup/drafts/${draft}/propose`, { revision }));
  heights = async (draft: number): Promise<Heights> => readHeights(await this.ask('GET', `setup/drafts/${draft}/heights`));
  coverage = async (draft: number, height_m: number): Promise<Coverage> =>
    readCoverage(await this.ask('GET', `setup/drafts/${draft}/coverage?height_m=${height_m}`));
  reject = async (proposal: number): Promise<void> => void (await this.ask('POST', 'setup/reject', { proposal }));
  confirm = async (proposal: number, digest: string): Promise<Record<string, unknown>> =>
    object(json(await this.ask('POST', 'setup/confirm', { proposal, digest }), 'confirm'), 'confirm');
  drill = async (): Promise<Record<string, unknown>> => object(json(await this.ask('POST', 'setup/drill', {}), 'drill'), 'drill');

  async login(name: string, password: string): Promise<void> {
    const answer = object(json(await this.ask('POST', 'operator/login', { name, password }), 'login'), 'login');
    this.token = typeof answer['token'] === 'string' ? answer['token'] : null;
    this.who = typeof answer['name'] === 'string' ? answer['name'] : name;
  }

  /** Who is logged in by a session of the browser. */
  async whoever(): Promise<void> {
    const answer = object(json(await this.ask('GET', 'operator'), 'operator'), 'operator');
    this.who = typeof answer['name'] === 'string' ? answer['name'] : null;
  }

  async logout(): Promise<void> {
    await this.ask('POST', 'operator/logout', {}).catch(() => undefined);
    this.token = null;
    this.who = null;
  }

  private async ask(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<string> {
    const headers: Record<string, string> = this.token ? { authorization: `Bearer ${this.token}` } : {};
    if (body) headers['content-type'] = 'application/json';
    const sent: RequestInit = { method, headers, cache: 'no-store', ...(body ? { body: JSON.stringify(body) } : {}) };
    const answer = await fetch(`./api/${path}`, sent).catch(() => null);
    if (!answer) throw new No(0, 'The server has not answered.', 'Try again; nothing was changed that you do not see here.');
    const text = await answer.text();
    if (answer.ok) return text;
    throw refusal(answer.status, text);
  }
}

function refusal(status: number, text: string): No {
  try {
    const found = object(JSON.parse(text), 'refusal');
    return new No(status, String(found['error'] ?? `the server answered ${status}`), String(found['remedy'] ?? ''));
  } catch {
    return new No(status, text.slice(0, 200) || `the server answered ${status}`, '');
  }
}
