/** Computes the notice that a booking needs, in minutes. Staff may book without notice. */
export function requiredNoticeMinutes(terms: { readonly minNoticeMinutes: number }, isStaff: boolean): number {
  return isStaff ? 0 : terms.minNoticeMinutes;
}
