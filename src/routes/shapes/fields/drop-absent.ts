type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Drops undefined members: an absent member is no change. */
export function dropAbsent<T extends object>(body: T): Present<T> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Present<T>;
}
