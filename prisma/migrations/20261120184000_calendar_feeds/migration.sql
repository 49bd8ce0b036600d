-- A provider's calendar is found without reading what others do, or what is long over.
CREATE INDEX "appointments_provider_index" ON "appointments"("provider_id", "occupied_until");
