/** A decoded form: `a[b]=1&a[c][0]=2` as nested objects and lists of text. */
export interface FormTree {
  [name: string]: FormValue;
}
export type FormValue = string | FormValue[] | FormTree;

/**
 * Decodes a form body or query string with bracket nesting, as Stripe's SDKs send it.
 *
 * Names of digits only, and empty names as in `expand[]`, make lists.
 */
export function decodeForm(text: string): FormTree {
  const root: FormTree = Object.create(null) as FormTree;
  for (const [name, value] of new URLSearchParams(text)) {
    const [first = '', ...rest] = name.replaceAll(']', '').split('[');
    insert(root, [first, ...rest], value);
  }
  return toLists(root) as FormTree;
}

function insert(tree: FormTree, keys: readonly string[], value: string): void {
  const [key = '', ...rest] = keys;
  const name = key === '' ? String(Object.keys(tree).length) : key;
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const child = tree[name];
  const branch = typeof child === 'object' ? (child as FormTree) : (Object.create(null) as FormTree);
  tree[name] = branch;
  insert(branch, rest, value);
}

function toLists(value: FormValue): FormValue {
  if (typeof value === 'string') return value;
  const entries = Object.entries(value).map(([name, child]) => [name, toLists(child)] as const);
  const isList = entries.length > 0 && entries.every(([name]) => /^\d+$/.test(name));
  return isList ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

/** Encodes parameters in canonical order, for comparison. */
export function fingerprint(value: FormValue): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: FormValue): FormValue {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name] ?? '')]));
}
