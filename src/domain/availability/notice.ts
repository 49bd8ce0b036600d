/** How many minutes before its start something must be booked. Staff may book at once, however short the notice. */
export function noticeOf(terms: { readonly minNoticeMinutes: number }, isStaff: boolean): number {
  return isStaff ? 0 : terms.minNoticeMinutes;
}
