/** The labels over alarmed zones. HTML, not map text: large, always on top, never dropped for lack of room. */

import { Marker, type Map as MapLibreMap } from 'maplibre-gl';
import type { Alarm, Picture } from '../contract/picture';
import type { Zone } from '../contract/site';
import { el, say } from '../dom';
import { byUrgency, countdown, left, STAGE_SIGNS, STAGE_WORDS } from '../picture/words';
import { zoneTop } from './features';

class Badge {
  private readonly seconds = el('div', { class: 'seconds' });
  private readonly stage = el('div', { class: 'stage' });
  private readonly root: HTMLElement;
  private readonly marker: Marker;

  constructor(map: MapLibreMap, zone: Zone) {
    // Hidden from screen readers: the alarm list says the same in a better order.
    this.root = el(
      'div',
      { class: 'badge', testid: 'zone-badge', attributes: { 'aria-hidden': 'true', 'data-zone': zone.properties.id } },
      el('div', { class: 'name', text: zone.properties.name }),
      this.seconds,
      this.stage,
    );
    // MapLibre moves the outer element; the badge inside it is free to have its own style.
    // It stands above its zone, so that the zone and what is about to fall on it stay visible.
    const [lon, lat] = zoneTop(zone) as [number, number];
    this.marker = new Marker({ element: el('div', {}, this.root), anchor: 'bottom', offset: [0, -8] }).setLngLat([lon, lat]).addTo(map);
  }

  update(alarm: Alarm, threats: Picture['threats'], now_ms: number): void {
    this.root.dataset['stage'] = alarm.stage;
    const { seconds } = countdown(alarm, threats, now_ms);
    say(this.seconds, seconds === null ? '' : left(seconds));
    say(this.stage, `${STAGE_SIGNS[alarm.stage]} ${STAGE_WORDS[alarm.stage]}`);
    this.marker.getElement().style.zIndex = alarm.stage === 'take_cover' ? '3' : alarm.stage === 'hold' || alarm.stage === 'prepare' ? '2' : '1';
  }

  remove(): void {
    this.marker.remove();
  }
}

/** Each is an element that moves with the map: those beyond are told by their colour alone. */
const BADGES_MAX = 40;

export class Badges {
  private readonly badges = new Map<string, Badge>();
  private readonly zones: ReadonlyMap<string, Zone>;

  constructor(
    private readonly map: MapLibreMap,
    zones: readonly Zone[],
  ) {
    this.zones = new Map(zones.map((zone) => [zone.properties.id, zone]));
  }

  update(stages: ReadonlyMap<string, Alarm>, threats: Picture['threats'], now_ms: number): void {
    const shown = mostUrgent(stages, threats, now_ms);
    for (const [zone, badge] of this.badges) {
      if (shown.has(zone)) continue;
      badge.remove();
      this.badges.delete(zone);
    }
    for (const [id, alarm] of shown) {
      const zone = this.zones.get(id);
      if (!zone) continue;
      let badge = this.badges.get(id);
      if (!badge) this.badges.set(id, (badge = new Badge(this.map, zone)));
      badge.update(alarm, threats, now_ms);
    }
  }
}

function mostUrgent(stages: ReadonlyMap<string, Alarm>, threats: Picture['threats'], now_ms: number): ReadonlyMap<string, Alarm> {
  if (stages.size <= BADGES_MAX) return stages;
  const alarms = [...stages.values()].sort(byUrgency(now_ms, threats)).slice(0, BADGES_MAX);
  return new Map(alarms.map((alarm) => [alarm.zone, alarm]));
}
