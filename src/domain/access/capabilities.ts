/** Rights that a guest's link can carry. */
export const CAPABILITIES = ['VIEW', 'PAY', 'CHANGE', 'MESSAGE', 'WALLET'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** Rights of the token in a booking's response. Without WALLET: the typed e-mail address is not verified. */
export const BOOKING_TOKEN_CAPABILITIES = ['VIEW', 'PAY', 'CHANGE', 'MESSAGE'] as const satisfies readonly Capability[];
