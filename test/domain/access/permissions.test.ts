import { expect, test } from 'vitest';
import { hasPermission, PERMISSIONS, STAFF_ROLES } from '../../../src/domain/access/permissions.ts';
import type { Permission } from '../../../src/domain/access/permissions.ts';

// By SPEC §16: VIEWER reads; HOUSEKEEPING reads rooms and today's stays and sets room status; FRONT_DESK does everything
// on bookings but not the catalogue; MANAGER all but staff and API keys; OWNER all.
const EXPECTED: Record<Permission, string> = {
  'bookings.list': 'OWNER MANAGER FRONT_DESK HOUSEKEEPING VIEWER',
  'bookings.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'bookings.create': 'OWNER MANAGER FRONT_DESK',
  'bookings.approve': 'OWNER MANAGER FRONT_DESK',
  'bookings.decline': 'OWNER MANAGER FRONT_DESK',
  'bookings.cancel': 'OWNER MANAGER FRONT_DESK',
  'bookings.change': 'OWNER MANAGER FRONT_DESK',
  'rooms.assign': 'OWNER MANAGER FRONT_DESK',
  'stays.check-in': 'OWNER MANAGER FRONT_DESK',
  'stays.check-in-early': 'OWNER MANAGER',
  'stays.check-out': 'OWNER MANAGER FRONT_DESK',
  'stays.no-show': 'OWNER MANAGER FRONT_DESK',
  'payments.record': 'OWNER MANAGER FRONT_DESK',
  'refunds.make': 'OWNER MANAGER',
  'customers.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'wallet.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'wallet.change': 'OWNER MANAGER',
  'reports.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'disputes.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'events.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'webhooks.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'webhooks.replay': 'OWNER MANAGER',
  'rooms.read': 'OWNER MANAGER FRONT_DESK HOUSEKEEPING VIEWER',
  'rooms.set-status': 'OWNER MANAGER FRONT_DESK HOUSEKEEPING',
  'settings.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'settings.write': 'OWNER MANAGER',
  'catalogue.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'catalogue.write': 'OWNER MANAGER',
  'inventory.read': 'OWNER MANAGER FRONT_DESK VIEWER',
  'inventory.write': 'OWNER MANAGER',
  'api-keys.manage': 'OWNER',
};
const permissions = Object.keys(PERMISSIONS) as Permission[];

test.each(permissions)('%s belongs to the roles that SPEC names', (permission) => {
  expect(STAFF_ROLES.filter((role) => hasPermission(role, permission)).join(' ')).toBe(EXPECTED[permission]);
});

test('an owner may do everything', () => {
  expect(permissions.filter((permission) => !hasPermission('OWNER', permission))).toEqual([]);
});

test('a viewer changes nothing', () => {
  const changing = permissions.filter((permission) => !/\.(list|read)$/.test(permission));
  expect(changing.filter((permission) => hasPermission('VIEWER', permission))).toEqual([]);
});

test('housekeeping changes nothing but the status of rooms', () => {
  const changing = permissions.filter((permission) => !/\.(list|read)$/.test(permission));
  expect(changing.filter((permission) => hasPermission('HOUSEKEEPING', permission))).toEqual(['rooms.set-status']);
});
