-- What makes a booking stand is captured once; a balance as often as one arises, but never two at a time.

DROP INDEX payments_one_capture;
CREATE UNIQUE INDEX payments_one_capture ON payments (booking_id)
  WHERE provider = 'STRIPE' AND purpose = 'BOOKING' AND stage IN ('CAPTURING', 'CAPTURED');
CREATE UNIQUE INDEX payments_one_balance_capture ON payments (booking_id)
  WHERE provider = 'STRIPE' AND purpose = 'BALANCE' AND stage = 'CAPTURING';
