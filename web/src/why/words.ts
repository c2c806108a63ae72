/** What a card says in sentences. Pure. */

import type { AlarmCard, Delivery, Near, Without, ZoneCard } from './contract';

export function percent(share: number): string {
  const value = 100 * share;
  if (value >= 99.95) return 'more than 99.9 %';
  if (value > 0 && value < 0.01) return 'less than 0.01 %';
  return `${value >= 10 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2)} %`;
}

export function later(later_s: number | null, never: string): string {
  if (later_s === null) return never;
  if (Math.abs(later_s) < 0.05) return 'at the same time';
  return later_s > 0 ? `${later_s.toFixed(1)} s later` : `${(-later_s).toFixed(1)} s earlier`;
}

/** Why it was raised, in one sentence. */
export function because({ zone_name, probability, threshold, stage, rule }: AlarmCard): string {
  const what = stage === 'prepare' ? 'was told to be ready' : 'was told to take cover';
  const worth = rule.misses_worth >= 1.5 ? ` One missed round counts there as much as ${Math.round(rule.misses_worth)} needless alarms.` : '';
  if (probability < threshold) return `${zone_name} ${what} although its danger of ${percent(probability)} was below its threshold of ${percent(threshold)}: people on duty decided.`;
  return `${zone_name} ${what} because a round would endanger it with a probability of ${percent(probability)}, and its owner warns from ${percent(threshold)} on.${worth}`;
}

/** Why a zone was not warned, in one sentence, or that it was. */
export function quietBecause(card: ZoneCard): string {
  const { zone_name, alarms, worst, threshold, nearest, rule } = card;
  if (alarms.length > 0) return `${zone_name} was warned: ${alarms.length === 1 ? 'one alarm' : `${alarms.length} alarms`}.`;
  if (worst && worst.probability > 0) {
    return `${zone_name} was not warned: its danger never came to more than ${percent(worst.probability)}, and its owner warns from ${percent(threshold)} on.`;
  }
  const near = nearest[0];
  if (!near) return `${zone_name} was not warned: nothing was ever predicted to fall anywhere.`;
  if (!near.believed) {
    const asked = `${percent(rule.ballistic_probability)} as a round, ${rule.plots_min} plots${rule.corroboration > 1 ? `, ${rule.corroboration} groups of sensors` : ''}`;
    return `${zone_name} was not warned: what came nearest was not believed to be a round (${percent(near.probability_of_a_round)}; asked for: ${asked}).`;
  }
  return `${zone_name} was not warned: the nearest predicted impact was ${Math.round(near.away_m)} m away, too far to endanger it.`;
}

export function nearWords(near: Near): string {
  const where = near.away_m === 0 ? 'inside' : `${Math.round(near.away_m)} m away`;
  return `${where}, 95 % ellipse reaches ${Math.round(near.semi_major_m)} m, a round with ${percent(near.probability_of_a_round)}, ${near.believed ? 'believed' : 'not believed'}`;
}

export function withoutWords({ later_s }: Without): string {
  return later(later_s, 'no alarm');
}

/** One channel's way of the first message that told people something, in seconds after the decision. */
export interface Hop {
  channel: string;
  receivers: number;
  queued_s: number;
  sent_s: number | null;
  /** Median and slowest of those who acknowledged. */
  acknowledged_s: number | null;
  slowest_s: number | null;
  /** Receivers that did not. */
  missing: string[];
  resent: number;
}

export function hops(deliveries: readonly Delivery[], stage: string): Hop[] {
  const told = deliveries.filter((delivery) => delivery.stage === stage);
  const first = new Map<string, number>();
  for (const { channel, revision } of told) first.set(channel, Math.min(revision, first.get(channel) ?? revision));
  return [...first].map(([channel, revision]) => {
    const mine = told.filter((delivery) => delivery.channel === channel && delivery.revision === revision);
    const acknowledged = mine.flatMap((delivery) => delivery.acknowledged_s ?? []).sort((a, b) => a - b);
    const sent = mine.flatMap((delivery) => delivery.sent_s ?? []);
    return {
      channel,
      receivers: mine.length,
      queued_s: Math.min(...mine.map((delivery) => delivery.queued_s)),
      sent_s: sent.length > 0 ? Math.min(...sent) : null,
      acknowledged_s: acknowledged.length > 0 ? acknowledged[Math.floor((acknowledged.length - 1) / 2)]! : null,
      slowest_s: acknowledged.at(-1) ?? null,
      missing: mine.filter((delivery) => delivery.acknowledged_s === null).map((delivery) => delivery.receiver || channel),
      resent: mine.reduce((sum, delivery) => sum + delivery.resent, 0),
    };
  });
}
