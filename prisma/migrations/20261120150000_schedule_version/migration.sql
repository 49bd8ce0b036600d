-- No appointment is written by hours that have changed since they were read.

ALTER TABLE "providers" ADD COLUMN "schedule_version" INTEGER NOT NULL DEFAULT 1;

CREATE FUNCTION providers_count_schedule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE providers SET schedule_version = schedule_version + 1
  WHERE id IN (CASE TG_OP WHEN 'INSERT' THEN NEW.provider_id ELSE OLD.provider_id END, CASE TG_OP WHEN 'DELETE' THEN OLD.provider_id ELSE NEW.provider_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER provider_hours_count AFTER INSERT OR UPDATE OR DELETE ON provider_hours
  FOR EACH ROW EXECUTE FUNCTION providers_count_schedule();
CREATE TRIGGER provider_exceptions_count AFTER INSERT OR UPDATE OR DELETE ON provider_exceptions
  FOR EACH ROW EXECUTE FUNCTION providers_count_schedule();
CREATE TRIGGER time_off_count AFTER INSERT OR UPDATE OR DELETE ON time_off
  FOR EACH ROW EXECUTE FUNCTION providers_count_schedule();
CREATE TRIGGER provider_services_count AFTER INSERT OR UPDATE OR DELETE ON provider_services
  FOR EACH ROW EXECUTE FUNCTION providers_count_schedule();
