-- Events are numbered per property without a gap, and what was numbered never changes.

ALTER TABLE "outbox_messages" ADD COLUMN "seq" BIGINT,
ADD COLUMN "published_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "feeds" (
    "property_id" UUID NOT NULL,
    "last_seq" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "feeds_pkey" PRIMARY KEY ("property_id")
);

-- CreateTable
CREATE TABLE "feed_cursors" (
    "channel" TEXT NOT NULL,
    "property_id" UUID NOT NULL,
    "last_seq" BIGINT NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL DEFAULT app_now(),
    "leased_until" TIMESTAMPTZ(3),
    "last_error" TEXT,

    CONSTRAINT "feed_cursors_pkey" PRIMARY KEY ("channel","property_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "outbox_messages_seq_unique" ON "outbox_messages"("property_id", "seq");

-- AddForeignKey
ALTER TABLE "feeds" ADD CONSTRAINT "feeds_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "feed_cursors" ADD CONSTRAINT "feed_cursors_property_id_fkey" FOREIGN KEY ("property_id") REFERENCES "properties"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is still to be numbered, found without looking at what is.
CREATE INDEX outbox_messages_unnumbered_index ON outbox_messages (property_id, id) WHERE seq IS NULL;
-- Every message is rewritten once, when it gets its number.
ALTER TABLE outbox_messages SET (fillfactor = 80),
  ADD CONSTRAINT outbox_messages_numbered_when_published CHECK ((seq IS NULL) = (published_at IS NULL) AND seq > 0),
  -- The realtime service takes no more than 10 kB, and the envelope wants its part.
  ADD CONSTRAINT outbox_messages_small CHECK (octet_length(data::text) < 8000);

CREATE FUNCTION outbox_messages_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.seq IS NOT NULL OR (NEW.id, NEW.property_id, NEW.type, NEW.data) IS DISTINCT FROM (OLD.id, OLD.property_id, OLD.type, OLD.data) THEN
    RAISE EXCEPTION 'an event is numbered once and never changes (trigger "outbox_messages_fixed")'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'outbox_messages_fixed';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER outbox_messages_fixed BEFORE UPDATE ON outbox_messages
  FOR EACH ROW EXECUTE FUNCTION outbox_messages_guard();

-- Every property has a feed from the start, and a cursor in each channel there is.
CREATE FUNCTION properties_open_feed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO feeds (property_id) VALUES (NEW.id);
  INSERT INTO feed_cursors (channel, property_id) SELECT DISTINCT channel, NEW.id FROM feed_cursors;
  RETURN NEW;
END $$;
CREATE TRIGGER properties_have_feed AFTER INSERT ON properties
  FOR EACH ROW EXECUTE FUNCTION properties_open_feed();
INSERT INTO feeds (property_id) SELECT id FROM properties;

-- Events that wait for a person are counted at every scrape.
CREATE INDEX webhook_events_failed_index ON webhook_events (property_id, id) WHERE state = 'FAILED';
