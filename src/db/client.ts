import type { PrismaClient } from './generated/client.ts';

export { Prisma, PrismaClient } from './generated/client.ts';
export type {
  ApiKey,
  Booking,
  BookingEvent,
  Customer,
  Dispute,
  GatewayOperation,
  InventoryNight,
  Membership,
  LedgerTransfer,
  Payment,
  PaymentMethod,
  Promo,
  Property,
  RefreshToken,
  Refund,
  Room,
  RoomAssignment,
  RoomType,
  Stay,
  TaxRule,
  User,
  WebhookEvent,
} from './generated/client.ts';

export type Db = PrismaClient;

declare const insideTransaction: unique symbol;
/** A transaction in progress. Branded and without `$transaction`, so that a forgotten one does not compile. */
export type Tx = Omit<PrismaClient, '$transaction' | '$connect' | '$disconnect' | '$on' | '$use' | '$extends'> & {
  readonly [insideTransaction]: true;
};
/** For reads that are right in a transaction and outside one. */
export type Queryable = Pick<Tx, '$queryRaw' | '$executeRaw' | 'booking' | 'property' | 'room' | 'roomType'>;
