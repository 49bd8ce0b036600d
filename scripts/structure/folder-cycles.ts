/** An import, by the folders of both files. */
export interface FolderArrow {
  readonly from: string;
  readonly to: string;
}

/**
 * Finds the knots among the folders below `layer`: groups in which each folder reaches every other by imports.
 *
 * Returns: one sorted list of folders for each knot; imports that leave the layer are ignored.
 */
export function findFolderCycles(arrows: readonly FolderArrow[], layer: string): string[][] {
  const targets = new Map<string, Set<string>>();
  const isInside = (folder: string) => folder.startsWith(`${layer}/`);
  for (const { from, to } of arrows) {
    if (from === to || !isInside(from) || !isInside(to) || to.includes('/generated')) continue;
    targets.set(from, (targets.get(from) ?? new Set()).add(to));
  }
  const reached = new Map([...targets.keys()].map((folder) => [folder, reach(targets, folder)]));
  const knots = new Map<string, string[]>();
  for (const [folder, others] of reached) {
    const knot = [...others].filter((other) => reached.get(other)?.has(folder)).toSorted();
    if (others.has(folder)) knots.set(knot.join(' '), knot);
  }
  return [...knots.values()];
}

/** Lists every folder that imports from `start` lead to. */
function reach(targets: ReadonlyMap<string, ReadonlySet<string>>, start: string): Set<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    for (const next of targets.get(folder) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}
