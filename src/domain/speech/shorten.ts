/** Note in the data of a shortened response. */
const NOTE = 'Lists are shortened. Ask for less, such as one day or one service, to see the rest.';

interface ToolResponse {
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Shortens the lists of a response to the maximum length, and adds a note when items were removed.
 *
 * `measure` answers the length of a response in the transport's encoding. The longest list is cut first, from the end.
 * A response that is too long without any list loses all data.
 */
export function shorten<T extends ToolResponse>(answer: T, max: number, measure: (answer: T) => number): T {
  if (measure(answer) <= max) return answer;
  const short = structuredClone({ ...answer, data: { ...answer.data, note: NOTE } }) as T;
  for (let length = measure(short); length > max; length = measure(short)) {
    const list = findLongest(short);
    if (list === null) return { ...short, data: { note: NOTE } };
    // Cuts the list in proportion to the excess, at least one item, so that the loop ends.
    list.splice(Math.min(Math.floor((list.length * max) / length), list.length - 1));
  }
  return short;
}

/** Finds the longest list at any depth, by JSON length; null when all lists are empty. */
function findLongest(value: unknown): unknown[] | null {
  const lists = listLists(value).filter((list) => list.length > 0);
  const [longest = null] = lists.toSorted((a, b) => JSON.stringify(b).length - JSON.stringify(a).length);
  return longest;
}

function listLists(value: unknown): unknown[][] {
  if (value === null || typeof value !== 'object') return [];
  const inside = Object.values(value).flatMap(listLists);
  return Array.isArray(value) ? [value as unknown[], ...inside] : inside;
}
