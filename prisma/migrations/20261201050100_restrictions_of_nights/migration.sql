-- The usual restrictions of a rate, by night: longest stay, closed to arrival, closed to departure.

ALTER TABLE "inventory_nights" ADD COLUMN "max_stay" INTEGER,
ADD COLUMN "is_closed_to_arrival" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "is_closed_to_departure" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE inventory_nights
  ADD CONSTRAINT inventory_nights_max_stay_valid CHECK (max_stay >= 1 AND max_stay >= coalesce(min_stay, 1));
