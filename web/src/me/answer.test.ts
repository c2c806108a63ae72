import { describe, expect, it } from 'vitest';
import type { PublicPicture, PublicSite, ZoneState } from '../contract/public';
import type { Contact } from '../feed/contact';
import { answer, isAnswer, type Known, type Said } from './answer';
import type { Zone } from './place';

const ring = (east: number) => [[east, 0], [east + 1, 0], [east + 1, 1], [east, 1], [east, 0]];
const zone = (id: string, east: number): Zone => ({
  type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring(east)] }, properties: { id, name: id, names: {}, shelter_s: null },
});
const SITE: PublicSite = {
  name: 'S', mode: 'live', version: '1', shelters: [], zones: { type: 'FeatureCollection', features: [zone('a', 0), zone('b', 0.5), zone('far', 40)] },
};
const OK: Contact = { kind: 'ok' };
const LOST: Contact = { kind: 'lost', silent_ms: 4_000, ever: true };

function state(change: Partial<ZoneState>): ZoneState {
  return {
    zone: 'a', alarm: 'a-1', stage: 'take_cover', at_ms: 0, impact_ms: 20_000, struck: false, advice: 'down_now', walk_s: null,
    percent: 80, tell: [], part: [], ...change,
  };
}

function known(zones: ZoneState[], change: Partial<Known> = {}, eyes: PublicPicture['eyes'] = 'ok'): Known {
  return {
    site: SITE, chosen: { kind: 'zone', zone: 'a' }, picture: { now_ms: 0, mode: 'live', heard_ms: 0, eyes, zones }, contact: OK, now_ms: 0, ...change,
  };
}

const kindOf = (said: Said) => said.kind;
const secondsOf = (said: Said) => (isAnswer(said) ? said.seconds : undefined);

describe('the answer', () => {
  it('follows the stage and the advice', () => {
    const told = (change: Partial<ZoneState>) => kindOf(answer(known([state(change)])));
    expect(told({ stage: 'prepare' })).toBe('prepare');
    expect(told({})).toBe('down');
    expect(told({ advice: 'walk_to_shelter' })).toBe('walk');
    expect(told({ stage: 'hold' })).toBe('stay');
    expect(told({ stage: 'all_clear' })).toBe('all_clear');
    expect(told({ stage: 'withdrawn' })).toBe('withdrawn');
    expect(kindOf(answer(known([])))).toBe('nothing');
    expect(kindOf(answer(known([state({ zone: 'far' })])))).toBe('nothing');
  });

  it('is the most urgent of all zones that a place may be in, and of two alike the one with less time', () => {
    const chosen = { kind: 'point', lon_deg: 0.75, lat_deg: 0.5 } as const;
    const both = (a: Partial<ZoneState>, b: Partial<ZoneState>) => answer(known([state(a), state({ zone: 'b', ...b })], { chosen }));
    expect(kindOf(both({ stage: 'all_clear' }, { stage: 'prepare' }))).toBe('prepare');
    expect(kindOf(both({ advice: 'walk_to_shelter' }, {}))).toBe('down');
    expect(secondsOf(both({ impact_ms: 20_000 }, { impact_ms: 9_900 }))).toBe(9);
  });

  it('counts whole seconds down and promises none that are not there', () => {
    const at = (now_ms: number) => answer(known([state({})], { now_ms }));
    expect([0, 1, 19_000, 19_001].map((now_ms) => secondsOf(at(now_ms)))).toEqual([20, 19, 1, 0]);
    expect(at(20_000)).toMatchObject({ kind: 'down', seconds: null, passed: true });
    expect(answer(known([state({ impact_ms: null, struck: true })]))).toMatchObject({ kind: 'down', seconds: null, passed: true });
    expect(answer(known([state({ impact_ms: null })]))).toMatchObject({ seconds: null, passed: false });
  });

  it('tells who walks when the time is over to go down', () => {
    expect(kindOf(answer(known([state({ advice: 'walk_to_shelter' })], { now_ms: 20_000 })))).toBe('down');
  });
});

describe('silence is no safety', () => {
  it('so that quiet without contact is not known, and what presses stays and counts', () => {
    expect(answer(known([], { contact: LOST }))).toMatchObject({ kind: 'not_known', last: 'nothing' });
    expect(answer(known([state({ stage: 'all_clear' })], { contact: LOST }))).toMatchObject({ kind: 'not_known', last: 'all_clear' });
    expect(answer(known([state({})], { contact: LOST, now_ms: 5_000 }))).toMatchObject({ kind: 'down', seconds: 15 });
    expect(kindOf(answer(known([], { contact: { kind: 'connecting' } })))).toBe('not_known');
  });

  it('so that quiet is not known where nobody sees', () => {
    expect(kindOf(answer(known([], {}, 'none')))).toBe('not_known');
    expect(kindOf(answer(known([state({})], {}, 'none')))).toBe('down');
    expect(kindOf(answer(known([], {}, 'partly')))).toBe('nothing');
  });

  it('so that nothing is said before anything was heard', () => {
    expect(kindOf(answer(known([], { picture: null, now_ms: null })))).toBe('not_known');
    expect(kindOf(answer(known([], { site: null, picture: null })))).toBe('not_known');
    expect(kindOf(answer(known([], { chosen: null })))).toBe('choose');
  });
});

it('a place in no zone is told the nearest one, and what it is told while there is contact', () => {
  const chosen = { kind: 'point', lon_deg: -0.1, lat_deg: 0.5 } as const;
  expect(answer(known([state({})], { chosen }))).toMatchObject({ kind: 'not_covered', nearest: { zone: { properties: { id: 'a' } } }, neighbour: { zone: 'a' } });
  expect(answer(known([state({})], { chosen, contact: LOST }))).toMatchObject({ kind: 'not_covered', neighbour: null });
  expect(answer(known([], { chosen: { kind: 'zone', zone: 'gone' } }))).toMatchObject({ kind: 'not_covered', nearest: null });
});

it('another part of the zone is no alarm here, whatever it is there', () => {
  const part = [[0.6, 0.6], [0.9, 0.6], [0.9, 0.9]];
  const here = answer(known([state({ part })], { chosen: { kind: 'point', lon_deg: 0.1, lat_deg: 0.1 } }));
  expect(here).toMatchObject({ kind: 'nothing', elsewhere: true, seconds: null });
});
