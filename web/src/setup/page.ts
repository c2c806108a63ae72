/** The page of set-up: who is here, which draft, the map, and one panel at a time. */

import type { Map as MapLibre } from 'maplibre-gl';
import { readSite } from '../contract/site';
import { el, say } from '../dom';
import { addBasemap } from '../map/basemap';
import type { Theme } from '../map/theme';
import { menu } from '../nav';
import { ThemeSwitch } from '../panel/theme';
import { Api, No } from './api';
import { Desk } from './desk';
import { DrillPanel } from './drill';
import { button, redraw } from './form';
import { editWords } from './history';
import { SetupMap } from './map';
import { PolicyPanel } from './policy';
import { problems, proposalCard, ReviewPanel } from './review';
import { SensorsPanel } from './sensors';
import { ZonesPanel } from './zones';

/** How often it is asked where everything stands: a second person's word, an alarm, a hand at the file. */
const ASK_MS = 3_000;
const TABS = ['zones', 'sensors', 'policy', 'review', 'drill'] as const;
type Tab = (typeof TABS)[number];
const TAB_WORDS: Record<Tab, string> = { zones: 'Zones', sensors: 'Sensors', policy: 'Policy', review: 'Review', drill: 'Drill' };

export class SetupPage {
  readonly api = new Api();
  readonly desk = new Desk(this.api, (words, bad) => this.tell(words, bad));
  map: SetupMap | null = null;
  private tab: Tab = 'zones';
  private entered = false;
  /** Which proposal the map shows. */
  private previewed = '';
  private readonly menu = menu('setup');
  private readonly theme = new ThemeSwitch(() => this.map?.dress());
  private readonly header = el('header', { class: 'header' });
  private readonly banners = el('section', { class: 'banners', attributes: { 'aria-label': 'How it stands' } });
  private readonly word = el('p', { class: 'word', testid: 'word', attributes: { role: 'status' } });
  private readonly side = el('main', { class: 'side', attributes: { 'aria-label': 'Set-up' } });
  private readonly head = el('div', { class: 'side-head' });
  private readonly tabs = el('div', { class: 'tabs', attributes: { role: 'tablist', 'aria-label': 'Parts of set-up' } });
  private readonly body = el('div', { class: 'body', attributes: { role: 'tabpanel', id: 'body', tabindex: '-1' } });
  private readonly panels: Record<Tab, { root: HTMLElement; draw: () => void }>;
  private readonly zones: ZonesPanel;
  private readonly sensors: SensorsPanel;

  constructor(private readonly root: HTMLElement) {
    try {
      this.map = new SetupMap((kind, id) => {
        this.tab = kind === 'zone' ? 'zones' : 'sensors';
        this.desk.choose({ kind, id });
      }, (map, theme) => void this.ground(map, theme));
    } catch (fault) {
      console.warn('The map cannot be drawn:', fault);
    }
    this.zones = new ZonesPanel(this.desk, this.map);
    this.sensors = new SensorsPanel(this.desk, this.map);
    this.panels = { zones: this.zones, sensors: this.sensors, policy: new PolicyPanel(this.desk), review: new ReviewPanel(this.desk), drill: new DrillPanel(this.desk) };
    this.side.append(this.head, this.word, this.body);
    const absent = el('section', { class: 'map', text: 'This browser cannot draw the map (no WebGL). Outlines can be typed.', attributes: { 'aria-label': 'The site on the map' } });
    root.append(this.header, this.banners, this.map?.root ?? absent, this.side);
    this.desk.listen(() => this.draw());
    window.addEventListener('keydown', (event) => this.shortcuts(event));
    this.draw();
  }

  /** As in every editor; in a field they mean what was typed there. */
  private shortcuts(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== 'z' || !this.desk.view) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    event.preventDefault();
    void (event.shiftKey ? this.desk.redo() : this.desk.undo());
  }

  /** Whoever is logged in already needs no door. */
  async start(): Promise<void> {
    try {
      this.desk.status = await this.api.status();
      this.entered = true;
      await this.api.whoever();
    } catch (fault) {
      if (fault instanceof No && fault.status !== 401) this.tell([fault.message, fault.remedy].join('. '), true);
    }
    this.draw();
    window.setInterval(() => {
      if (this.entered) void this.ask();
    }, ASK_MS);
  }

  /** Redraws only what may have changed without us: nobody's half-typed number is taken away. */
  private async ask(): Promise<void> {
    const status = await this.api.status().catch(() => null);
    if (!status || JSON.stringify(status) === JSON.stringify(this.desk.status)) return;
    this.desk.status = status;
    this.drawHeader();
    this.drawBanners();
    if (!this.desk.view) this.draw();
  }

  private async ground(map: MapLibre, theme: Theme): Promise<void> {
    try {
      const answer = await fetch('./api/outlines');
      if (answer.status === 200) this.map?.outlines((await answer.json()) as Parameters<SetupMap['outlines']>[0]);
      const site = await fetch('./api/site');
      if (site.ok) await addBasemap(map, readSite(await site.text()), theme);
    } catch (fault) {
      console.warn('The ground cannot be drawn:', fault);
    }
  }

  private tell(words: string, bad = false): void {
    this.word.dataset['tone'] = bad ? 'bad' : 'good';
    say(this.word, words);
  }

  private draw(): void {
    const { view } = this.desk;
    this.root.dataset['draft'] = view ? 'open' : 'none';
    document.title = `${view ? `${view.title || `Draft ${view.draft}`} · ` : ''}Set-up · Parapet`;
    this.drawHeader();
    this.drawBanners();
    if (!this.entered) redraw(this.head, this.door());
    else if (view) redraw(this.head, this.draftHead(), this.drawTabs());
    else redraw(this.head);
    if (this.entered && view) {
      this.panels[this.tab].draw();
      this.body.setAttribute('aria-labelledby', `tab-${this.tab}`);
      if (this.body.firstElementChild !== this.panels[this.tab].root) this.body.replaceChildren(this.panels[this.tab].root);
    } else redraw(this.body, ...(this.entered ? [this.desks()] : []));
    if (view) this.previewed = '';
    else this.sensors.uncover();
    if (view || this.previewed === '') this.map?.draw(view?.model ?? null, this.desk.chosen);
    if (this.entered && !view) void this.preview();
    this.map?.handles(this.tab === 'zones' ? this.zones.handles() : this.tab === 'sensors' ? this.sensors.handles() : []);
  }

  /** Whoever is to confirm sees what is proposed on the map, as long as the draft still is what was proposed. */
  private async preview(): Promise<void> {
    const [proposal] = this.desk.status?.proposals ?? [];
    if (!proposal || proposal.digest === this.previewed) return;
    this.previewed = proposal.digest;
    const view = await this.api.draft(proposal.draft).catch(() => null);
    if (view?.digest === proposal.digest && !this.desk.view) this.map?.draw(view.model, null);
  }

  private drawHeader(): void {
    const { status } = this.desk;
    const mode = status ? [el('span', { class: 'chip', testid: 'mode', text: status.mode === 'live' ? 'LIVE' : 'EXERCISE', attributes: { 'data-mode': status.mode } })] : [];
    const leave = button('Log out', 'logout', () => void this.leave());
    redraw(this.header,
      el('span', { class: 'product', text: 'Parapet' }), el('h1', { text: 'Set-up' }), ...mode, this.menu,
      el('span', { class: 'spring' }), ...(this.entered ? [el('span', { class: 'who', text: this.api.who ?? '' }), leave] : []), this.theme.root,
    );
  }

  private drawBanners(): void {
    const { status } = this.desk;
    const rows: HTMLElement[] = [];
    const banner = (kind: string, words: string, ...more: Node[]) => rows.push(el('div', { class: 'banner', testid: `banner-${kind}`, attributes: { 'data-kind': kind } }, el('span', { text: words }), ...more));
    if (status && status.alarms.length > 0) banner('alarm', `${status.alarms.length === 1 ? 'An alarm stands' : `${status.alarms.length} alarms stand`}. Do not restart the program now; look at the picture.`);
    if (status?.read_only) banner('read-only', `Nothing can be written here: ${status.read_only}. Drafts can be made and checked.`);
    if (status && status.problems.length > 0) banner('broken', `The files on disk have ${status.problems.length} errors: the program would not start with them again.`, problems(status.problems.slice(0, 5)));
    else if (status?.pending) banner('pending', `The files differ from what the program runs with. They take effect ${status.takes_effect}.`);
    redraw(this.banners, ...rows);
  }

  private door(): HTMLElement {
    const name = el('input', { testid: 'name', attributes: { id: 'name', autocomplete: 'username' } });
    const password = el('input', { testid: 'password', attributes: { id: 'password', type: 'password', autocomplete: 'current-password' } });
    const form = el('form', { class: 'door' },
      el('h2', { text: 'Log in' }),
      el('p', { class: 'help', text: 'Set-up takes the role supervisor, and every change a second one.' }),
      el('label', { text: 'Name', attributes: { for: 'name' } }), name,
      el('label', { text: 'Password', attributes: { for: 'password' } }), password,
      el('button', { class: 'primary', text: 'Log in', testid: 'login', attributes: { type: 'submit' } }),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.enter(name.value, password.value);
      password.value = '';
    });
    return form;
  }

  private async enter(name: string, password: string): Promise<void> {
    await this.desk.act(async () => {
      await this.api.login(name, password);
      this.desk.status = await this.api.status();
      this.entered = true;
      this.tell('');
    });
  }

  private async leave(): Promise<void> {
    await this.desk.act(async () => {
      await this.api.logout();
      this.desk.status = null;
      this.desk.view = null;
      this.desk.chosen = null;
      this.entered = false;
      this.tell('Logged out. Drafts are kept.');
    });
  }

  /** Before a draft is open: what waits, what there is, and a new one. */
  private desks(): HTMLElement {
    const { status } = this.desk;
    if (!status) return el('p', { text: 'The server has not answered yet.' });
    const title = el('input', { testid: 'draft-title', attributes: { id: 'draft-title', maxlength: '100', placeholder: 'What is to change' } });
    const begin = el('form', { class: 'door' }, el('label', { text: 'New draft', attributes: { for: 'draft-title' } }), title, el('button', { class: 'primary', text: 'Begin', testid: 'draft-begin', attributes: { type: 'submit' } }));
    begin.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.desk.begin(title.value);
    });
    const rows = status.drafts.map((row) => {
      const press = button('', `draft-${row.draft}`, () => void this.desk.open(row.draft), 'pick');
      press.append(el('strong', { text: row.title || `Draft ${row.draft}` }), el('span', { text: `${row.who} · ${row.edits} edits` }));
      return el('li', {}, press);
    });
    return el('div', { class: 'panel-body' },
      ...status.proposals.map((proposal) => proposalCard(proposal, this.desk)),
      begin,
      el('h2', { text: `Drafts (${rows.length})` }),
      rows.length > 0 ? el('ul', { class: 'rows', testid: 'drafts' }, ...rows) : el('p', { class: 'help', text: 'None. A draft changes nothing until it is confirmed by a second person and written.' }),
      el('p', { class: 'help', text: `${status.file} in ${status.folder}` }),
    );
  }

  private draftHead(): HTMLElement {
    const { view, history } = this.desk;
    const undo = button('Undo', 'undo', () => void this.desk.undo());
    const redo = button('Redo', 'redo', () => void this.desk.redo());
    undo.disabled = history.made === 0;
    redo.disabled = history.made === history.edits.length;
    const last = history.edits[history.made - 1];
    if (last) undo.title = `Undo: ${editWords(last)}`;
    const errors = view?.problems.length ?? 0;
    const state = el('span', { class: 'state', testid: 'state', text: errors > 0 ? `✗ ${errors} ${errors === 1 ? 'error' : 'errors'}` : '✓ no errors', attributes: { 'data-tone': errors > 0 ? 'bad' : 'good' } });
    return el('div', { class: 'draft-head' },
      el('strong', { class: 'title', text: view?.title || `Draft ${view?.draft}` }),
      button('← Drafts', 'drafts-back', () => void this.desk.close()), state, el('span', { class: 'spring' }), undo, redo,
    );
  }

  private drawTabs(): HTMLElement {
    const tabs = TABS.map((tab) => {
      const press = button(TAB_WORDS[tab], `tab-${tab}`, () => this.turn(tab));
      const chosen = tab === this.tab;
      for (const [name, value] of Object.entries({ id: `tab-${tab}`, role: 'tab', 'aria-selected': String(chosen), 'aria-controls': 'body', tabindex: chosen ? '0' : '-1' })) press.setAttribute(name, value);
      return press;
    });
    this.tabs.replaceChildren(...tabs);
    this.tabs.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.turn(TABS[(TABS.indexOf(this.tab) + step + TABS.length) % TABS.length]!);
      this.tabs.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    };
    return this.tabs;
  }

  private turn(tab: Tab): void {
    this.tab = tab;
    this.desk.choose(null);
  }
}
