-- What the tables promise whoever writes to them: no night oversold, no room assigned twice, no illegal status.

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- Booking codes: BK-<year>-<number>. A sequence never repeats; it does leave gaps.
CREATE SEQUENCE booking_code_seq;
CREATE FUNCTION next_booking_code(zone text) RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT 'BK-' || to_char(app_now() AT TIME ZONE zone, 'YYYY') || '-' || lpad(n::text, greatest(4, length(n::text)), '0')
  FROM nextval('booking_code_seq') AS n
$$;

-- A night can't be oversold, whoever writes and however wrong the code above is.
ALTER TABLE inventory_nights
  ADD CONSTRAINT room_nights_not_oversold CHECK (reserved >= 0 AND reserved <= total - out_of_order),
  ADD CONSTRAINT inventory_nights_amounts_valid CHECK (total >= 0 AND out_of_order >= 0 AND price >= 0 AND min_stay >= 1),
  -- Every booking rewrites its nights in place; room on the page keeps those rewrites off the index.
  SET (fillfactor = 70);

-- A room belongs to one booking at a time. Released rows are history and block nothing.
ALTER TABLE room_assignments
  ADD CONSTRAINT room_assignments_dates_valid CHECK (from_on < to_on),
  ADD CONSTRAINT room_assignments_no_overlap
    EXCLUDE USING gist (room_id WITH =, daterange(from_on, to_on) WITH &&) WHERE (released_at IS NULL);
CREATE UNIQUE INDEX room_assignments_one_live ON room_assignments (booking_id) WHERE released_at IS NULL;

ALTER TABLE bookings
  ADD CONSTRAINT bookings_hold_has_deadline CHECK (status <> 'PENDING_PAYMENT' OR expires_at IS NOT NULL),
  ADD CONSTRAINT bookings_amounts_valid
    CHECK (total_payable >= 0 AND deposit_due BETWEEN 0 AND total_payable AND paid_amount >= 0 AND waived_amount >= 0),
  ADD CONSTRAINT bookings_dates_valid CHECK (starts_at < ends_at),
  SET (fillfactor = 85);
CREATE INDEX bookings_expiry_index ON bookings (expires_at) WHERE status = 'PENDING_PAYMENT';
CREATE INDEX bookings_authorized_index ON bookings (property_id, payment_authorized_at) WHERE payment_authorized_at IS NOT NULL;

ALTER TABLE stays
  ADD CONSTRAINT stays_dates_valid CHECK (check_in_on < check_out_on AND held_until_on BETWEEN check_in_on AND check_out_on),
  ADD CONSTRAINT stays_persons_valid CHECK (adults BETWEEN 1 AND 10 AND children BETWEEN 0 AND 8);

CREATE UNIQUE INDEX party_one_primary ON party_members (booking_id) WHERE role = 'PRIMARY';
CREATE INDEX party_members_primary_email_index ON party_members (lower(email)) WHERE role = 'PRIMARY';
CREATE INDEX party_members_primary_name_index ON party_members (lower(last_name) text_pattern_ops) WHERE role = 'PRIMARY';
CREATE INDEX party_members_phone_index ON party_members (phone_hash) WHERE phone_hash IS NOT NULL;

ALTER TABLE payments ADD CONSTRAINT payments_amount_positive CHECK (amount > 0);
ALTER TABLE properties
  ADD CONSTRAINT properties_hold_minutes_valid CHECK (hold_minutes BETWEEN 1 AND 60),
  ADD CONSTRAINT properties_window_valid CHECK (booking_window_days BETWEEN 1 AND 730 AND min_notice_minutes >= 0);
ALTER TABLE room_types
  ADD CONSTRAINT room_types_amounts_valid CHECK (
    base_price >= 0 AND discounted_price >= 0 AND extra_adult_charge >= 0 AND extra_child_charge >= 0
    AND min_stay >= 1 AND base_occupancy >= 1 AND max_occupancy >= base_occupancy);
ALTER TABLE rooms
  ADD CONSTRAINT rooms_out_of_order_dates_valid CHECK (
    num_nulls(out_of_order_from_on, out_of_order_to_on) IN (0, 2)
    AND (out_of_order_from_on IS NULL OR out_of_order_from_on < out_of_order_to_on));

-- The status table of src/domain/booking-status.ts, known to the database. A test holds the two equal.
CREATE TABLE booking_transitions (
  kind booking_kind NOT NULL,
  from_status booking_status NOT NULL,
  to_status booking_status NOT NULL,
  PRIMARY KEY (kind, from_status, to_status)
);
INSERT INTO booking_transitions (kind, from_status, to_status)
SELECT kind, t.from_status::booking_status, t.to_status::booking_status
FROM unnest(enum_range(NULL::booking_kind)) AS kind,
  (VALUES
    ('PENDING_PAYMENT', 'PENDING_APPROVAL'),
    ('PENDING_PAYMENT', 'CONFIRMED'),
    ('PENDING_PAYMENT', 'EXPIRED'),
    ('PENDING_PAYMENT', 'CANCELLED'),
    ('PENDING_APPROVAL', 'CONFIRMED'),
    ('PENDING_APPROVAL', 'DECLINED'),
    ('PENDING_APPROVAL', 'CANCELLED'),
    ('EXPIRED', 'PENDING_APPROVAL'),
    ('EXPIRED', 'CONFIRMED'),
    ('CONFIRMED', 'IN_HOUSE'),
    ('CONFIRMED', 'CANCELLED'),
    ('CONFIRMED', 'NO_SHOW'),
    ('IN_HOUSE', 'COMPLETED'),
    ('IN_HOUSE', 'CANCELLED')
  ) AS t (from_status, to_status);
INSERT INTO booking_transitions VALUES ('APPOINTMENT', 'CONFIRMED', 'COMPLETED');

CREATE FUNCTION bookings_guard_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.status NOT IN ('PENDING_PAYMENT', 'PENDING_APPROVAL', 'CONFIRMED') THEN
      -- The name is in the text too, because not every driver passes the field on.
      RAISE EXCEPTION 'a booking can not begin as % (trigger "bookings_status_follows_table")', NEW.status
        USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_status_follows_table';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.kind <> OLD.kind OR NEW.status <> OLD.status AND NOT EXISTS (
    SELECT FROM booking_transitions t
    WHERE t.kind = OLD.kind AND t.from_status = OLD.status AND t.to_status = NEW.status
  ) THEN
    RAISE EXCEPTION 'a % can not go from % to % (trigger "bookings_status_follows_table")', OLD.kind, OLD.status, NEW.status
      USING ERRCODE = 'check_violation', CONSTRAINT = 'bookings_status_follows_table';
  END IF;
  -- Every change is a new version, so If-Match can't miss one.
  NEW.version := OLD.version + 1;
  NEW.updated_at := app_now();
  RETURN NEW;
END $$;
CREATE TRIGGER bookings_status_follows_table BEFORE INSERT OR UPDATE ON bookings
  FOR EACH ROW EXECUTE FUNCTION bookings_guard_status();

-- The audit trail can only grow.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only (trigger "%")', TG_TABLE_NAME, TG_NAME
    USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER booking_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON booking_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A new way for a booking to go comes by a migration, which knows how to switch this off.
CREATE TRIGGER booking_transitions_fixed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON booking_transitions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
