/** From one picture to the next: the other half of what the server's `delta` does. */

export type Raw = Record<string, unknown>;

export interface Change {
  /** Keys with their new values. */
  set: Raw;
  /** Lists of named items: those that are new or other, and the names of those that are gone. */
  lists: Record<string, { put: unknown[]; gone: (string | number)[] }>;
  /** Keys that are gone. */
  drop?: string[];
}

/** The keys by which the items of a picture's lists are known. */
function nameOf(item: unknown): unknown {
  const { id, track } = (item ?? {}) as { id?: unknown; track?: unknown };
  return id ?? track;
}

/** A new picture; `before` stays as it is, and what did not change is shared between the two. */
export function applyDelta(before: Raw, change: Change): Raw {
  const after: Raw = { ...before, ...change.set };
  for (const key of change.drop ?? []) delete after[key];
  for (const [key, { put, gone }] of Object.entries(change.lists)) {
    const touched = new Set<unknown>([...gone, ...put.map(nameOf)]);
    const list = Array.isArray(before[key]) ? (before[key] as unknown[]) : [];
    const fresh = new Map(put.map((item) => [nameOf(item), item]));
    const kept = list.flatMap((item) => {
      const name = nameOf(item);
      if (!touched.has(name)) return [item];
      const other = fresh.get(name);
      fresh.delete(name);
      return other === undefined ? [] : [other];
    });
    after[key] = [...kept, ...fresh.values()];
  }
  return after;
}
