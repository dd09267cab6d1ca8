-- Sums are one value of 33 numbers (64 bits, greatest byte first): answering a question costs the server
-- a fifth of what as many columns cost. Three of the numbers are columns as well, which statements ask for
-- by name. `added` is how many rows the last commit brought: sums are written over only by who knows those
-- before.

CREATE TABLE new_run_hours (
  run_key BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  added BIGINT NOT NULL,
  energy DOUBLE PRECISION NOT NULL,
  emissions_kg DOUBLE PRECISION NOT NULL,
  sums BYTEA NOT NULL
) WITH (fillfactor = 60);
INSERT INTO new_run_hours
SELECT run_key, start_us, row_count, row_count, energy, emissions_kg,
  float8send(row_count::float8) || float8send(energy) || float8send(emissions_kg)
    || float8send(duration_s) || float8send(cpu_energy) || float8send(gpu_energy)
    || float8send(ram_energy) || float8send(rate_sum) || float8send(rate_count::float8)
    || float8send(cpu_power_sum) || float8send(cpu_power_count::float8)
    || float8send(gpu_power_sum) || float8send(gpu_power_count::float8)
    || float8send(ram_power_sum) || float8send(ram_power_count::float8)
    || float8send(cpu_utilization_sum) || float8send(cpu_utilization_count::float8)
    || float8send(gpu_utilization_sum) || float8send(gpu_utilization_count::float8)
    || float8send(ram_utilization_sum) || float8send(ram_utilization_count::float8)
    || float8send(cpu_work_ws) || float8send(cpu_weight_s) || float8send(gpu_work_ws)
    || float8send(gpu_weight_s) || float8send(ram_work_ws) || float8send(ram_weight_s)
    || float8send(energy_low) || float8send(energy_high)
    || float8send(energy_bounds_count::float8) || float8send(emissions_low_kg)
    || float8send(emissions_high_kg) || float8send(emissions_bounds_count::float8)
FROM run_hours ORDER BY run_key, start_us;

CREATE TABLE new_run_days (
  run_key BIGINT NOT NULL,
  start_us BIGINT NOT NULL,
  row_count BIGINT NOT NULL,
  added BIGINT NOT NULL,
  energy DOUBLE PRECISION NOT NULL,
  emissions_kg DOUBLE PRECISION NOT NULL,
  sums BYTEA NOT NULL
) WITH (fillfactor = 60);
INSERT INTO new_run_days
SELECT run_key, start_us, row_count, row_count, energy, emissions_kg,
  float8send(row_count::float8) || float8send(energy) || float8send(emissions_kg)
    || float8send(duration_s) || float8send(cpu_energy) || float8send(gpu_energy)
    || float8send(ram_energy) || float8send(rate_sum) || float8send(rate_count::float8)
    || float8send(cpu_power_sum) || float8send(cpu_power_count::float8)
    || float8send(gpu_power_sum) || float8send(gpu_power_count::float8)
    || float8send(ram_power_sum) || float8send(ram_power_count::float8)
    || float8send(cpu_utilization_sum) || float8send(cpu_utilization_count::float8)
    || float8send(gpu_utilization_sum) || float8send(gpu_utilization_count::float8)
    || float8send(ram_utilization_sum) || float8send(ram_utilization_count::float8)
    || float8send(cpu_work_ws) || float8send(cpu_weight_s) || float8send(gpu_work_ws)
    || float8send(gpu_weight_s) || float8send(ram_work_ws) || float8send(ram_weight_s)
    || float8send(energy_low) || float8send(energy_high)
    || float8send(energy_bounds_count::float8) || float8send(emissions_low_kg)
    || float8send(emissions_high_kg) || float8send(emissions_bounds_count::float8)
FROM run_days ORDER BY run_key, start_us;

-- Sums of all rows of a run, and the times of its first and its last row, are with the run itself: then
-- the runs of a project are one walk. Pages keep room for what is written over.
ALTER TABLE runs SET (fillfactor = 50);
ALTER TABLE runs ADD COLUMN row_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN first_us BIGINT;
ALTER TABLE runs ADD COLUMN last_us BIGINT;
ALTER TABLE runs ADD COLUMN sums BYTEA;
UPDATE runs r SET row_count = q.row_count, first_us = q.first_us, last_us = q.last_us, sums = q.sums
FROM (
  SELECT d.run_key, CAST(sum(row_count) AS BIGINT) AS row_count,
    coalesce((SELECT min(e.timestamp_us) FROM emissions e WHERE e.run_key = d.run_key),
      min(d.start_us)) AS first_us,
    coalesce((SELECT max(e.timestamp_us) FROM emissions e WHERE e.run_key = d.run_key),
      max(d.start_us)) AS last_us,
    float8send(sum(row_count)::float8) || float8send(sum(energy)) || float8send(sum(emissions_kg))
    || float8send(sum(duration_s)) || float8send(sum(cpu_energy)) || float8send(sum(gpu_energy))
    || float8send(sum(ram_energy)) || float8send(sum(rate_sum))
    || float8send(sum(rate_count)::float8) || float8send(sum(cpu_power_sum))
    || float8send(sum(cpu_power_count)::float8) || float8send(sum(gpu_power_sum))
    || float8send(sum(gpu_power_count)::float8) || float8send(sum(ram_power_sum))
    || float8send(sum(ram_power_count)::float8) || float8send(sum(cpu_utilization_sum))
    || float8send(sum(cpu_utilization_count)::float8) || float8send(sum(gpu_utilization_sum))
    || float8send(sum(gpu_utilization_count)::float8) || float8send(sum(ram_utilization_sum))
    || float8send(sum(ram_utilization_count)::float8) || float8send(sum(cpu_work_ws))
    || float8send(sum(cpu_weight_s)) || float8send(sum(gpu_work_ws))
    || float8send(sum(gpu_weight_s)) || float8send(sum(ram_work_ws))
    || float8send(sum(ram_weight_s)) || float8send(sum(energy_low))
    || float8send(sum(energy_high)) || float8send(sum(energy_bounds_count)::float8)
    || float8send(sum(emissions_low_kg)) || float8send(sum(emissions_high_kg))
    || float8send(sum(emissions_bounds_count)::float8) AS sums
  FROM run_days d GROUP BY d.run_key
) q
WHERE r.key = q.run_key;

DROP TABLE run_hours, run_days;
ALTER TABLE new_run_hours RENAME TO run_hours;
ALTER TABLE new_run_days RENAME TO run_days;
ALTER TABLE run_hours ADD PRIMARY KEY (run_key, start_us);
ALTER TABLE run_days ADD PRIMARY KEY (run_key, start_us);
ANALYZE run_hours;
ANALYZE run_days;
ANALYZE runs;
