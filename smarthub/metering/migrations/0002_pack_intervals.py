"""Make the interval store, hold reads append-only, and keep a meter in one place (rule 5).

``metering_interval_day`` is partitioned by month. The application role may not make tables, so
``make_interval_partition`` runs with its owner's rights. Reversing drops the store.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

STORE = """
CREATE TABLE metering_interval_day (
  channel_id bigint NOT NULL REFERENCES metering_channel (id),
  day date NOT NULL,
  total bigint NOT NULL,
  peak integer NOT NULL,
  v bytea NOT NULL,
  q bytea,
  file_id bigint NOT NULL REFERENCES metering_readfile (id),
  PRIMARY KEY (channel_id, day)
) PARTITION BY RANGE (day);
CREATE INDEX metering_interval_day_by_day ON metering_interval_day
  USING brin (day) WITH (pages_per_range = 16);
CREATE FUNCTION make_interval_partition(month date) RETURNS void LANGUAGE plpgsql
  SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first date := date_trunc('month', month)::date;
  name text := 'metering_interval_day_' || to_char(first, 'YYYYMM');
BEGIN
  IF to_regclass(name) IS NULL THEN
    PERFORM pg_advisory_xact_lock(hashtext(name));
    IF to_regclass(name) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF metering_interval_day
        FOR VALUES FROM (%L) TO (%L) WITH (autovacuum_vacuum_scale_factor = 0.02)',
        name, first, (first + interval '1 month')::date);
    END IF;
  END IF;
END $$;
"""
NO_STORE = """
DROP FUNCTION make_interval_partition(date);
DROP TABLE metering_interval_day;
"""
EXCLUDE = """
ALTER TABLE metering_meterinstall ADD CONSTRAINT meter_install_one_place
  EXCLUDE USING gist (
    int8range(meter_id, meter_id, '[]') WITH &&,
    daterange(installed_on, removed_on) WITH &&
  )
"""
TABLES = (
    "metering_readfile",
    "metering_readproblem",
    "metering_intervalrevision",
    "metering_registerread",
)


class Migration(migrations.Migration):
    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("metering", "0001_initial"),
        ("cooperative", "0002_refuse_change"),
    ]
    operations: ClassVar[list[migrations.RunSQL]] = [
        migrations.RunSQL(sql=STORE, reverse_sql=NO_STORE),
        migrations.RunSQL(
            sql=EXCLUDE,
            reverse_sql="""
            ALTER TABLE metering_meterinstall DROP CONSTRAINT meter_install_one_place
            """,
        ),
        *(
            migrations.RunSQL(
                sql=f"SELECT make_append_only('{table}')",
                reverse_sql=f"SELECT make_changeable('{table}')",
            )
            for table in TABLES
        ),
    ]
