import { call, logIn, step } from './tour.ts';
import type { Json } from './tour.ts';

const slug = 'glow-medspa';
const key = `hf_demo_agent_${slug}`;

/** Calls a tool of the AI receptionist and prints the spoken reply. */
async function callTool(name: string, args: object): Promise<Json> {
  const path = `/agent/properties/${slug}/tools/${name}`;
  return step(name, 200, call('POST', path, { token: key, body: args }), (body) => String(body.say));
}

/** Books, finds and cancels a treatment by telephone. */
export async function walkAppointment(): Promise<void> {
  console.log('\nAn appointment at Glow Med Spa, booked through the AI receptionist');
  await callTool('list_services', {});
  const found = await callTool('check_availability', { service: 'facial', when: 'next Tuesday' });
  const [first] = found.data.slots as Json[];
  const caller = { firstName: 'Dana', lastName: 'Ortiz', email: 'dana@example.com', phone: '+1 630 555 0123' };
  const made = await callTool('create_booking', { service: 'facial', startsAt: first.startsAt, guest: caller });
  const { code } = made.data.booking;
  await callTool('find_booking', { code, phone: caller.phone });
  const proposed = await callTool('cancel_booking', { code, phone: caller.phone });
  const { confirm } = proposed.data.proposal;
  await callTool('cancel_booking', { code, phone: caller.phone, confirm });

  const token = await logIn(`frontdesk@${slug}.example`);
  await step(
    'staff see the source of the booking',
    200,
    call('GET', `/staff/properties/${slug}/bookings/${String(code)}`, { token }),
    (body) => `${body.source}, ${body.status}`,
  );
}
