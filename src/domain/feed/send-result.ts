/**
 * Outcome of sending events to a service.
 *
 * TAKEN: the service has them. REFUSED: it will never take them, however often they are sent. UNKNOWN: it may have taken
 * them; sending them again does no harm, because every event has an id.
 */
export type SendResult =
  | { readonly kind: 'TAKEN' }
  | { readonly kind: 'REFUSED'; readonly reason: string }
  | { readonly kind: 'UNKNOWN'; readonly reason: string };
