-- A guest at the desk or on the telephone may have no e-mail address: the customer is then found by telephone.
ALTER TABLE "customers" ALTER COLUMN "email_normalized" DROP NOT NULL,
ALTER COLUMN "email" DROP NOT NULL;
ALTER TABLE customers ADD CONSTRAINT customers_contact_known
  CHECK ((email IS NULL) = (email_normalized IS NULL) AND (email IS NOT NULL OR phone_hash IS NOT NULL));
CREATE UNIQUE INDEX customers_phone_unique ON customers (property_id, phone_hash) WHERE email_normalized IS NULL;
