-- A tax rule always says one rate for a value: its amounts are valid, its bands ascend to one without an end.

-- The bands as [{upTo, rateBps}].
CREATE FUNCTION tax_bands_ascend(bands jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_typeof(bands) = 'array' AND coalesce(bool_and((
    jsonb_typeof(band -> 'rateBps') = 'number' AND (band ->> 'rateBps')::numeric BETWEEN 0 AND 10000
    AND CASE WHEN next IS NULL THEN jsonb_typeof(band -> 'upTo') = 'null'
      ELSE jsonb_typeof(band -> 'upTo') = 'number' AND (band ->> 'upTo')::numeric > 0
        AND (jsonb_typeof(next -> 'upTo') = 'null' OR (next ->> 'upTo')::numeric > (band ->> 'upTo')::numeric) END
  -- What is not there is null, and null is not true.
  ) IS TRUE), true)
  FROM (
    SELECT band, lead(band) OVER (ORDER BY place) AS next
    FROM jsonb_array_elements(CASE jsonb_typeof(bands) WHEN 'array' THEN bands ELSE '[]' END) WITH ORDINALITY AS b(band, place)
  ) AS pairs
$$;

ALTER TABLE tax_rules
  ADD CONSTRAINT tax_rules_amounts_valid CHECK (rate_bps BETWEEN 0 AND 10000 AND amount >= 0),
  ADD CONSTRAINT tax_rules_bands_ascend CHECK (tax_bands_ascend(bands)),
  ADD CONSTRAINT tax_rules_exempt_kinds_known CHECK (
    exempt_kinds IS NOT NULL
    AND exempt_kinds <@ ARRAY['NIGHT', 'EXTRA_ADULT', 'EXTRA_CHILD', 'SERVICE', 'ADULT', 'CHILD', 'MINIMUM', 'TRAVEL']);
