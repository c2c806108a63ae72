/** The keys that have a field of their own, as crates/edge/site/example/site.toml documents them. All others are edited as text. */

import type { Keys } from './contract';

export interface FieldOf {
  /** Path below the table: `accuracy.range_m`. */
  key: string;
  label: string;
  unit: string;
  standard: string;
  help?: string;
  whole?: boolean;
}

export const POLICY: readonly FieldOf[] = [
  { key: 'effect_radius_m', label: 'Effect radius', unit: 'm', standard: '100', help: 'How far around an impact people are in danger; zones are widened by it. 0 to 5000.' },
  { key: 'hold_s', label: 'Stay in cover after the last impact', unit: 's', standard: '30', help: 'Three times the usual spacing of a salvo. 1 to 3600.' },
  { key: 'withdraw_after_s', label: 'Withdraw without support after', unit: 's', standard: '6', help: 'An alarm that no prediction supports for this long is withdrawn. 1 to 120.' },
  { key: 'ballistic_probability', label: 'Surely a round from', unit: '', standard: '0.95', help: 'How probably a track must be a round before it may threaten. Between 0 and 1.' },
  { key: 'existence_probability', label: 'Surely there from', unit: '', standard: '0.9', help: 'How probably a track must exist at all. Between 0 and 1.' },
  { key: 'plots_min', label: 'Plots at least', unit: 'plots', standard: '4', whole: true, help: 'Two give a velocity, a third contradicts it, a fourth confirms. 2 to 100.' },
  { key: 'corroboration', label: 'Independent groups of sensors', unit: 'groups', standard: '1', whole: true, help: 'With 2, one sensor that lies raises no alarm, and one that is alone raises none either.' },
  { key: 'wait_part_max', label: 'Wait at most this part of the time left', unit: '', standard: '0.1', help: '0 never waits for a better prediction. 0 to 0.5.' },
  { key: 'heightened_miss_factor', label: 'A missed round counts, when heightened', unit: 'times', standard: '3', help: 'Posture “heightened” lowers every threshold by this. 1 to 1000.' },
  { key: 'sight_lost_max_s', label: 'Hold while nobody sees, at most', unit: 's', standard: '300', help: '0 to 3600.' },
  { key: 'operator_alarm_s', label: 'A manual alarm stands for', unit: 's', standard: '120', help: '10 to 3600.' },
  { key: 'operator_hold_max_s', label: 'A hold by people ends after', unit: 's', standard: '1800', help: '60 to 86400.' },
];

export const SENSOR: readonly FieldOf[] = [
  { key: 'scan_period_s', label: 'Scan period', unit: 's', standard: '', help: 'Between two looks at the same place. 0.02 to 60.' },
  { key: 'accuracy.range_m', label: 'Accuracy in range', unit: 'm', standard: '', help: 'Standard deviation. 0.01 to 5000.' },
  { key: 'accuracy.azimuth_deg', label: 'Accuracy in azimuth', unit: '°', standard: '', help: '0.001 to 20.' },
  { key: 'accuracy.elevation_deg', label: 'Accuracy in elevation', unit: '°', standard: 'measures none' },
  { key: 'accuracy.range_rate_mps', label: 'Accuracy of Doppler', unit: 'm/s', standard: '5' },
  { key: 'detection_probability', label: 'Found in a scan', unit: '', standard: '0.9', help: 'Chance that a target in coverage gives a plot. Between 0 and 1.' },
  { key: 'clutter_per_scan', label: 'False plots in a scan', unit: '', standard: '10' },
  { key: 'silent_after_s', label: 'Silent after', unit: 's', standard: 'by scan period' },
];

export const RECEIVER: readonly FieldOf[] = [
  { key: 'report_period_s', label: 'Report period', unit: 's', standard: '1' },
  { key: 'silent_after_s', label: 'Silent after', unit: 's', standard: '60' },
];

export const NODE: readonly FieldOf[] = [
  { key: 'sigma_position_m', label: 'Place known to', unit: 'm', standard: '3', help: 'Standard deviation. 0.01 to 1000.' },
  { key: 'sigma_time_s', label: 'Time of arrival known to', unit: 's', standard: '0.02', help: 'Clock included. 0.000001 to 10.' },
];

export const KINDS_OF_ZONE = ['hospital', 'housing', 'embassy', 'offices', 'school', 'assembly', 'works', 'gate', 'other'] as const;

/** What can be placed, with keys that a person would begin with; everything is to be corrected to what stands there. */
export const PLACEABLE: readonly { kind: 'sensor' | 'node'; word: string; label: string; keys: (number: number) => Keys }[] = [
  {
    kind: 'sensor', word: 'radar', label: 'Radar (ASTERIX)',
    keys: (number) => ({
      asterix: { sac: 25, sic: Math.min(255, 200 + number) }, links: [`udp://127.0.0.1:${8600 + number}`], scan: 'rotating', scan_period_s: 1,
      range_m: [400, 25000], elevation_deg: [0.5, 80], accuracy: { range_m: 15, azimuth_deg: 0.17, elevation_deg: 0.17 },
    }),
  },
  {
    kind: 'sensor', word: 'sensor', label: 'Other sensor (JSON Lines)',
    keys: () => ({
      lines: { senders: ['127.0.0.1'] }, scan: 'staring', scan_period_s: 0.5, range_m: [50, 8000], elevation_deg: [0, 60],
      accuracy: { range_m: 60, azimuth_deg: 0.1, elevation_deg: 0.1 },
    }),
  },
  {
    kind: 'sensor', word: 'adsb', label: 'ADS-B receiver',
    keys: (number) => ({ kind: 'ads-b', feed: `tcp://127.0.0.1:${30004 + number}`, format: 'beast', range_m: [0, 300000] }),
  },
  { kind: 'node', word: 'node', label: 'Acoustic node', keys: () => ({}) },
];

/** The value under a path. */
export function valueAt(keys: Keys, path: string): Keys[string] | undefined {
  return path.split('.').reduce<Keys[string] | undefined>((found, key) => (found && typeof found === 'object' && !Array.isArray(found) ? found[key] : undefined), keys);
}

/** Keys that change only the value under a path. */
export function keysAt(path: string, value: Keys[string]): Keys {
  return path.split('.').reduceRight<Keys[string]>((inner, key) => ({ [key]: inner }), value) as Keys;
}
