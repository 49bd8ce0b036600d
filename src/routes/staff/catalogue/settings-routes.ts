import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Context } from '../../../context.ts';
import { staffOf } from '../../../http/access/caller.ts';
import { readIfMatch, sendVersion } from '../../../http/contract/etag.ts';
import { email, minorUnits, name, phone, slug, text, wallTime } from '../../../http/contract/fields.ts';
import { operation } from '../../../http/contract/operation.ts';
import { changeSettings } from '../../../services/catalogue/property/change-settings.ts';
import { getSettings } from '../../../services/catalogue/property/get-settings.ts';
import type { SettingsChange } from '../../../services/catalogue/property/change-settings.ts';
import { settingsView, viewSettings } from '../../shapes/views/catalogue/property.ts';
import { dropAbsent } from '../../shapes/fields/drop-absent.ts';

const params = z.object({ slug });

/** Adds an issue for each tier that contradicts another: of the same hour, or with a larger refund though it is later. */
function checkTiers(tiers: z.output<typeof tier>[], context: z.core.$RefinementCtx): void {
  tiers.forEach(({ hoursBefore, refundPercent }, index) => {
    const issue = (member: string, message: string) => {
      context.addIssue({ code: 'custom', path: [index, member], message });
    };
    if (tiers.findIndex((other) => other.hoursBefore === hoursBefore) < index) {
      issue('hoursBefore', 'must not be that of another tier');
    } else if (tiers.some((other) => other.hoursBefore > hoursBefore && other.refundPercent < refundPercent)) {
      issue('refundPercent', 'must not be more than for an earlier cancellation');
    }
  });
}

const depositPolicy = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('NONE') }),
  z.strictObject({ type: z.literal('PERCENT'), value: z.int().min(1).max(10_000).describe('Basis points.') }),
  z.strictObject({ type: z.literal('FIXED'), value: minorUnits.min(1) }),
]);

const tier = z.strictObject({ hoursBefore: z.int().min(0).max(8_760), refundPercent: z.int().min(0).max(100) });

const cancellationPolicy = z.strictObject({
  tiers: z.array(tier).max(10).superRefine(checkTiers),
  isDepositRefundable: z.boolean().optional().describe('False: the deposit is never refunded.'),
  noShowFeePercent: z.int().min(0).max(100).optional().describe('Percentage kept for a no-show; 100 by default.'),
});

const address = z.strictObject({
  line1: text(200),
  line2: text(200).optional(),
  city: text(100),
  region: text(100).optional(),
  postalCode: text(20),
  country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO country code'),
});

const settings = z
  .strictObject({
    name: name(200),
    holdMinutes: z.int().min(1).max(60),
    maxOpenHolds: z.int().min(1).max(50).describe('Unpaid holds that one e-mail or telephone may have at once.'),
    approval: z.enum(['STAFF', 'AUTOMATIC']),
    paymentPolicy: z.enum(['NONE', 'DEPOSIT', 'FULL']),
    depositPolicy,
    cancellationPolicy,
    checkInTime: wallTime,
    checkOutTime: wallTime,
    bookingWindowDays: z.int().min(1).max(730),
    minNoticeMinutes: z.int().min(0).max(43_200),
    phone: phone.nullable(),
    email: email.nullable(),
    address,
  })
  .partial();

const get = operation({
  id: 'getSettings',
  summary: 'Reads the settings of the property',
  tag: 'Staff: catalogue',
  permission: 'settings.read',
  params,
  answers: { 200: settingsView },
});

const change = operation({
  id: 'updateSettings',
  summary: 'Changes settings for new bookings',
  tag: 'Staff: catalogue',
  permission: 'settings.write',
  params,
  body: settings.meta({ examples: [{ holdMinutes: 15 }] }),
  answers: { 200: settingsView },
  errors: ['version_conflict'],
  isVersioned: true,
});

export const staffSettingsRoutes =
  (_ctx: Context): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/', get, async (request, reply) => {
      const property = await getSettings(request.ctx, staffOf(request).propertyId);
      sendVersion(reply, property.version);
      return viewSettings(property);
    });

    app.patch('/', change, async (request, reply) => {
      const { propertyId } = staffOf(request);
      const changes = dropAbsent(request.body) as SettingsChange;
      const ifVersion = readIfMatch(request);
      const property = await changeSettings(request.ctx, { propertyId, changes, ifVersion });
      sendVersion(reply, property.version);
      return viewSettings(property);
    });
  };
