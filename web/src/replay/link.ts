/** A link to a moment: `/replay?recording=2026-11-22T18-21-37Z.mcap&at=2026-11-22T18:22:01.500Z`. */

export interface Moment {
  recording: string | null;
  /** Milliseconds since 1970 UTC. */
  at_ms: number | null;
}

export function readLink(search: string): Moment {
  const asked = new URLSearchParams(search);
  return { recording: asked.get('recording') || null, at_ms: instant(asked.get('at')) };
}

function instant(text: string | null): number | null {
  if (!text) return null;
  const at_ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(at_ms) ? at_ms : null;
}

export function writeLink({ recording, at_ms }: Moment): string {
  if (recording === null) return './replay';
  const at = at_ms === null ? '' : `&at=${new Date(Math.round(at_ms)).toISOString()}`;
  return `./replay?recording=${encodeURIComponent(recording)}${at}`;
}
