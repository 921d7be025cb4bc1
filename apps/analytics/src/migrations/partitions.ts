/**
 * Makes the partitions of a table that is partitioned by `start`: a year each for the five years before this one, a
 * month each from January on until a year from now, and one for what is older: a shop's past that is replayed.
 * Run again it adds the months that are missing; one whose rows lie in the default partition already stays there.
 */
export const MAKE_PARTITIONS_FUNCTION = `
CREATE FUNCTION make_window_partitions() RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
  parent text;
  month timestamptz;
  this_year timestamptz := date_trunc('year', now(), 'UTC');
  step interval;
BEGIN
  FOREACH parent IN ARRAY ARRAY['sales_window', 'product_window', 'visitor'] LOOP
    EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF %I DEFAULT', parent || '_other', parent);
    month := this_year - interval '5 years';
    WHILE month < now() + interval '13 months' LOOP
      step := CASE WHEN month < this_year THEN interval '1 year' ELSE interval '1 month' END;
      PERFORM make_window_partition(parent, month, month + step);
      month := month + step;
    END LOOP;
  END LOOP;
END $body$`;

/** Leaves alone what is there, in whatever cut, and what has rows elsewhere. */
export const MAKE_PARTITION_FUNCTION = `
CREATE FUNCTION make_window_partition(parent text, from_time timestamptz, to_time timestamptz) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
  EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
    parent || to_char(from_time AT TIME ZONE 'UTC', '_YYYY_MM'), parent, from_time, to_time);
EXCEPTION WHEN duplicate_table OR invalid_object_definition OR check_violation THEN
  NULL;
END $body$`;
