import { z } from 'zod';

const row = z.object({ label: z.string(), value: z.string() });

/** The booking in words, for the page behind the guest's link. */
export const guestPageView = z
  .object({
    code: z.string(),
    property: z.string(),
    phone: z.string().nullable(),
    status: z.string(),
    tone: z.enum(['WAITING', 'GOOD', 'ENDED']),
    note: z.string().nullable().describe('What happens next, in a sentence or two.'),
    details: z.array(row).describe('What, when, where and for whom.'),
    money: z
      .array(row.extend({ isDue: z.boolean().describe('True for what the guest is asked to pay.') }))
      .describe('Every amount once.'),
    secondsLeft: z.int().nullable().describe('Time left to pay; null without a deadline.'),
    refreshSeconds: z.int().nullable().describe('When to read again; null for a booking that waits for nothing.'),
    actions: z.array(
      z.object({
        action: z.enum(['PAY', 'RECEIPT', 'CANCEL']),
        label: z.string(),
        purpose: z.enum(['DEPOSIT', 'BALANCE']).nullable(),
      }),
    ),
  })
  .meta({
    examples: [
      {
        code: 'BK-2027-0042',
        property: 'Harbour Hotel',
        phone: '+353 1 555 0100',
        status: 'Confirmed',
        tone: 'GOOD',
        note: null,
        details: [
          { label: 'Room', value: 'Suite, 2 nights' },
          { label: 'Arrival', value: 'Friday 14 May 2027, from 15:00' },
          { label: 'Departure', value: 'Sunday 16 May 2027, by 11:00' },
          { label: 'Guests', value: '2 adults' },
          { label: 'Name', value: 'Ada Byrne' },
          { label: 'Where', value: 'Harbour Hotel' },
        ],
        money: [
          { label: 'Price', value: '€289.00', isDue: false },
          { label: 'Paid', value: '€289.00', isDue: false },
          { label: 'Still to pay', value: '€0.00', isDue: false },
        ],
        secondsLeft: null,
        refreshSeconds: null,
        actions: [
          { action: 'RECEIPT', label: 'Receipt', purpose: null },
          { action: 'CANCEL', label: 'Cancel this booking', purpose: null },
        ],
      },
    ],
  });
