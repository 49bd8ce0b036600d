-- A repeated request is answered with every refund that it began, also with those that the gateway has no part in.

ALTER TABLE "idempotency_keys" ADD COLUMN "refund_ids" UUID[] DEFAULT ARRAY[]::UUID[];

-- Of what is not answered yet, as far as it can be told.
UPDATE idempotency_keys k SET refund_ids = array(
  SELECT o.refund_id FROM gateway_operations o WHERE o.id = ANY(k.operation_ids) AND o.refund_id IS NOT NULL)
WHERE k.answer_sealed IS NULL;
