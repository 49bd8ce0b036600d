-- Taxes by date of stay, per adult and for the first nights of a stay.

ALTER TYPE "tax_basis" ADD VALUE 'FLAT_PER_ADULT_NIGHT';

ALTER TABLE "tax_rules" ADD COLUMN "max_nights" INTEGER,
ADD COLUMN "valid_from" DATE,
ADD COLUMN "valid_to" DATE;

ALTER TABLE tax_rules
  ADD CONSTRAINT tax_rules_max_nights_valid CHECK (max_nights BETWEEN 1 AND 365),
  ADD CONSTRAINT tax_rules_dates_valid CHECK (valid_from <= valid_to);
