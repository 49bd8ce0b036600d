import type { Prisma, Tx } from '../../../db/client.ts';
import type { Address, AppointmentSnapshot } from '../../../domain/booking/booking.ts';
import { formatAddressLine } from '../../../domain/speech/address-line.ts';
import { addressPlace } from '../../core/secrets/sealed-columns.ts';
import { seal } from '../../core/secrets/sealing.ts';
import type { Keyring } from '../../core/secrets/sealing.ts';
import type { RecordedEvent } from '../../core/transition/record-event.ts';
import type { Party } from './move/plan-move.ts';

/** Stands for an address in the history: addresses are stored encrypted, on the appointment only. */
const HIDDEN = '…';

/** Writes the party, address and zone of an appointment. Locks: expects the booking locked. Returns: the changes. */
export async function changeParty(
  tx: Tx,
  input: { bookingId: string; old: AppointmentSnapshot; party: Party; keys: Keyring },
): Promise<NonNullable<RecordedEvent['changes']>> {
  const { bookingId, old, party, keys } = input;
  const { adults, children, address, zone } = party;
  const isNewAddress = formatAddress(address) !== formatAddress(old.address);
  const data: Prisma.AppointmentUncheckedUpdateInput = {
    adults,
    children,
    zoneId: zone?.id ?? null,
    ...(isNewAddress && { addressSealed: address && seal(keys, JSON.stringify(address), addressPlace(bookingId)) }),
  };
  await tx.appointment.update({ where: { bookingId }, data });
  return {
    ...(adults !== old.adults && { adults: [old.adults, adults] }),
    ...(children !== old.children && { children: [old.children, children] }),
    ...(zone?.code !== old.zone?.code && { zone: [old.zone?.code ?? null, zone?.code ?? null] }),
    ...(isNewAddress && { address: [old.address && HIDDEN, address && HIDDEN] }),
  };
}

function formatAddress(address: Address | null): string | null {
  return address && formatAddressLine(address);
}
