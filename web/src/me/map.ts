/** A small map of the zones, to touch one's place on. No tiles and no library: a phone with a bad link waits for neither. */

import type { Position } from 'geojson';
import type { PublicSite } from '../contract/public';
import { boxAround, centroid, grow, type Box, type Place } from '../geo/local';
import { between } from './place';
import { shape } from './signs';

/** Pixels of the drawing's own square or oblong; it is scaled to the screen. */
const WIDE = 320;
/** More names than these only cover each other. */
const NAMES_MAX = 12;
/** Room around the zones, as a share of their extent, and half of the least extent, metres. */
const MARGIN = 0.12;
const HALF_MIN_M = 300;

export class ZoneMap {
  readonly root: SVGSVGElement;
  private readonly mark = shape('g', { class: 'mark', visibility: 'hidden' }, shape('circle', { r: 9 }), shape('circle', { r: 3, class: 'dot' }));
  private readonly corner: Place;
  private readonly scale: number;
  private readonly high: number;

  constructor(site: PublicSite, nameOf: (zone: PublicSite['zones']['features'][number]) => string, touched: (place: Place) => void) {
    const corners = site.zones.features.flatMap((zone) => zone.geometry.coordinates[0]!);
    const shelters = site.shelters.map((shelter): Position => [shelter.lon_deg, shelter.lat_deg]);
    const box: Box = grow(boxAround([...corners, ...shelters]) ?? [0, 0, 0, 0], MARGIN, HALF_MIN_M);
    this.corner = { lat_deg: box[3], lon_deg: box[0] };
    const [wide_m, high_m] = between(this.corner, [box[2], box[1]]);
    this.scale = WIDE / wide_m;
    this.high = Math.min(2 * WIDE, Math.max(WIDE / 2, -high_m * this.scale));
    this.root = shape('svg', { viewBox: `0 0 ${WIDE} ${this.high.toFixed(1)}`, class: 'zone-map', 'data-testid': 'zone-map', role: 'img' });
    this.root.append(...site.zones.features.map((zone) => shape('path', { d: this.path(zone.geometry.coordinates), class: 'zone', 'data-zone': zone.properties.id })));
    this.root.append(...site.shelters.map((shelter) => this.house([shelter.lon_deg, shelter.lat_deg])));
    if (site.zones.features.length <= NAMES_MAX) {
      this.root.append(...site.zones.features.map((zone) => this.name(centroid(zone.geometry.coordinates[0]!), nameOf(zone))));
    }
    this.root.append(this.mark);
    this.root.addEventListener('click', (event) => touched(this.placeAt(event)));
  }

  /** Where somebody is; `null` where that is not a point. */
  show(place: Place | null): void {
    this.mark.setAttribute('visibility', place ? 'visible' : 'hidden');
    if (!place) return;
    const [x, y] = this.at([place.lon_deg, place.lat_deg]);
    this.mark.setAttribute('transform', `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
  }

  private at(place: Position): [x: number, y: number] {
    const [east_m, north_m] = between(this.corner, place);
    return [east_m * this.scale, -north_m * this.scale];
  }

  private path(rings: readonly (readonly Position[])[]): string {
    const ringed = (ring: readonly Position[]) => `M${ring.map((corner) => this.at(corner).map((n) => n.toFixed(1)).join(' ')).join('L')}Z`;
    return rings.map(ringed).join('');
  }

  private house(place: Position): SVGElement {
    const [x, y] = this.at(place);
    return shape('path', { d: 'M-6 0L0 -6L6 0M-4 -1V6H4V-1', class: 'shelter', transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  }

  private name(place: Position, name: string): SVGElement {
    const [x, y] = this.at(place);
    const text = shape('text', { x: x.toFixed(1), y: (y + 4).toFixed(1), 'text-anchor': 'middle', class: 'name' });
    text.textContent = name.length > 16 ? `${name.slice(0, 15)}…` : name;
    return text;
  }

  private placeAt(event: MouseEvent): Place {
    const box = this.root.getBoundingClientRect();
    const metres = WIDE / box.width / this.scale;
    const [east_m, south_m] = [(event.clientX - box.left) * metres, (event.clientY - box.top) * metres];
    // The inverse of `between`, by what one degree each way is in metres.
    const [per_lon_m] = between(this.corner, [this.corner.lon_deg + 1, this.corner.lat_deg]);
    const [, per_lat_m] = between(this.corner, [this.corner.lon_deg, this.corner.lat_deg + 1]);
    return { lat_deg: this.corner.lat_deg - south_m / per_lat_m, lon_deg: this.corner.lon_deg + east_m / per_lon_m };
  }
}
