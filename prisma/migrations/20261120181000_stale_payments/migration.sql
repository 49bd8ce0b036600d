-- What we should have heard of by now is found without reading every payment there ever was.
CREATE INDEX payments_awaited_index ON payments (created_at, id)
  WHERE provider = 'STRIPE' AND stage IN ('SESSION_CREATED', 'CAPTURING');
