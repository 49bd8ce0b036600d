/** Finds the index of the first range that overlaps an earlier range in the list; null without overlap. */
export function findOverlap(ranges: readonly { readonly from: string; readonly to: string }[]): number | null {
  const index = ranges.findIndex((range, at) =>
    ranges.slice(0, at).some((earlier) => earlier.from < range.to && range.from < earlier.to),
  );
  return index === -1 ? null : index;
}
