import type { Context } from '../../context.ts';
import { guestsOnly, openToAnyone, staffAndGuests, staffGuestsAndAgents, staffOnly } from '../../http/guards.ts';
import { RATE_LIMITS } from '../../http/limits/limits.ts';
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

const ofHibachi = ({ COMPAT_HB_SLUG }: Context['config']) => COMPAT_HB_SLUG;
const ofHelloGorgeous = ({ COMPAT_HG_SLUG }: Context['config']) => COMPAT_HG_SLUG;

/** The paths of the systems before us: thin, and over the same services. */
export const COMPAT_SCOPES: readonly Scope[] = [
  {
    prefix: '/api/public/hotel/:slug',
    guard: openToAnyone,
    limit: RATE_LIMITS.public,
    routes: [hotelmatePublicRoutes],
  },
  {
    prefix: '/api/public/hotel/:slug/room-bookings/:code',
    guard: guestsOnly,
    limit: RATE_LIMITS.guest,
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
    limit: RATE_LIMITS.staff,
    routes: [hotelmateStaffRoutes],
  },
  {
    prefix: '/api',
    property: ofHibachi,
    guard: openToAnyone,
    limit: RATE_LIMITS.public,
    routes: [hibachiPublicRoutes],
  },
  {
    prefix: '/api/v1/bookings',
    property: ofHibachi,
    guard: staffAndGuests,
    limit: RATE_LIMITS.staffAndGuests,
    routes: [hibachiOwnRoutes],
  },
  { prefix: '/api', property: ofHibachi, guard: staffOnly, limit: RATE_LIMITS.staff, routes: [hibachiStaffRoutes] },
  {
    prefix: '/api',
    property: slugOfAvailability,
    guard: openToAnyone,
    limit: RATE_LIMITS.public,
    routes: [compatAvailabilityRoutes],
  },
  {
    prefix: '/api/booking',
    property: ofHelloGorgeous,
    guard: openToAnyone,
    limit: RATE_LIMITS.public,
    routes: [helloGorgeousCreateRoutes],
  },
  {
    prefix: '/api/booking',
    property: ofHelloGorgeous,
    guard: staffGuestsAndAgents,
    limit: RATE_LIMITS.staffGuestsAndAgents,
    routes: [helloGorgeousChangeRoutes],
  },
];
