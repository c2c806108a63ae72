// MapLibre's own style first: ours changes it.
import 'maplibre-gl/dist/maplibre-gl.css';
import './style/tokens.css';
import './style/page.css';
import './style/panel.css';
import './style/map.css';
import './why/why.css';

import type { GeoJSON } from 'geojson';
import { readAlarmLog } from './contract/alarm_log';
import { readPicture, type Picture } from './contract/picture';
import { readChannels } from './contract/channels';
import { ContractError } from './contract/read';
import { readSite, type Site } from './contract/site';
import { ServerClock } from './feed/clock';
import { contactAt, retryDelay_ms, type Heard } from './feed/contact';
import { LiveFeed } from './feed/live';
import type { MapView } from './map/view';
import { Page } from './page';
import { openWhy } from './why/card';

const TICK_MS = 100;
/** Who is not reached must be read within two seconds of the decision. */
const CHANNELS_MS = 400;

const local_ms = () => performance.now();
const page = new Page(document.getElementById('app')!);
const clock = new ServerClock();
let heard: Heard = { began_ms: local_ms(), last_ms: null, ended_ms: null };
let picture: Picture | null = null;

function draw(): void {
  const now = local_ms();
  page.draw({ contact: contactAt(heard, now), picture, now_ms: clock.now_ms(now), local_ms: now });
}

async function fetchSite(): Promise<Site> {
  const answer = await fetch('./api/site', { cache: 'no-store' });
  if (!answer.ok) throw new Error(`site: the server answered ${answer.status}`);
  return readSite(await answer.text());
}

/** Asks until there is an answer that can be read: a page opened before its server must find it later. */
async function awaitSite(): Promise<Site> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const site = await fetchSite();
      page.banners.forContract(null);
      return site;
    } catch (fault) {
      if (fault instanceof ContractError) page.banners.forContract(fault);
      await new Promise((resolve) => setTimeout(resolve, retryDelay_ms(attempt)));
    }
  }
}

/** A server that came back with another site, mode or version needs a new page; anything else does not. */
async function reloadIfChanged(site: Site): Promise<void> {
  const found = await fetchSite().catch(() => null);
  if (found && JSON.stringify(found) !== JSON.stringify(site)) location.reload();
}

/** Optional: a site without outlines answers 204 or 404. */
async function drawOutlines(map: MapView): Promise<void> {
  try {
    const answer = await fetch('./api/outlines');
    if (answer.status === 200) map.outlines((await answer.json()) as GeoJSON);
  } catch (fault) {
    console.warn('The outlines cannot be read:', fault);
  }
}

async function askChannels(): Promise<void> {
  try {
    const answer = await fetch('./api/channels', { cache: 'no-store' });
    page.channelsStand(answer.ok ? readChannels(await answer.text()) : null, clock.now_ms(local_ms()) ?? 0);
  } catch {
    // That there is no contact is said by the picture's own silence; an answer that cannot be read is none.
    page.channelsStand(null, 0);
  }
}

/** What was told before this page was opened. Without it the strip of time begins now. */
async function askLog(): Promise<void> {
  try {
    const answer = await fetch('./api/alarms', { cache: 'no-store' });
    if (answer.ok) page.log(readAlarmLog(await answer.text()));
  } catch (fault) {
    console.warn('The log of alarms cannot be read:', fault);
  }
}

/** The map's code is by far the most there is: it comes after what is needed to be warned. */
async function hangMap(site: Site): Promise<void> {
  const code = await import('./map/view').catch(() => null);
  const map = page.hang((root) => {
    if (!code) throw new Error('its code has not come');
    return new code.MapView(root, site, () => clock.now_ms(local_ms()));
  });
  if (!map) return;
  void drawOutlines(map);
  map.map.on('click', 'zone-fill', (event) => void openWhy({ zone: String(event.features?.[0]?.properties['id']) }));
  // For the browser's console and the browser tests.
  Object.assign(window, { parapet: { map: map.map, sky: map.sky } });
}

async function start(): Promise<void> {
  const ticker = window.setInterval(draw, TICK_MS);
  const site = await awaitSite();
  page.furnish(site);

  const feed = new LiveFeed(
    './api/live',
    {
      picture(received, at_ms) {
        picture = received;
        clock.heard(received.now_ms, at_ms);
        page.banners.forContract(null);
        page.received(received);
      },
      unreadable: (fault) => page.banners.forContract(fault),
      regained() {
        void reloadIfChanged(site);
        void askLog();
      },
    },
    local_ms,
    readPicture,
  );
  heard = feed.heard;
  void askLog();
  void hangMap(site);
  window.setInterval(() => void askChannels(), CHANNELS_MS);
  window.clearInterval(ticker);
  window.setInterval(() => {
    feed.tick();
    draw();
  }, TICK_MS);
}

void start();
