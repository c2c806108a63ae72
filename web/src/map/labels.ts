/**
 * What a track is, beside its symbol: class, odds, height and age. HTML, not map text: it moves with the symbol and is never dropped.
 *
 * Threats have one always, what calls itself something its name; anything else when it is pointed at.
 */

import { WebMercatorViewport } from '@deck.gl/core';
import type { Map as MapLibreMap } from 'maplibre-gl';
import type { Picture, Track } from '../contract/picture';
import { el, say } from '../dom';
import { age } from '../picture/health';
import type { Movers } from '../picture/motion';
import { callOf, oddsOf } from '../picture/tracks';
import { alarmingTracks, impactLabel } from './features';

const LABELS_MAX = 24;
/** The room that a label takes, pixels; measuring each one would cost a layout for each frame. */
const WIDTH_PX = 172;
const HEIGHT_PX = 38;
/** Where a label may stand beside its symbol, best first, pixels. */
const SIDES = [[16, -20], [16, 16], [-16 - WIDTH_PX, -20], [-16 - WIDTH_PX, 16], [16, -56]] as const;
/** How near the pointer must come, pixels. */
const REACH_PX = 18;

class Label {
  private readonly name = el('strong');
  private readonly facts = el('span');
  readonly root = el('div', { class: 'track-label', testid: 'track-label', attributes: { 'aria-hidden': 'true' } }, this.name, this.facts);

  tell(track: Track, now_ms: number, whole: boolean): void {
    this.root.dataset['threat'] = String(track.threat);
    const odds = oddsOf(track);
    say(this.name, track.threat || whole ? `${callOf(track)}${odds ? ` ${odds}` : ''}` : (track.callsign ?? ''));
    const height = `${Math.round(track.height_m / 10) * 10} m`;
    const facts = whole ? `${height} · ${Math.round(track.speed_mps)} m/s · ${track.plots} plots · ${age(track.updated_ms, now_ms)} old` : `${height} · ${age(track.updated_ms, now_ms)} old`;
    say(this.facts, track.threat || whole ? facts : '');
  }

  move(x: number, y: number): void {
    this.root.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  }
}

/** Seconds beside an impact where nobody is; in an alarmed zone its badge counts. */
class Note {
  readonly root = el('div', { class: 'track-label', testid: 'impact-label', attributes: { 'aria-hidden': 'true' } });
  place: [number, number, number] = [0, 0, 0];
}

const NOTES_MAX = 12;

export class Labels {
  readonly root = el('div', { class: 'track-labels' });
  private readonly labels = new Map<number, Label>();
  private readonly notes: Note[] = [];
  private noted = 0;
  private pointed: { x: number; y: number } | null = null;
  private found: number | null = null;
  private width = 0;
  private height = 0;
  private camera = '';
  private seen: WebMercatorViewport | null = null;

  constructor(
    private readonly map: MapLibreMap,
    private readonly movers: Movers,
    private readonly origin: { lat_deg: number; lon_deg: number },
  ) {
    this.measure();
    map.on('resize', () => this.measure());
    map.on('mousemove', (event) => (this.pointed = event.point));
    map.on('mouseout', () => (this.pointed = null));
  }

  /** At picture rate: who has a label, and what it says. */
  picture(picture: Picture, now_ms: number): void {
    const { tracks } = this.movers;
    this.point();
    const wanted = new Map<number, Track>();
    for (let i = tracks.length - 1; i >= 0 && wanted.size < LABELS_MAX; i -= 1) {
      const track = tracks[i]!;
      if (track.threat || track.callsign) wanted.set(track.id, track);
    }
    const found = this.found === null ? undefined : tracks[this.movers.indexOf(this.found) ?? -1];
    if (found) wanted.set(found.id, found);
    for (const [id, label] of this.labels) {
      if (wanted.has(id)) continue;
      label.root.remove();
      this.labels.delete(id);
    }
    for (const [id, track] of wanted) {
      let label = this.labels.get(id);
      if (!label) {
        this.labels.set(id, (label = new Label()));
        this.root.append(label.root);
      }
      label.tell(track, now_ms, id === this.found);
    }
    this.note(picture, now_ms);
  }

  /** Each frame: beside the symbols, on a side where no other stands; one that finds no room is left out, threats last. */
  frame(): void {
    if (this.labels.size + this.noted === 0) return;
    const viewport = this.viewport();
    const taken: [number, number][] = [];
    for (const [id, label] of this.labels) {
      const at = this.project(viewport, id);
      const place = at && room(at, taken);
      label.root.hidden = !place;
      if (!place) continue;
      taken.push(place);
      label.move(...place);
    }
    for (const { root, place } of this.notes.slice(0, this.noted)) {
      const [x, y] = viewport.project(place) as [number, number];
      root.hidden = !isInside(viewport, x, y);
      root.style.transform = `translate(${Math.round(x + 14)}px, ${Math.round(y - 8)}px)`;
    }
  }

  private note({ threats, alarms }: Picture, now_ms: number): void {
    const alarming = alarmingTracks({ alarms });
    const elsewhere = threats.filter((threat) => !alarming.has(threat.track)).slice(0, NOTES_MAX);
    while (this.notes.length < elsewhere.length) {
      const note = new Note();
      this.notes.push(note);
      this.root.append(note.root);
    }
    this.noted = elsewhere.length;
    this.notes.forEach((note, i) => {
      const threat = elsewhere[i];
      note.root.hidden = !threat;
      if (!threat) return;
      note.place = [threat.impact.lon_deg, threat.impact.lat_deg, 0];
      say(note.root, impactLabel(threat, now_ms));
    });
  }

  private point(): void {
    this.found = null;
    if (!this.pointed) return;
    const viewport = this.viewport();
    let nearest = REACH_PX ** 2;
    for (const track of this.movers.tracks) {
      const at = this.project(viewport, track.id);
      if (!at) continue;
      const distance = (at[0] - this.pointed.x) ** 2 + (at[1] - this.pointed.y) ** 2;
      if (distance <= nearest) [nearest, this.found] = [distance, track.id];
    }
  }

  /** Asked for once: asking in each frame would lay the page out in each frame. */
  private measure(): void {
    ({ clientWidth: this.width, clientHeight: this.height } = this.map.getContainer());
  }

  /** Made anew only when the camera has moved. */
  private viewport(): WebMercatorViewport {
    const { map } = this;
    const { width, height } = this;
    const { lng: longitude, lat: latitude } = map.getCenter();
    const [zoom, pitch, bearing] = [map.getZoom(), map.getPitch(), map.getBearing()];
    const camera = `${width} ${height} ${longitude} ${latitude} ${zoom} ${pitch} ${bearing}`;
    if (!this.seen || camera !== this.camera) this.seen = new WebMercatorViewport({ width, height, longitude, latitude, zoom, pitch, bearing });
    this.camera = camera;
    return this.seen;
  }

  /** Pixels from the upper left corner; null for what is not on the screen. */
  private project(viewport: WebMercatorViewport, id: number): [number, number] | null {
    const i = this.movers.indexOf(id);
    if (i === undefined) return null;
    const { place } = this.movers;
    const [x, y] = viewport.project([this.origin.lon_deg + place[3 * i]!, this.origin.lat_deg + place[3 * i + 1]!, place[3 * i + 2]!]) as [number, number];
    return isInside(viewport, x, y) ? [x, y] : null;
  }
}

function isInside({ width, height }: WebMercatorViewport, x: number, y: number): boolean {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

function room([x, y]: readonly [number, number], taken: readonly (readonly [number, number])[]): [number, number] | null {
  for (const [dx, dy] of SIDES) {
    const place: [number, number] = [x + dx, y + dy];
    const free = taken.every(([left, top]) => Math.abs(left - place[0]) >= WIDTH_PX || Math.abs(top - place[1]) >= HEIGHT_PX);
    if (free) return place;
  }
  return null;
}
