import { z } from 'zod';
import { outcomeOfCancellation } from '../../../domain/money/cancellation-outcome.ts';
import { sayBooking, sayCancellation } from '../../../domain/speech/agent-say.ts';
import { text } from '../../../http/contract/fields.ts';
import { viewAgentBooking } from '../agent-booking.ts';
import { defineTool } from '../agent-tool.ts';
import { commit, propose } from '../change-tool.ts';
import { readKnownBooking } from '../hearing/known-booking.ts';
import { confirmField, personFields } from '../hearing/tool-fields.ts';

export const cancelBookingTool = defineTool({
  name: 'cancel_booking',
  description:
    'Cancels a booking, in two steps. First with the code and the telephone number or surname: nothing changes, `say` is ' +
    'the question to ask the caller, with what comes back of what was paid and what is kept (`proposal.refundAmount`, ' +
    '`proposal.fee`), and `proposal.confirm` a token. Once they have said yes, call it again with `confirm` alone.',
  isReading: false,
  args: z.strictObject({ ...personFields, reason: text(500).optional(), ...confirmField }),
  example: { code: 'BK-2027-0012', phone: '+1 312 555 0100' },
  run: async (call, said) => {
    const { now } = call.desk;
    const { confirm: token, code, reason = null } = said;
    if (token !== undefined) {
      return commit(call, { action: 'cancel', token, code, say: (done) => sayBooking(done, new Date(done.readAt)) });
    }
    const booking = await readKnownBooking(call, said);
    // It is as the caller wants it, so there is nothing to ask.
    if (booking.status === 'CANCELLED') {
      return { say: sayBooking(booking, now), data: { booking: viewAgentBooking(booking), isChanged: false } };
    }
    return propose(call, {
      ...{ booking, change: { action: 'cancel', reason } },
      say: (preview) => sayCancellation(booking, outcomeOfCancellation(booking, preview), now),
      terms: (preview) => outcomeOfCancellation(booking, preview),
    });
  },
});
