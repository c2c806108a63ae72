/**
 * A stand-in for set-up: keeps drafts and makes their edits in memory, as far as the page can tell. What the program itself makes of
 * edits, files and roles is tested where it is written, in Rust.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Change, DraftView, Edit, Imported, Keys, Model, Proposal, Status, WrittenZone, Wrong } from '../src/setup/contract';
import { MockServer } from './mock';

export const PASSWORD = 'correct horse';

interface Draft {
  draft: number;
  revision: number;
  title: string;
  who: string;
  edits: Edit[];
}

export class SetupStand extends MockServer {
  base: Model = {
    site: { name: 'River Compound', mode: 'exercise', origin: { lat_deg: 33.306, lon_deg: 44.387, height_m: 34 } },
    zones: [
      { id: 'hospital', file: 'zones.geojson', keys: { name: 'Hospital', people: 420 }, outline: { polygon: [[[44.38, 33.308], [44.384, 33.308], [44.384, 33.311], [44.38, 33.311]]] } },
      { id: 'gate', file: 'site.toml', keys: { name: 'East Gate', alarm_probability: 0.05 }, outline: { circle: { lat_deg: 33.304, lon_deg: 44.395, radius_m: 120 } } },
    ],
    sensors: [{
      id: 'radar-north', file: 'site.toml',
      keys: {
        position: { lat_deg: 33.315, lon_deg: 44.38, height_m: 46 }, asterix: { sac: 25, sic: 201 }, links: ['udp://127.0.0.1:8600'], scan_period_s: 1,
        range_m: [400, 25000], elevation_deg: [0.5, 80], accuracy: { range_m: 15, azimuth_deg: 0.17 },
      },
    }],
    nodes: [],
    policy: { alarm_probability: 0.1 },
    map: {},
  };
  readOnly: string | null = null;
  alarms: string[] = [];
  stale: string[] = [];
  imported: Imported = { zones: [], refused: [] };
  readonly drafts = new Map<number, Draft>();
  readonly proposals: Proposal[] = [];
  /** What was written at last. */
  written: { edits: Edit[]; by: [string, string] } | null = null;
  /** The last draft that was asked for coverage, and at which height. */
  covered: { draft: number; height_m: number } | null = null;
  private last = 0;

  /** Bytes of the basemap, served in pieces. */
  basemap: Uint8Array | null = null;

  protected override async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://mock');
    if (pathname === '/api/basemap.pmtiles') return this.piece(request, response);
    if (!pathname.startsWith('/api/setup') && !pathname.startsWith('/api/operator')) return super.answer(request, response);
    const body = await bodyOf(request);
    const who = (request.headers.authorization ?? '').replace('Bearer token-of-', '');
    const say = (status: number, value: unknown) => void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    try {
      say(200, this.act(request.method ?? 'GET', pathname, searchParams, body, who));
    } catch (no) {
      if (!(no instanceof Refusal)) throw no;
      say(no.status, { error: no.message, remedy: no.remedy });
    }
  }

  private act(method: string, path: string, query: URLSearchParams, body: Keys, who: string): unknown {
    if (path === '/api/operator/login') {
      if (body['password'] !== PASSWORD) throw new Refusal(401, 'name and password do not fit', 'try again');
      return { token: `token-of-${String(body['name'])}`, name: body['name'], role: 'supervisor' };
    }
    if (!who) throw new Refusal(401, 'nobody is logged in with this token', 'log in');
    if (path === '/api/operator/logout') return {};
    if (path === '/api/setup') return this.status();
    if (path === '/api/setup/drill') return { file: 'drill/site.toml', start: 'parapet serve --config drill/site.toml --out drill/out', page: 'http://127.0.0.1:18080/' };
    if (path === '/api/setup/confirm') return this.confirm(Number(body['proposal']), String(body['digest']), who);
    if (path === '/api/setup/reject') return this.reject(Number(body['proposal']));
    if (path === '/api/setup/drafts') {
      const draft = { draft: (this.last += 1), revision: 1, title: String(body['title']), who, edits: [] };
      this.drafts.set(draft.draft, draft);
      return this.view(draft);
    }
    const [, number, what] = /^\/api\/setup\/drafts\/(\d+)(?:\/(\w+))?$/.exec(path) ?? [];
    const draft = this.drafts.get(Number(number));
    if (!draft) throw new Refusal(404, 'there is no such draft', 'look at /api/setup');
    if (method === 'PUT') {
      if (body['revision'] !== draft.revision) throw new Refusal(409, `somebody changed this draft; it is at revision ${draft.revision}`, 'load it again');
      draft.edits = body['edits'] as unknown as Edit[];
      draft.revision += 1;
    }
    switch (what) {
      case 'discard':
        this.drafts.delete(draft.draft);
        return {};
      case 'rebase':
        this.stale = [];
        draft.revision += 1;
        return this.view(draft);
      case 'import':
        return this.imported;
      case 'heights':
        return { terrain: true, ground_m: { 'radar-north': 34 } };
      case 'coverage':
        this.covered = { draft: draft.draft, height_m: Number(query.get('height_m')) };
        return coverage(this.covered.height_m);
      case 'propose':
        return this.propose(draft, who);
      default:
        return this.view(draft);
    }
  }

  private status(): Status {
    const drafts = [...this.drafts.values()].map(({ draft, title, who, revision, edits }) => ({ draft, title, who, revision, edits: edits.length, changed_ms: 0 }));
    return {
      file: 'site.toml', folder: '/srv/site', mode: 'exercise', read_only: this.readOnly, alarms: this.alarms, pending: this.written !== null,
      problems: [], takes_effect: 'at the next start of the program', drafts, proposals: this.proposals,
    };
  }

  private propose(draft: Draft, who: string): Proposal {
    const { changes, difference, digest } = this.view(draft);
    const proposal = { proposal: this.proposals.length + 1, draft: draft.draft, title: draft.title, who, digest, changes, difference, ends_ms: this.now_ms() + 900_000 };
    this.proposals.push(proposal);
    return proposal;
  }

  private confirm(number: number, digest: string, who: string): unknown {
    const proposal = this.proposals.find((entry) => entry.proposal === number);
    if (!proposal) throw new Refusal(410, 'there is no such proposal any more', 'propose again');
    if (proposal.digest !== digest) throw new Refusal(409, 'this is not what was proposed', 'look again');
    if (proposal.who === who) throw new Refusal(403, 'the same person cannot confirm', 'let somebody else confirm');
    this.written = { edits: this.drafts.get(proposal.draft)?.edits ?? [], by: [proposal.who, who] };
    this.reject(number);
    this.drafts.delete(proposal.draft);
    return { written: true, backup: 'backups/2026-01-01T00-00-00', takes_effect: 'at the next start of the program', alarms: this.alarms };
  }

  private reject(number: number): unknown {
    this.proposals.splice(this.proposals.findIndex((entry) => entry.proposal === number), 1);
    return {};
  }

  view(draft: Draft): DraftView {
    const model = draft.edits.reduce(made, structuredClone(this.base));
    const problems = model.zones.flatMap(wrong);
    const changes = draft.edits.map(changeOf);
    const standard = Number(model.policy['alarm_probability'] ?? 0.1);
    const threshold = ({ keys }: WrittenZone) => ({ threshold: Number(keys['alarm_probability'] ?? standard) });
    return {
      ...draft, stale: this.stale, problems, warnings: [], summary: problems.length > 0 ? null : 'Site  River Compound',
      files: [{ name: 'site.toml', text: '[site]\nname = "River Compound"\n', changed: draft.edits.length > 0 }],
      zones: problems.length > 0 ? null : Object.fromEntries(model.zones.map((zone) => [zone.id, threshold(zone)])),
      changes, difference: draft.edits.map((edit) => `+${JSON.stringify(edit)}\n`).join(''), digest: `digest of ${draft.revision}`, model,
    };
  }

  private piece(request: IncomingMessage, response: ServerResponse): void {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    if (!this.basemap || first === undefined || last === undefined) return void response.writeHead(404).end();
    const end = Math.min(Number(last), this.basemap.length - 1);
    response.writeHead(206, { 'content-range': `bytes ${first}-${end}/${this.basemap.length}`, etag: '"1"' });
    response.end(this.basemap.subarray(Number(first), end + 1));
  }
}

class Refusal extends Error {
  constructor(
    readonly status: number,
    what: string,
    readonly remedy: string,
  ) {
    super(what);
  }
}

async function bodyOf(request: IncomingMessage): Promise<Keys> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  return text ? (JSON.parse(text) as Keys) : {};
}

function made(model: Model, edit: Edit): Model {
  if (edit.edit === 'set' && edit.table === 'policy') merge(model.policy, edit.set);
  if (edit.edit === 'import') for (const { id, ...set } of edit.zones) put(model, String(id), set);
  if (edit.edit === 'remove') model.zones = model.zones.filter((zone) => zone.id !== edit.id);
  if (edit.edit === 'put' && edit.table === 'zone') put(model, edit.id, edit.set);
  if (edit.edit === 'put' && edit.table !== 'zone') {
    const list = edit.table === 'sensor' ? model.sensors : model.nodes;
    let found = list.find((sensor) => sensor.id === edit.id);
    if (!found) list.push((found = { id: edit.id, file: 'site.toml', keys: {} }));
    const { id, ...set } = edit.set;
    merge(found.keys, set);
    if (typeof id === 'string') found.id = id;
  }
  return model;
}

function put(model: Model, id: string, { polygon, circle, id: renamed, ...keys }: Keys): void {
  let zone = model.zones.find((entry) => entry.id === id);
  if (!zone) model.zones.push((zone = { id, file: 'zones.geojson', keys: {}, outline: null }));
  if (typeof renamed === 'string') zone.id = renamed;
  if (polygon) zone.outline = { polygon: polygon as unknown as number[][][] };
  if (circle) zone.outline = { circle: circle as unknown as { lat_deg: number; lon_deg: number; radius_m: number } };
  merge(zone.keys, keys);
}

function merge(into: Keys, set: Keys): void {
  for (const [key, value] of Object.entries(set)) {
    const found = into[key];
    if (value === null) delete into[key];
    else if (found && typeof found === 'object' && !Array.isArray(found) && typeof value === 'object' && !Array.isArray(value)) merge(found, value);
    else into[key] = value;
  }
}

function wrong({ id, keys }: WrittenZone): Wrong[] {
  const people = keys['people'];
  if (typeof people !== 'number' || people >= 0) return [];
  return [{ file: 'site.toml', line: 24, column: 10, key: `zone "${id}" people`, what: `${people} is out of range`, remedy: 'write a number from 0' }];
}

function changeOf(edit: Edit): Change {
  const subject = 'id' in edit ? `${edit.table} "${edit.id}"` : edit.edit === 'set' ? `[${edit.table}]` : edit.edit;
  if (edit.edit === 'remove') return { subject, key: '', from: 'there', to: null, means: null };
  return { subject, key: 'set' in edit ? Object.keys(edit.set).join(', ') : 'all', from: null, to: 'changed', means: null };
}

function coverage(height_m: number): unknown {
  const ring = [[44.3, 33.2], [44.5, 33.2], [44.5, 33.4], [44.3, 33.4], [44.3, 33.2]];
  return {
    type: 'FeatureCollection', height_m, terrain: true,
    features: [{ type: 'Feature', geometry: { type: 'MultiPolygon', coordinates: [[ring]] }, properties: { sensor: 'radar-north', height_m, area_km2: 412.3 } }],
  };
}
