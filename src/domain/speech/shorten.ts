/** Says that a list is not whole. */
const NOTE = 'Lists are shortened. Ask for less, such as one day or one service, to see the rest.';

interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * The answer with so much of its lists that it fits, and a note where something was left out.
 *
 * `measure` says how long an answer is in the form in which it leaves. The longest list is cut first, from its end; what
 * does not fit without any list loses all its data.
 */
export function shorten<T extends Answer>(answer: T, max: number, measure: (answer: T) => number): T {
  if (measure(answer) <= max) return answer;
  const short = structuredClone({ ...answer, data: { ...answer.data, note: NOTE } }) as T;
  for (let length = measure(short); length > max; length = measure(short)) {
    const list = findLongest(short);
    if (list === null) return { ...short, data: { note: NOTE } };
    // By as much as it is too long, and by one at least.
    list.splice(Math.min(Math.floor((list.length * max) / length), list.length - 1));
  }
  return short;
}

/** The list, wherever it is, that takes the most room; null when all are empty. */
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
