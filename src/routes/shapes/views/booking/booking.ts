import { z } from 'zod';
import {
  balanceOf,
  BOOKING_SOURCES,
  findHoldDeadline,
  PARTY_ROLES,
  PAYMENT_METHODS,
  countSecondsLeft,
  splitDeposit,
} from '../../../../domain/booking/booking.ts';
import type { BookingSnapshot } from '../../../../domain/booking/booking.ts';
import { BOOKING_KINDS, BOOKING_STATUSES } from '../../../../domain/booking-status.ts';
import { countDays } from '../../../../domain/time/calendar.ts';
import { PAYMENT_STAGES } from '../../../../domain/money/payment-stage.ts';
import { formatLocal } from '../../../../domain/time/wall-time.ts';
import { exampleBooking, exampleStaffBooking } from './booking-example.ts';
import { priceView, viewPrice } from './price.ts';
import { disputeView, refundView, viewDispute, viewRefund } from '../money/refund.ts';

const instant = z.string();
export const addressView = z.object({
  line1: z.string(),
  line2: z.string().nullable(),
  city: z.string(),
  region: z.string().nullable(),
  postalCode: z.string(),
  country: z.string(),
});
const contact = z.object({
  firstName: z.string(),
  lastName: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
});

const stay = z.object({
  roomType: z.string(),
  roomTypeName: z.string(),
  checkIn: z.string(),
  checkOut: z.string(),
  nights: z.int(),
  adults: z.int(),
  children: z.int(),
  room: z.string().nullable(),
});

const appointment = z.object({
  service: z.string(),
  serviceName: z.string(),
  provider: z.string(),
  providerName: z.string(),
  startsAt: instant,
  endsAt: instant,
  localStart: z.string().describe('Wall time at the property, with offset.'),
  timezone: z.string(),
  adults: z.int(),
  children: z.int(),
  address: addressView.nullable(),
  zone: z.string().nullable(),
});

const bookingShape = z.object({
  code: z.string(),
  kind: z.enum(BOOKING_KINDS),
  status: z.enum(BOOKING_STATUSES),
  version: z.int(),
  property: z.object({ slug: z.string(), name: z.string(), timezone: z.string(), phone: z.string().nullable() }),
  source: z.enum(BOOKING_SOURCES),
  guest: contact,
  party: z.array(z.object({ role: z.enum(PARTY_ROLES), ...contact.shape, isStaying: z.boolean() })),
  booker: contact.nullable(),
  specialRequests: z.string().nullable(),
  price: priceView,
  promoCode: z.string().nullable().describe('The promo code of the booking.'),
  paidAmount: z.int(),
  balanceDue: z.int().describe('The unpaid amount: the total minus payments and waived amounts.'),
  paymentStage: z.enum(PAYMENT_STAGES),
  startsAt: instant,
  endsAt: instant,
  expiresAt: instant.nullable().describe('The end of the hold; null unless the booking waits for payment.'),
  reservationSecondsLeft: z.int().nullable(),
  moveExpiresAt: instant
    .nullable()
    .describe('Deadline to pay `balanceDue` after a dearer move; unpaid, the booking falls back to what it was.'),
  createdAt: instant,
  updatedAt: instant,
  stay: stay.nullable(),
  appointment: appointment.nullable(),
});

/** A booking, for its guest. */
export const bookingView = bookingShape.meta({ examples: [exampleBooking] });

/** A booking, for staff. */
export const staffBookingView = bookingShape
  .extend({
    id: z.uuid(),
    assignmentVersion: z.int().nullable(),
    roomAssignedAt: instant.nullable(),
    roomAssignedBy: z.uuid().nullable(),
    waivedAmount: z.int(),
    payments: z.array(
      z.object({
        id: z.uuid(),
        provider: z.string(),
        method: z.enum(PAYMENT_METHODS),
        stage: z.enum(PAYMENT_STAGES),
        amount: z.int(),
        currency: z.string(),
        refundedAmount: z.int(),
        reference: z.string().nullable(),
        createdAt: instant,
      }),
    ),
    refunds: z.array(refundView),
    disputes: z.array(disputeView),
    feeAmount: z.int().describe('The cancellation or no-show fee.'),
    paymentProvider: z.string().nullable(),
    captureBefore: instant.nullable(),
    decisionBy: z.string().nullable(),
    decisionAt: instant.nullable(),
    declineReasonCode: z.string().nullable(),
    declineReasonNote: z.string().nullable(),
    reservedAt: instant.nullable(),
    paymentAuthorizedAt: instant.nullable(),
    confirmedAt: instant.nullable(),
    paidAt: instant.nullable(),
    checkedInAt: instant.nullable(),
    checkedOutAt: instant.nullable(),
    cancelledAt: instant.nullable(),
  })
  .meta({ examples: [exampleStaffBooking] });

export function viewBooking(booking: BookingSnapshot): z.output<typeof bookingView> {
  const { code, kind, status, version, source, booker, specialRequests, paidAmount, paymentStage } = booking;
  const primary = booking.party.find((member) => member.role === 'PRIMARY');
  if (primary === undefined) throw new Error(`Bug: booking ${booking.id} has no primary guest`);
  const { firstName, lastName, email, phone } = primary;
  return {
    code,
    kind,
    status,
    version,
    property: booking.property,
    source,
    guest: { firstName, lastName, email, phone },
    party: [...booking.party],
    booker,
    specialRequests,
    price: viewPrice({ ...booking.price, ...splitDeposit(booking) }),
    promoCode: booking.promoCode,
    paidAmount,
    balanceDue: balanceOf(booking),
    paymentStage,
    startsAt: booking.startsAt,
    endsAt: booking.endsAt,
    expiresAt: findHoldDeadline(booking),
    reservationSecondsLeft: countSecondsLeft(booking),
    moveExpiresAt: booking.moveExpiresAt,
    createdAt: booking.createdAt,
    updatedAt: booking.updatedAt,
    stay: viewStay(booking),
    appointment: viewAppointment(booking),
  };
}

export function viewStaffBooking(booking: BookingSnapshot): z.output<typeof staffBookingView> {
  const { decision, stay: nights } = booking;
  return {
    ...viewBooking(booking),
    id: booking.id,
    assignmentVersion: nights?.assignmentVersion ?? null,
    roomAssignedAt: nights?.room?.assignedAt ?? null,
    roomAssignedBy: nights?.room?.assignedBy ?? null,
    waivedAmount: booking.waivedAmount,
    payments: [...booking.payments],
    refunds: booking.refunds.map(viewRefund),
    disputes: booking.disputes.map(viewDispute),
    feeAmount: booking.feeAmount,
    paymentProvider: booking.paymentProvider,
    captureBefore: booking.captureBefore,
    decisionBy: decision?.by ?? null,
    decisionAt: decision?.at ?? null,
    declineReasonCode: decision?.declineReasonCode ?? null,
    declineReasonNote: decision?.declineReasonNote ?? null,
    reservedAt: booking.reservedAt,
    paymentAuthorizedAt: booking.paymentAuthorizedAt,
    confirmedAt: booking.confirmedAt,
    paidAt: booking.paidAt,
    checkedInAt: booking.checkedInAt,
    checkedOutAt: booking.checkedOutAt,
    cancelledAt: booking.cancelledAt,
  };
}

function viewStay({ stay: nights }: BookingSnapshot): z.output<typeof stay> | null {
  if (nights === null) return null;
  const { checkIn, checkOut, adults, children } = nights;
  return {
    roomType: nights.roomType.code,
    roomTypeName: nights.roomType.name,
    checkIn,
    checkOut,
    nights: countDays(checkIn, checkOut),
    adults,
    children,
    room: nights.room?.number ?? null,
  };
}

function viewAppointment(booking: BookingSnapshot): z.output<typeof appointment> | null {
  if (booking.appointment === null) return null;
  const { service, provider, zone, adults, children, address } = booking.appointment;
  const { timezone } = booking.property;
  return {
    service: service.code,
    serviceName: service.name,
    provider: provider.code,
    providerName: provider.name,
    startsAt: booking.startsAt,
    endsAt: booking.endsAt,
    timezone,
    localStart: formatLocal(new Date(booking.startsAt), timezone),
    adults,
    children,
    address,
    zone: zone?.code ?? null,
  };
}
