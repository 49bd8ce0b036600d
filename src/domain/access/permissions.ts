export const STAFF_ROLES = ['OWNER', 'MANAGER', 'FRONT_DESK', 'HOUSEKEEPING', 'VIEWER'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

const ALL_ROLES = STAFF_ROLES;
const READERS = ['OWNER', 'MANAGER', 'FRONT_DESK', 'VIEWER'] as const;
const DESK = ['OWNER', 'MANAGER', 'FRONT_DESK'] as const;
const MANAGERS = ['OWNER', 'MANAGER'] as const;
const OWNERS = ['OWNER'] as const;

/** Roles by permission. Each route names the permission that the route needs. */
export const PERMISSIONS = {
  /** Housekeeping sees only today's stays. */
  'bookings.list': ALL_ROLES,
  'bookings.read': READERS,
  'bookings.create': DESK,
  'bookings.approve': DESK,
  'bookings.decline': DESK,
  'bookings.cancel': DESK,
  'bookings.change': DESK,
  'rooms.assign': DESK,
  'stays.check-in': DESK,
  'stays.check-in-early': MANAGERS,
  'stays.check-out': DESK,
  'stays.no-show': DESK,
  'payments.record': DESK,
  'refunds.make': MANAGERS,
  'customers.read': READERS,
  'wallet.read': READERS,
  'wallet.change': MANAGERS,
  'reports.read': READERS,
  'disputes.read': READERS,
  'events.read': READERS,
  'webhooks.read': READERS,
  'webhooks.replay': MANAGERS,
  'rooms.read': ALL_ROLES,
  'rooms.set-status': ['OWNER', 'MANAGER', 'FRONT_DESK', 'HOUSEKEEPING'],
  'settings.read': READERS,
  'settings.write': MANAGERS,
  'catalogue.read': READERS,
  'catalogue.write': MANAGERS,
  'inventory.read': READERS,
  'inventory.write': MANAGERS,
  'api-keys.manage': OWNERS,
} as const satisfies Record<string, readonly StaffRole[]>;
export type Permission = keyof typeof PERMISSIONS;

/** Tells whether the role includes the permission. */
export function hasPermission(role: StaffRole, permission: Permission): boolean {
  return (PERMISSIONS[permission] as readonly StaffRole[]).includes(role);
}
