-- The schema of the reference server, and rows of every kind that its history has left behind.
CREATE TABLE organizations (id uuid PRIMARY KEY, name varchar, description varchar);
CREATE TABLE users (
  id uuid PRIMARY KEY, name varchar, email varchar UNIQUE, is_active boolean,
  organization_id uuid
);
CREATE TABLE memberships (
  organization_id uuid NOT NULL REFERENCES organizations, user_id uuid NOT NULL REFERENCES users,
  is_admin boolean NOT NULL, PRIMARY KEY (organization_id, user_id)
);
CREATE TABLE projects (
  id uuid PRIMARY KEY, name varchar, description varchar,
  organization_id uuid REFERENCES organizations, public boolean DEFAULT false
);
CREATE TABLE project_tokens (
  id uuid PRIMARY KEY, project_id uuid REFERENCES projects ON DELETE CASCADE, name varchar,
  access integer, last_used timestamp, hashed_token varchar NOT NULL,
  lookup_value varchar NOT NULL, revoked boolean NOT NULL DEFAULT false
);
CREATE TABLE experiments (
  id uuid PRIMARY KEY, timestamp timestamp, name varchar, description varchar,
  country_name varchar, country_iso_code varchar, region varchar, on_cloud boolean,
  cloud_provider varchar, cloud_region varchar,
  project_id uuid REFERENCES projects ON DELETE CASCADE
);
CREATE TABLE runs (
  id uuid PRIMARY KEY, timestamp timestamp,
  experiment_id uuid REFERENCES experiments ON DELETE CASCADE,
  os varchar, python_version varchar, cpu_count integer, cpu_model varchar, gpu_count integer,
  gpu_model varchar, longitude float8, latitude float8, region varchar, provider varchar,
  ram_total_size float8, tracking_mode varchar, codecarbon_version varchar
);
-- An older version: without the utilization columns.
CREATE TABLE emissions (
  id uuid PRIMARY KEY, timestamp timestamp, duration float8, emissions_sum float8,
  energy_consumed float8, run_id uuid REFERENCES runs ON DELETE CASCADE,
  cpu_power float8, gpu_power float8, ram_power float8,
  cpu_energy float8, gpu_energy float8, ram_energy float8, emissions_rate float8,
  wue float8 NOT NULL DEFAULT 0
);
CREATE TABLE telemetry (
  id uuid PRIMARY KEY, timestamp timestamp NOT NULL, telemetry_level varchar NOT NULL, os varchar,
  output_methods json
);

INSERT INTO organizations VALUES ('00000000-0000-4000-8000-0000000000a1', 'Team', NULL);
INSERT INTO users VALUES
  ('00000000-0000-4000-8000-0000000000b1', NULL, 'Ada@example.org', true, NULL),
  ('00000000-0000-4000-8000-0000000000b2', 'Bob', 'bob@example.org', NULL, NULL),
  ('00000000-0000-4000-8000-0000000000b3', 'Ada again', 'ada@example.org', true, NULL);
INSERT INTO memberships VALUES
  ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000b1', true),
  ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000b2', false),
  ('00000000-0000-4000-8000-0000000000a1', '00000000-0000-4000-8000-0000000000b3', false);
INSERT INTO projects VALUES
  ('00000000-0000-4000-8000-0000000000c1', 'Project', 'd', '00000000-0000-4000-8000-0000000000a1', true),
  ('00000000-0000-4000-8000-0000000000c2', NULL, NULL, NULL, NULL);
INSERT INTO project_tokens VALUES
  ('00000000-0000-4000-8000-0000000000d1', '00000000-0000-4000-8000-0000000000c1', 'ci', 2,
   '2026-03-01 10:00:00', '$2b$12$hash', '683b7575', false),
  ('00000000-0000-4000-8000-0000000000d2', NULL, 'lost', 2, NULL, '$2b$12$lost', '683b7576', false);
INSERT INTO experiments (id, timestamp, name, project_id) VALUES
  ('00000000-0000-4000-8000-0000000000e1', '2026-03-02', NULL, '00000000-0000-4000-8000-0000000000c1'),
  ('00000000-0000-4000-8000-0000000000e2', '2026-03-02', 'orphan''s', '00000000-0000-4000-8000-0000000000c2');
INSERT INTO runs (id, timestamp, experiment_id, cpu_count, longitude) VALUES
  ('00000000-0000-4000-8000-0000000000f1', '2026-03-02 00:00:00.5', '00000000-0000-4000-8000-0000000000e1', 8, 'NaN'),
  ('00000000-0000-4000-8000-0000000000f2', NULL, '00000000-0000-4000-8000-0000000000e2', NULL, 2.5),
  ('00000000-0000-4000-8000-0000000000f3', NULL, NULL, NULL, NULL);
INSERT INTO emissions (id, timestamp, duration, emissions_sum, energy_consumed, run_id, cpu_power) VALUES
  ('00000000-0000-4000-8000-000000000001', '2026-03-02 01:00:00', 12.75, 0.5, 2, '00000000-0000-4000-8000-0000000000f1', 10),
  ('00000000-0000-4000-8000-000000000002', '2026-03-02 02:00:00', NULL, 'Infinity', 3, '00000000-0000-4000-8000-0000000000f1', NULL),
  ('00000000-0000-4000-8000-000000000003', NULL, 1, 0.25, 4, '00000000-0000-4000-8000-0000000000f2', 30),
  ('00000000-0000-4000-8000-000000000004', '2026-03-02 02:00:00', 1, 1, 1, NULL, 1),
  ('00000000-0000-4000-8000-000000000005', '2026-03-02 02:00:00', 1, 1, 1, '00000000-0000-4000-8000-0000000000f3', 1);
INSERT INTO telemetry VALUES
  ('00000000-0000-4000-8000-000000000009', '2026-03-02 02:00:00', 'minimal', 'Linux', '["api"]');
