import { z } from 'zod';
import { DISPUTE_STATUSES } from '../../../domain/ports/gateway.ts';
import { BOOKING_SOURCES, PARTY_ROLES, PAYMENT_METHODS } from '../../../domain/booking/booking.ts';
import type { BookingSnapshot } from '../../../domain/booking/booking.ts';
import { BOOKING_KINDS, BOOKING_STATUSES } from '../../../domain/booking-status.ts';
import { PAYMENT_STAGES } from '../../../domain/money/payment-stage.ts';
import { LINE_KINDS } from '../../../domain/money/price/price-line.ts';
import type { Price } from '../../../domain/money/price/price.ts';

const text = z.string();
const nullableText = z.string().nullable();
const named = z.object({ code: text, name: text }).readonly();

const priceSchema = z
  .object({
    currency: text,
    lines: z
      .array(
        z
          .object({
            kind: z.enum(LINE_KINDS),
            label: text,
            quantity: z.number(),
            unitAmount: z.number(),
            amount: z.number(),
            date: text.exactOptional(),
          })
          .readonly(),
      )
      .readonly(),
    baseAmount: z.number(),
    promoDiscount: z.number(),
    subtotalAfterPromo: z.number(),
    taxes: z
      .array(
        z.object({ name: text, rateBps: z.number().nullable(), inclusive: z.boolean(), amount: z.number() }).readonly(),
      )
      .readonly(),
    taxAmount: z.number(),
    totalPayable: z.number(),
    depositDue: z.number(),
    balanceDue: z.number(),
    walletApplied: z.number(),
    gatewayPayable: z.number(),
  })
  .readonly() satisfies z.ZodType<Price>;

const contactShape = { firstName: text, lastName: text, email: nullableText, phone: nullableText };

const partyMember = z.object({ ...contactShape, role: z.enum(PARTY_ROLES), isStaying: z.boolean() }).readonly();

const payment = z
  .object({
    id: text,
    provider: text,
    method: z.enum(PAYMENT_METHODS),
    stage: z.enum(PAYMENT_STAGES),
    amount: z.number(),
    currency: text,
    refundedAmount: z.number(),
    walletHeld: z.number(),
    reference: nullableText,
    createdAt: text,
  })
  .readonly();

const refund = z
  .object({
    id: text,
    paymentId: text,
    amount: z.number(),
    currency: text,
    destination: z.enum(['CARD', 'WALLET', 'MANUAL']),
    state: z.enum(['PENDING', 'UNKNOWN', 'DONE', 'CANCELLED']),
    origin: z.enum(['POLICY', 'STAFF', 'SYSTEM', 'GATEWAY']),
    reason: nullableText,
    // Responses stored by an earlier release have none.
    lastError: nullableText.default(null),
    createdAt: text,
    settledAt: nullableText,
  })
  .readonly();

const dispute = z
  .object({
    id: text,
    paymentId: text,
    amount: z.number(),
    currency: text,
    reason: text,
    status: z.enum(DISPUTE_STATUSES),
    openedAt: text,
    closedAt: nullableText,
  })
  .readonly();

const address = z
  .object({ line1: text, line2: nullableText, city: text, region: nullableText, postalCode: text, country: text })
  .readonly();

const appointment = z
  .object({
    service: named,
    provider: named,
    adults: z.number(),
    children: z.number(),
    address: address.nullable(),
    zone: named.nullable(),
  })
  .readonly();

const assignedRoom = z
  .object({ number: text, floor: z.number().nullable(), assignedAt: text, assignedBy: nullableText })
  .readonly();

const stay = z
  .object({
    roomType: named,
    checkIn: text,
    checkOut: text,
    adults: z.number(),
    children: z.number(),
    assignmentVersion: z.number(),
    room: assignedRoom.nullable(),
  })
  .readonly();

/** Parses a booking that was stored as JSON. A test holds its type equal to `BookingSnapshot`. */
export const bookingSnapshotSchema = z
  .object({
    id: text,
    code: text,
    kind: z.enum(BOOKING_KINDS),
    status: z.enum(BOOKING_STATUSES),
    version: z.number(),
    source: z.enum(BOOKING_SOURCES),
    property: z.object({ slug: text, name: text, timezone: text, phone: nullableText }).readonly(),
    party: z.array(partyMember).readonly(),
    booker: z.object(contactShape).readonly().nullable(),
    price: priceSchema,
    promoCode: nullableText,
    paidAmount: z.number(),
    waivedAmount: z.number(),
    paymentStage: z.enum(PAYMENT_STAGES),
    paymentProvider: nullableText,
    payments: z.array(payment).readonly(),
    refunds: z.array(refund).readonly(),
    disputes: z.array(dispute).readonly(),
    feeAmount: z.number(),
    // Responses stored before held moves lack it.
    moveExpiresAt: nullableText.default(null),
    specialRequests: nullableText,
    startsAt: text,
    endsAt: text,
    expiresAt: nullableText,
    captureBefore: nullableText,
    decision: z
      .object({ by: text, at: text, declineReasonCode: nullableText, declineReasonNote: nullableText })
      .readonly()
      .nullable(),
    reservedAt: nullableText,
    confirmedAt: nullableText,
    paymentAuthorizedAt: nullableText,
    paidAt: nullableText,
    checkedInAt: nullableText,
    checkedOutAt: nullableText,
    cancelledAt: nullableText,
    createdAt: text,
    updatedAt: text,
    stay: stay.nullable(),
    appointment: appointment.nullable(),
    readAt: text,
  })
  .readonly() satisfies z.ZodType<BookingSnapshot>;
