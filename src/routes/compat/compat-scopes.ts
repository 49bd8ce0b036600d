import type { Context } from '../../context.ts';
import { guestsOnly, openToAnyone, staffAndGuests, staffGuestsAndAgents, staffOnly } from '../../http/access/guards.ts';
import { ADDRESS_LIMITS } from '../../http/limits/rate-limits.ts';
import type { Scope } from '../../http/scope.ts';
import { compatAvailabilityRoutes, slugOfAvailability } from './availability-routes.ts';
import { helloGorgeousChangeRoutes } from './hello-gorgeous/hello-gorgeous-change-routes.ts';
import { helloGorgeousCreateRoutes } from './hello-gorgeous/hello-gorgeous-create-routes.ts';
import { hibachiOwnRoutes } from './hibachi/hibachi-own-routes.ts';
import { hibachiPublicRoutes } from './hibachi/hibachi-public-routes.ts';
import { hibachiStaffRoutes } from './hibachi/hibachi-staff-routes.ts';
import { hotelmateGuestRoutes } from './hotelmate/hotelmate-guest-routes.ts';
import { hotelmatePublicRoutes } from './hotelmate/hotelmate-public-routes.ts';
import { hotelmateStaffRoutes } from './hotelmate/hotelmate-staff-routes.ts';
import { hotelmateWebhookRoutes } from './hotelmate/hotelmate-webhook-routes.ts';

const readHibachiSlug = ({ COMPAT_HB_SLUG }: Context['config']) => COMPAT_HB_SLUG;
const readHelloGorgeousSlug = ({ COMPAT_HG_SLUG }: Context['config']) => COMPAT_HG_SLUG;

/** Paths of the three replaced systems. Each route translates to the canonical use cases. */
export const COMPAT_SCOPES: readonly Scope[] = [
  {
    prefix: '/api/public/hotel/:slug',
    guard: openToAnyone,
    limit: ADDRESS_LIMITS.public,
    routes: [hotelmatePublicRoutes],
  },
  {
    prefix: '/api/public/hotel/:slug/room-bookings/:code',
    guard: guestsOnly,
    limit: ADDRESS_LIMITS.guests,
    routes: [hotelmateGuestRoutes],
  },
  {
    prefix: '/api/public/hotel/room-bookings',
    guard: openToAnyone,
    limit: null,
    routes: [hotelmateWebhookRoutes],
  },
  {
    prefix: '/api/staff/hotel/:slug/room-bookings',
    guard: staffOnly,
    limit: null,
    routes: [hotelmateStaffRoutes],
  },
  {
    prefix: '/api',
    property: readHibachiSlug,
    guard: openToAnyone,
    limit: ADDRESS_LIMITS.public,
    routes: [hibachiPublicRoutes],
  },
  {
    prefix: '/api/v1/bookings',
    property: readHibachiSlug,
    guard: staffAndGuests,
    limit: null,
    routes: [hibachiOwnRoutes],
  },
  {
    prefix: '/api',
    property: readHibachiSlug,
    guard: staffOnly,
    limit: null,
    routes: [hibachiStaffRoutes],
  },
  {
    prefix: '/api',
    property: slugOfAvailability,
    guard: openToAnyone,
    limit: ADDRESS_LIMITS.public,
    routes: [compatAvailabilityRoutes],
  },
  {
    prefix: '/api/booking',
    property: readHelloGorgeousSlug,
    guard: openToAnyone,
    limit: ADDRESS_LIMITS.public,
    routes: [helloGorgeousCreateRoutes],
  },
  {
    prefix: '/api/booking',
    property: readHelloGorgeousSlug,
    guard: staffGuestsAndAgents,
    limit: null,
    routes: [helloGorgeousChangeRoutes],
  },
];
