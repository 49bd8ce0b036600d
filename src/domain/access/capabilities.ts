/** What a guest's link may be used for. */
export const CAPABILITIES = ['VIEW', 'PAY', 'CHANGE', 'MESSAGE', 'WALLET'] as const;
export type Capability = (typeof CAPABILITIES)[number];

/** The token in a booking's answer. Not WALLET: whoever typed an address has not shown that the mailbox is theirs. */
export const BOOKING_TOKEN_CAPABILITIES = ['VIEW', 'PAY', 'CHANGE', 'MESSAGE'] as const satisfies readonly Capability[];
