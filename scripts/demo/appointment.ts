import { call, logIn, step } from './tour.ts';
import type { Json } from './tour.ts';

const slug = 'glow-medspa';
const key = `hf_demo_agent_${slug}`;

/** What a caller says to the receptionist, and what she answers. */
async function tool(name: string, args: object): Promise<Json> {
  const path = `/agent/properties/${slug}/tools/${name}`;
  return step(name, 200, call('POST', path, { token: key, body: args }), (body) => String(body.say));
}

/** A treatment booked, moved and cancelled by telephone. */
export async function walkAppointment(): Promise<void> {
  console.log('\nAn appointment at Glow Med Spa, by its AI receptionist');
  await tool('list_services', {});
  const found = await tool('check_availability', { service: 'facial', when: 'next Tuesday' });
  const [first] = found.data.slots as Json[];
  const caller = { firstName: 'Dana', lastName: 'Ortiz', email: 'dana@example.com', phone: '+1 630 555 0123' };
  const made = await tool('create_booking', { service: 'facial', startsAt: first.startsAt, guest: caller });
  const { code } = made.data.booking;
  await tool('find_booking', { code, phone: caller.phone });
  const proposed = await tool('cancel_booking', { code, phone: caller.phone });
  const { confirm } = proposed.data.proposal;
  await tool('cancel_booking', { code, phone: caller.phone, confirm });

  const token = await logIn(`frontdesk@${slug}.example`);
  await step(
    'staff see who did it',
    200,
    call('GET', `/staff/properties/${slug}/bookings/${String(code)}`, { token }),
    (body) => `${body.source}, ${body.status}`,
  );
}
