/** The invented site as people's phones are given it, and every state that a place can be in. */

import type { PublicPicture, PublicSite, Vocabulary, World, ZoneState } from '../src/contract/public';
import { offset } from '../src/geo/local';
import { MockServer } from './mock';
import { ORIGIN, quiet, SITE } from './scene';
import table from './words.json';

const near = (east_m: number, north_m: number) => {
  const [lon_deg, lat_deg] = offset(ORIGIN, east_m, north_m) as [number, number];
  return { lat_deg, lon_deg };
};

/** In the middle of the hospital, and where no zone is: 2 km north of everything. */
export const IN_HOSPITAL = near(-300, 500);
export const OUTSIDE = near(0, 3200);

export function publicSite(mode: World): PublicSite {
  return {
    name: SITE.name,
    mode,
    version: SITE.version,
    zones: {
      type: 'FeatureCollection',
      features: SITE.zones.features.map(({ geometry, properties: { id, name } }) => ({
        type: 'Feature',
        geometry,
        properties: { id, name, names: (id === 'hospital' ? { ar: 'المستشفى' } : {}) as Record<string, string>, shelter_s: id === 'hospital' ? 25 : null },
      })),
    },
    shelters: [
      { id: 'cellar', name: 'School cellar', ...near(-220, 580) },
      { id: 'tunnel', name: 'Tunnel', ...near(900, -700) },
    ],
  };
}

export function vocabulary(mode: World): Vocabulary {
  const words = table[mode] as Record<string, Record<string, string>>;
  return { mode, languages: Object.entries(words).sort().reverse().map(([code, texts]) => ({ code, right_to_left: code === 'ar', words: texts })) };
}

/** What the texts of each stage are called, as the server would say it. */
const TELL: Record<World, Record<ZoneState['stage'], [string, string]>> = {
  live: {
    prepare: ['possible', 'be_ready'], take_cover: ['predicted', 'down_now'], hold: ['hold_over', 'stay_in_cover'],
    all_clear: ['all_clear', 'leave_cover_after_impacts'], withdrawn: ['withdrawn_elsewhere', 'leave_cover'],
  },
  exercise: {
    prepare: ['exercise_description_prepare', 'exercise_ready'], take_cover: ['exercise_description_take_cover', 'exercise_go'],
    hold: ['exercise_description_hold', 'exercise_go'], all_clear: ['exercise_description_all_clear', 'exercise_end'],
    withdrawn: ['exercise_description_withdrawn', 'exercise_end'],
  },
};

export interface Setting {
  mode?: World;
  stage?: ZoneState['stage'];
  walk_s?: number;
  impact_ms?: number | null;
  zone?: string;
  part?: ZoneState['part'];
  eyes?: PublicPicture['eyes'];
}

/** A picture in which one zone stands so, or none does. */
export function picture(now_ms: number, { mode = 'live', stage, walk_s, impact_ms = null, zone = 'hospital', part = [], eyes = 'ok' }: Setting): PublicPicture {
  const walks = walk_s !== undefined;
  const state = stage && {
    zone, alarm: `${zone}-1`, stage, at_ms: now_ms, impact_ms, struck: false, percent: 83, part, walk_s: walk_s ?? null,
    advice: walks ? ('walk_to_shelter' as const) : stage === 'take_cover' ? ('down_now' as const) : ('be_ready' as const),
    tell: walks && mode === 'live' ? ['predicted', 'walk'] : TELL[mode][stage],
  };
  return { now_ms, mode, heard_ms: now_ms - 300, eyes, zones: state ? [state] : [] };
}

/** A stand-in server with the public part; `server.show` sets what is told from the next picture on. */
export class PublicMock extends MockServer {
  private setting: Setting = {};

  constructor(private world: World = 'live') {
    super({ ...SITE, mode: world }, quiet);
    this.answers['/api/public/site'] = () => publicSite(this.world);
    this.answers['/api/words'] = () => vocabulary(this.world);
    this.feeds['/api/public/live'] = (now_ms) => picture(now_ms, { mode: this.world, ...this.setting });
  }

  show(setting: Setting): void {
    this.setting = setting;
    this.publish();
  }

  become(world: World): void {
    this.world = world;
  }
}
