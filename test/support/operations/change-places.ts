/** Every place in a value, as keys to follow. */
export function listPlaces(value: unknown, path: readonly string[] = []): string[][] {
  const members = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  return [[...path], ...members.flatMap(([key, member]) => listPlaces(member, [...path, key]))];
}

/** The value with something else at a place; `undefined` takes the member away. */
export function replaceAt(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaceAt(copy[key], rest, other);
  return copy;
}

/** What stands at a place; undefined where nothing does. */
export function readAt(value: unknown, place: readonly string[]): unknown {
  return place.reduce<unknown>((node, key) => (node as Record<string, unknown> | null | undefined)?.[key], value);
}
