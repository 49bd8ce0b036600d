import { z } from 'zod';
import {
  balanceOf,
  BOOKING_SOURCES,
  findHoldDeadline,
  PARTY_ROLES,
  PAYMENT_METHODS,
  countSecondsLeft,
} from '../../../domain/booking/booking.ts';
import type { BookingSnapshot, PartyMember, RecordedPayment } from '../../../domain/booking/booking.ts';
import { BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import { countDays } from '../../../domain/time/calendar.ts';
import { PAYMENT_STAGES } from '../../../domain/money/payment-stage.ts';
import type { StayRequest } from '../../../domain/availability/stay.ts';
import { AppError } from '../../../errors.ts';
import { exampleHotelmateBooking, exampleHotelmateStaffBooking } from './hotelmate-example.ts';
import { formatAmount } from '../../../domain/money/money.ts';
import { hotelmatePricing, viewHotelmatePricing } from './hotelmate-pricing-view.ts';

const instant = z.string();
const contact = z.object({
  first_name: z.string(),
  last_name: z.string(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
});

export const hotelInfo = z.object({
  slug: z.string(),
  name: z.string(),
  timezone: z.string(),
  phone: z.string().nullable(),
});
export const datesInfo = z.object({ check_in: z.string(), check_out: z.string(), nights: z.int() });
/** The number of guests. */
export const guestCounts = z.object({ adults: z.int(), children: z.int(), total_guests: z.int() });

const payment = z.object({
  required: z.boolean().describe('True while the booking waits for payment.'),
  stage: z.enum(PAYMENT_STAGES),
  paid_amount: z.string(),
  balance_due: z.string(),
  expires_at: instant.nullable().describe('The end of the hold; null unless the booking waits for payment.'),
  seconds_left: z.int().nullable(),
});

const shape = z.object({
  booking_id: z.string().describe('The code.'),
  status: z.enum(BOOKING_STATUSES),
  version: z.int(),
  source: z.enum(BOOKING_SOURCES),
  hotel_info: hotelInfo,
  room_info: z.object({
    room_type_code: z.string(),
    room_type_name: z.string(),
    assigned_room_number: z.string().nullable(),
  }),
  dates_info: datesInfo,
  guest_info: contact.extend(guestCounts.shape),
  party: z.array(z.object({ role: z.enum(PARTY_ROLES), ...contact.shape, is_staying: z.boolean() })),
  booker: contact.nullable(),
  special_requests: z.string().nullable(),
  pricing: hotelmatePricing,
  payment,
  created_at: instant,
  updated_at: instant,
});

/** A booking in HotelMate's format, for guests. */
export const hotelmateBookingView = shape.meta({ examples: [exampleHotelmateBooking] });

/** A booking in HotelMate's format, for staff. */
export const hotelmateStaffBookingView = shape
  .extend({
    id: z.uuid(),
    payment: payment.extend({
      provider: z.string().nullable(),
      authorized_at: instant.nullable(),
      capture_before: instant.nullable(),
      paid_at: instant.nullable(),
      records: z.array(
        z.object({
          method: z.enum(PAYMENT_METHODS),
          stage: z.enum(PAYMENT_STAGES),
          amount: z.string(),
          refunded_amount: z.string(),
          reference: z.string().nullable(),
          created_at: instant,
        }),
      ),
    }),
    assignment_version: z.int(),
    decision_by: z.string().nullable(),
    decision_at: instant.nullable(),
    decline_reason_code: z.string().nullable(),
    decline_reason_note: z.string().nullable(),
    confirmed_at: instant.nullable(),
    checked_in_at: instant.nullable(),
    checked_out_at: instant.nullable(),
    cancelled_at: instant.nullable(),
  })
  .meta({ examples: [exampleHotelmateStaffBooking] });

/** A stay in HotelMate's format, for housekeeping: without contacts, companions, prices and payments. */
export const hotelmateHousekeepingView = hotelmateStaffBookingView
  .pick({
    booking_id: true,
    status: true,
    room_info: true,
    dates_info: true,
    special_requests: true,
    checked_in_at: true,
    checked_out_at: true,
  })
  .extend({ guest_info: shape.shape.guest_info.omit({ email: true, phone: true }) });

export const exampleHotelmateHousekeeping = hotelmateHousekeepingView.parse(exampleHotelmateStaffBooking);

export function viewHotelmateBooking(booking: BookingSnapshot): z.output<typeof hotelmateBookingView> {
  const { code, status, version, source, stay } = booking;
  if (stay === null) throw new AppError('not_found', { detail: `Booking ${code} is no stay in a room.` });
  const primary = booking.party.find((member) => member.role === 'PRIMARY');
  if (primary === undefined) throw new Error(`Bug: booking ${booking.id} has no primary guest`);
  return {
    booking_id: code,
    status,
    version,
    source,
    hotel_info: viewHotel(booking.property),
    room_info: {
      room_type_code: stay.roomType.code,
      room_type_name: stay.roomType.name,
      assigned_room_number: stay.room?.number ?? null,
    },
    dates_info: viewDates(stay),
    guest_info: { ...viewContact(primary), ...countGuests(stay) },
    party: booking.party.map((member) => {
      return { role: member.role, ...viewContact(member), is_staying: member.isStaying };
    }),
    booker: booking.booker === null ? null : viewContact(booking.booker),
    special_requests: booking.specialRequests,
    pricing: viewHotelmatePricing(booking.price),
    payment: viewPayment(booking),
    created_at: booking.createdAt,
    updated_at: booking.updatedAt,
  };
}

export function viewHotelmateStaffBooking(booking: BookingSnapshot): z.output<typeof hotelmateStaffBookingView> {
  const { id, decision, stay, payments } = booking;
  const view = viewHotelmateBooking(booking);
  return {
    ...view,
    id,
    payment: {
      ...view.payment,
      provider: booking.paymentProvider,
      authorized_at: booking.paymentAuthorizedAt,
      capture_before: booking.captureBefore,
      paid_at: booking.paidAt,
      records: payments.map(viewRecord),
    },
    assignment_version: stay?.assignmentVersion ?? 0,
    decision_by: decision?.by ?? null,
    decision_at: decision?.at ?? null,
    decline_reason_code: decision?.declineReasonCode ?? null,
    decline_reason_note: decision?.declineReasonNote ?? null,
    confirmed_at: booking.confirmedAt,
    checked_in_at: booking.checkedInAt,
    checked_out_at: booking.checkedOutAt,
    cancelled_at: booking.cancelledAt,
  };
}

/** Formats a stay for housekeeping. Parsing drops every member outside the schema. */
export function viewHotelmateHousekeeping(booking: BookingSnapshot): z.output<typeof hotelmateHousekeepingView> {
  return hotelmateHousekeepingView.parse(viewHotelmateStaffBooking(booking));
}

export function viewHotel(property: z.output<typeof hotelInfo>): z.output<typeof hotelInfo> {
  const { slug, name, timezone, phone } = property;
  return { slug, name, timezone, phone };
}

export function viewDates({ checkIn, checkOut }: Nights): z.output<typeof datesInfo> {
  return { check_in: checkIn, check_out: checkOut, nights: countDays(checkIn, checkOut) };
}

type Nights = Pick<StayRequest, 'checkIn' | 'checkOut'>;

export function countGuests({ adults, children }: Omit<StayRequest, keyof Nights>): z.output<typeof guestCounts> {
  return { adults, children, total_guests: adults + children };
}

function viewContact(person: Omit<PartyMember, 'role' | 'isStaying'>): z.output<typeof contact> {
  const { firstName, lastName, email, phone } = person;
  return { first_name: firstName, last_name: lastName, email, phone };
}

function viewPayment(booking: BookingSnapshot): z.output<typeof payment> {
  const { currency } = booking.price;
  const deadline = findHoldDeadline(booking);
  return {
    required: deadline !== null,
    stage: booking.paymentStage,
    paid_amount: formatAmount(booking.paidAmount, currency),
    balance_due: formatAmount(balanceOf(booking), currency),
    expires_at: deadline,
    seconds_left: countSecondsLeft(booking),
  };
}

function viewRecord({ method, stage, amount, refundedAmount, currency, reference, createdAt }: RecordedPayment) {
  return {
    method,
    stage,
    reference,
    amount: formatAmount(amount, currency),
    refunded_amount: formatAmount(refundedAmount, currency),
    created_at: createdAt,
  };
}
