-- A payment by a guest's link says which member of staff made the link.
ALTER TABLE guest_tokens ADD COLUMN issued_by uuid, ADD COLUMN issued_name text;
ALTER TABLE payments ADD COLUMN guest_token_id uuid;

-- Every link with the wallet was made by staff, and the link in force by the latest of these events.
UPDATE guest_tokens t SET issued_by = e.actor_id::uuid, issued_name = e.actor_name
FROM (
  SELECT DISTINCT ON (booking_id) booking_id, actor_id, actor_name FROM booking_events
  WHERE action = 'guest-link' AND actor_type = 'STAFF' AND actor_id IS NOT NULL ORDER BY booking_id, id DESC
) e
WHERE e.booking_id = t.booking_id AND t.revoked_at IS NULL AND 'WALLET' = ANY(t.capabilities);

-- A link made by somebody who may not change wallets spends none.
UPDATE guest_tokens t SET capabilities = array_remove(t.capabilities, 'WALLET')
FROM bookings b
WHERE b.id = t.booking_id AND 'WALLET' = ANY(t.capabilities) AND NOT EXISTS (
  SELECT FROM memberships m
  WHERE m.user_id = t.issued_by AND m.property_id = b.property_id AND m.role IN ('OWNER', 'MANAGER'));
