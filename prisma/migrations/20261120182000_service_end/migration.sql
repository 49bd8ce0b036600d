-- No appointment is written of a service that has ended since it was read.

CREATE FUNCTION services_count_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE providers SET schedule_version = schedule_version + 1
  WHERE id IN (SELECT provider_id FROM provider_services WHERE service_id = NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER services_end_count AFTER UPDATE OF is_active ON services
  FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION services_count_end();
