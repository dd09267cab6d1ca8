-- A database as schema 2 left it: a project of two runs, whose rows are half a day apart over ten days,
-- with the sums of hours and days as the columns that they were.
INSERT INTO organizations (id, name, description, created_us)
VALUES ('00000000-0000-4000-8000-000000000001', 'a', '', 0);
INSERT INTO projects (id, organization_id, name, description, is_public, created_us)
SELECT '00000000-0000-4000-8000-000000000002', id, 'a', '', FALSE, 0 FROM organizations;
INSERT INTO experiments (id, project_id, timestamp_us, name, description, on_cloud)
SELECT '00000000-0000-4000-8000-000000000003', id, 0, 'a', '', FALSE FROM projects;
INSERT INTO runs (id, experiment_id, project_id, timestamp_us)
SELECT CAST('00000000-0000-4000-8000-00000000001' || n AS UUID), x.id, x.project_id, 0
FROM experiments x, generate_series(0, 1) n ORDER BY n;

-- From 2026-03-02T00:00:01Z, in a month of their own and one of `emissions_other`.
CREATE TABLE emissions_2026_03 PARTITION OF emissions
FOR VALUES FROM (1772323200000000) TO (1775001600000000);
INSERT INTO emissions (run_key, timestamp_us, id, duration_s, emissions_kg, cpu_power, gpu_power,
  cpu_energy, energy, energy_low, energy_high, wue)
SELECT r.key, 1772409601000000 + (n * 43200 + r.key * 86400 * 25) * 1000000, gen_random_uuid(), 10,
  n / 1024.0, n + 0.5, CASE WHEN n % 2 = 0 THEN 3 END, n / 64.0, n / 32.0, n / 64.0, n / 16.0, 0
FROM runs r, generate_series(1, 20) n;
INSERT INTO emission_keys SELECT id, run_key, timestamp_us FROM emissions;

INSERT INTO run_hours (run_key, start_us,
  row_count, energy, emissions_kg, duration_s, cpu_energy, gpu_energy, ram_energy, rate_sum,
  rate_count, cpu_power_sum, cpu_power_count, gpu_power_sum, gpu_power_count, ram_power_sum,
  ram_power_count, cpu_utilization_sum, cpu_utilization_count, gpu_utilization_sum,
  gpu_utilization_count, ram_utilization_sum, ram_utilization_count, cpu_work_ws, cpu_weight_s,
  gpu_work_ws, gpu_weight_s, ram_work_ws, ram_weight_s, energy_low, energy_high,
  energy_bounds_count, emissions_low_kg, emissions_high_kg, emissions_bounds_count)
SELECT run_key, timestamp_us - timestamp_us % 3600000000,
  count(*), coalesce(sum(energy), 0), coalesce(sum(emissions_kg), 0), sum(duration_s),
  coalesce(sum(cpu_energy), 0), coalesce(sum(gpu_energy), 0), coalesce(sum(ram_energy), 0),
  coalesce(sum(emissions_rate), 0), count(emissions_rate), coalesce(sum(cpu_power), 0),
  count(cpu_power), coalesce(sum(gpu_power), 0), count(gpu_power), coalesce(sum(ram_power), 0),
  count(ram_power), coalesce(sum(cpu_utilization), 0), count(cpu_utilization),
  coalesce(sum(gpu_utilization), 0), count(gpu_utilization), coalesce(sum(ram_utilization), 0),
  count(ram_utilization), coalesce(sum(cpu_power * duration_s), 0),
  coalesce(sum(duration_s) FILTER (WHERE cpu_power IS NOT NULL), 0),
  coalesce(sum(gpu_power * duration_s), 0),
  coalesce(sum(duration_s) FILTER (WHERE gpu_power IS NOT NULL), 0),
  coalesce(sum(ram_power * duration_s), 0),
  coalesce(sum(duration_s) FILTER (WHERE ram_power IS NOT NULL), 0),
  coalesce(sum(energy_low), 0), coalesce(sum(energy_high), 0), count(energy_low),
  coalesce(sum(emissions_low_kg), 0), coalesce(sum(emissions_high_kg), 0),
  count(emissions_low_kg)
FROM emissions GROUP BY 1, 2;

INSERT INTO run_days (run_key, start_us,
  row_count, energy, emissions_kg, duration_s, cpu_energy, gpu_energy, ram_energy, rate_sum,
  rate_count, cpu_power_sum, cpu_power_count, gpu_power_sum, gpu_power_count, ram_power_sum,
  ram_power_count, cpu_utilization_sum, cpu_utilization_count, gpu_utilization_sum,
  gpu_utilization_count, ram_utilization_sum, ram_utilization_count, cpu_work_ws, cpu_weight_s,
  gpu_work_ws, gpu_weight_s, ram_work_ws, ram_weight_s, energy_low, energy_high,
  energy_bounds_count, emissions_low_kg, emissions_high_kg, emissions_bounds_count)
SELECT run_key, timestamp_us - timestamp_us % 86400000000,
  count(*), coalesce(sum(energy), 0), coalesce(sum(emissions_kg), 0), sum(duration_s),
  coalesce(sum(cpu_energy), 0), coalesce(sum(gpu_energy), 0), coalesce(sum(ram_energy), 0),
  coalesce(sum(emissions_rate), 0), count(emissions_rate), coalesce(sum(cpu_power), 0),
  count(cpu_power), coalesce(sum(gpu_power), 0), count(gpu_power), coalesce(sum(ram_power), 0),
  count(ram_power), coalesce(sum(cpu_utilization), 0), count(cpu_utilization),
  coalesce(sum(gpu_utilization), 0), count(gpu_utilization), coalesce(sum(ram_utilization), 0),
  count(ram_utilization), coalesce(sum(cpu_power * duration_s), 0),
  coalesce(sum(duration_s) FILTER (WHERE cpu_power IS NOT NULL), 0),
  coalesce(sum(gpu_power * duration_s), 0),
  coalesce(sum(duration_s) FILTER (WHERE gpu_power IS NOT NULL), 0),
  coalesce(sum(ram_power * duration_s), 0),
  coalesce(sum(duration_s) FILTER (WHERE ram_power IS NOT NULL), 0),
  coalesce(sum(energy_low), 0), coalesce(sum(energy_high), 0), count(energy_low),
  coalesce(sum(emissions_low_kg), 0), coalesce(sum(emissions_high_kg), 0),
  count(emissions_low_kg)
FROM emissions GROUP BY 1, 2;
