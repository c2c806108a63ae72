/**
 * Reading untrusted JSON into known shapes.
 *
 * The page is served by the program it talks to, so a shape that does not fit means two different versions met
 * (a page left open across an upgrade, a proxy in between) and must be said aloud rather than guessed around.
 * Unknown extra keys are allowed; missing or wrong ones are not. Strings are bounded, lists are bounded, and
 * numbers are finite, so that nothing behind this boundary needs to ask again.
 */

export class ContractError extends Error {
  override name = 'ContractError';
  constructor(
    readonly path: string,
    readonly expected: string,
    readonly got: unknown,
  ) {
    super(`${path}: expected ${expected}, got ${describe(got)}`);
  }
}

/** The fault of something inside, with the place of what holds it. */
function inside(fault: unknown, place: string): unknown {
  return fault instanceof ContractError ? new ContractError(place + fault.path, fault.expected, fault.got) : fault;
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * A reader takes a value and the path it was found at, and returns it typed or throws a `ContractError`.
 *
 * What holds others reads them as if they stood alone and adds their places to a fault when there is one: thousands of numbers come five
 * times per second, and the path of one that fits is never wanted.
 */
export type Reader<T> = (value: unknown, path: string) => T;

/** More than the engine's own limits allow; a longer list is a broken or hostile peer. */
const LIST_LENGTH_MAX = 20_000;
const TEXT_LENGTH_MAX = 2_000;

export const text: Reader<string> = (value, path) => {
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) {
    throw new ContractError(path, `text of at most ${TEXT_LENGTH_MAX} characters`, value);
  }
  return value;
};

export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new ContractError(path, 'true or false', value);
  return value;
};

export const number: Reader<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new ContractError(path, 'a finite number', value);
  return value;
};

export function within(low: number, high: number): Reader<number> {
  return (value, path) => {
    const found = number(value, path);
    if (found < low || found > high) throw new ContractError(path, `a number from ${low} to ${high}`, value);
    return found;
  };
}

export const count: Reader<number> = (value, path) => {
  const found = number(value, path);
  if (!Number.isInteger(found) || found < 0) throw new ContractError(path, 'a whole number, zero or more', value);
  return found;
};

export const notNegative = within(0, Number.MAX_VALUE);

export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return (value, path) => {
    if (!words.includes(value as T)) throw new ContractError(path, `one of ${words.join(', ')}`, value);
    return value as T;
  };
}

/** `null` and an absent key mean the same: not known. */
export function nullable<T>(inner: Reader<T>): Reader<T | null> {
  return (value, path) => (value === null || value === undefined ? null : inner(value, path));
}

export function list<T>(item: Reader<T>): Reader<T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > LIST_LENGTH_MAX) {
      throw new ContractError(path, `a list of at most ${LIST_LENGTH_MAX}`, Array.isArray(value) ? value.length : value);
    }
    const result = new Array<T>(value.length);
    for (let index = 0; index < value.length; index += 1) {
      try {
        result[index] = item(value[index], '');
      } catch (fault) {
        throw inside(fault, `${path}[${index}]`);
      }
    }
    return result;
  };
}

export function record<T>(item: Reader<T>): Reader<Record<string, T>> {
  return (value, path) => {
    const found = object(value, path);
    // Without a prototype, because a key may be any word at all.
    const result = Object.create(null) as Record<string, T>;
    for (const key of Object.keys(found)) {
      try {
        result[key] = item(found[key], '');
      } catch (fault) {
        throw inside(fault, `${path}.${key}`);
      }
    }
    return result;
  };
}

export function shape<T extends object>(fields: { [K in keyof T]: Reader<T[K]> }): Reader<T> {
  const readers = Object.entries(fields) as [string, Reader<unknown>][];
  return (value, path) => {
    const found = object(value, path);
    const result: Record<string, unknown> = {};
    for (const [key, read] of readers) {
      try {
        result[key] = read(found[key], '');
      } catch (fault) {
        throw inside(fault, `${path}.${key}`);
      }
    }
    return result as T;
  };
}

export function object(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ContractError(path, 'an object', value);
  }
  return value as Record<string, unknown>;
}

export function json(source: string, path: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new ContractError(path, 'JSON', source);
  }
}
