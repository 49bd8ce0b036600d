/** The index of the first range that overlaps one before it in the list; null when none does. Touching is no overlap. */
export function findOverlap(ranges: readonly { readonly from: string; readonly to: string }[]): number | null {
  const index = ranges.findIndex((range, at) =>
    ranges.slice(0, at).some((earlier) => earlier.from < range.to && range.from < earlier.to),
  );
  return index === -1 ? null : index;
}
