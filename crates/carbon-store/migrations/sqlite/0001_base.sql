-- The schema of the store. Times are microseconds since the Unix epoch, UTC. `key` is the order of
-- creation. A row with `deleted_us` is gone for readers; its space is freed in the background.

CREATE TABLE users (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  subject TEXT UNIQUE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  is_active INTEGER NOT NULL,
  is_operator INTEGER NOT NULL,
  password_hash TEXT,
  created_us INTEGER NOT NULL
);

CREATE TABLE sessions (
  digest BLOB PRIMARY KEY,
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  payload TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  last_seen_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_us);

CREATE TABLE access_tokens (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  digest BLOB NOT NULL UNIQUE,
  created_us INTEGER NOT NULL,
  expires_us INTEGER,
  last_used_us INTEGER
);
CREATE INDEX access_tokens_user ON access_tokens (user_id);

CREATE TABLE pending (
  kind TEXT NOT NULL,
  digest BLOB NOT NULL,
  payload TEXT NOT NULL,
  expires_us INTEGER NOT NULL,
  PRIMARY KEY (kind, digest)
);
CREATE INDEX pending_expiry ON pending (expires_us);

CREATE TABLE secrets (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
);

CREATE TABLE organizations (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  created_us INTEGER NOT NULL,
  deleted_us INTEGER
);
CREATE INDEX organizations_deleted ON organizations (deleted_us) WHERE deleted_us IS NOT NULL;

CREATE TABLE memberships (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
  created_us INTEGER NOT NULL,
  UNIQUE (organization_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE invitations (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  organization_id BLOB NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  email TEXT NOT NULL,
  email_key TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'member', 'viewer')),
  invited_by BLOB,
  created_us INTEGER NOT NULL,
  expires_us INTEGER NOT NULL,
  UNIQUE (organization_id, email_key)
);
CREATE INDEX invitations_email ON invitations (email_key);
CREATE INDEX invitations_expiry ON invitations (expires_us);

CREATE TABLE projects (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  organization_id BLOB NOT NULL REFERENCES organizations (id),
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  is_public INTEGER NOT NULL,
  created_us INTEGER NOT NULL,
  deleted_us INTEGER,
  budget_kwh REAL,
  budget_kg REAL,
  budget_webhook TEXT
);
CREATE INDEX projects_organization ON projects (organization_id);
CREATE INDEX projects_deleted ON projects (deleted_us) WHERE deleted_us IS NOT NULL;
CREATE INDEX projects_budget ON projects (key)
  WHERE budget_kwh IS NOT NULL OR budget_kg IS NOT NULL;

CREATE TABLE budget_alerts (
  project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  month INTEGER NOT NULL,
  kind TEXT NOT NULL,
  sent_us INTEGER NOT NULL,
  PRIMARY KEY (project_id, month, kind)
);

CREATE TABLE project_tokens (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  project_id BLOB NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  name TEXT,
  digest BLOB UNIQUE,
  bcrypt_hash TEXT,
  lookup_value TEXT,
  access INTEGER NOT NULL,
  is_revoked INTEGER NOT NULL,
  created_by BLOB,
  created_us INTEGER NOT NULL,
  expires_us INTEGER,
  last_used_us INTEGER
);
CREATE INDEX project_tokens_project ON project_tokens (project_id);
CREATE INDEX project_tokens_lookup ON project_tokens (lookup_value) WHERE lookup_value IS NOT NULL;

CREATE TABLE experiments (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  project_id BLOB NOT NULL REFERENCES projects (id),
  timestamp_us INTEGER NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  country_name TEXT,
  country_iso_code TEXT,
  region TEXT,
  on_cloud INTEGER NOT NULL,
  cloud_provider TEXT,
  cloud_region TEXT,
  deleted_us INTEGER
);
CREATE INDEX experiments_project ON experiments (project_id);
CREATE INDEX experiments_deleted ON experiments (deleted_us) WHERE deleted_us IS NOT NULL;

CREATE TABLE runs (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  experiment_id BLOB NOT NULL REFERENCES experiments (id),
  project_id BLOB NOT NULL REFERENCES projects (id),
  timestamp_us INTEGER NOT NULL,
  os TEXT,
  python_version TEXT,
  codecarbon_version TEXT,
  cpu_count INTEGER,
  cpu_model TEXT,
  gpu_count INTEGER,
  gpu_model TEXT,
  longitude REAL,
  latitude REAL,
  region TEXT,
  provider TEXT,
  ram_total_size REAL,
  tracking_mode TEXT,
  host TEXT,
  sources TEXT,
  member_id BLOB,
  deleted_us INTEGER
);
CREATE INDEX runs_experiment ON runs (experiment_id, timestamp_us);
CREATE INDEX runs_project ON runs (project_id, timestamp_us);
CREATE INDEX runs_deleted ON runs (deleted_us) WHERE deleted_us IS NOT NULL;

-- Rows are kept in the order of run and time, so that a page of a run is a few pages of the file.
CREATE TABLE emissions (
  run_key INTEGER NOT NULL,
  timestamp_us INTEGER NOT NULL,
  id BLOB NOT NULL,
  duration_s REAL NOT NULL,
  emissions_kg REAL,
  emissions_rate REAL,
  cpu_power REAL,
  gpu_power REAL,
  ram_power REAL,
  cpu_energy REAL,
  gpu_energy REAL,
  ram_energy REAL,
  energy REAL,
  cpu_utilization REAL,
  gpu_utilization REAL,
  ram_utilization REAL,
  energy_low REAL,
  energy_high REAL,
  emissions_low_kg REAL,
  emissions_high_kg REAL,
  wue REAL NOT NULL,
  PRIMARY KEY (run_key, timestamp_us, id)
) WITHOUT ROWID;
-- A row's id is unique, so that a repeated row is known whatever its time.
CREATE UNIQUE INDEX emissions_id ON emissions (id);
CREATE VIEW emission_keys AS SELECT id, run_key, timestamp_us FROM emissions;

-- Sums of a run's rows per hour and per day, kept in the transaction that adds the rows. Those that
-- no statement asks for by name are one value of 30 numbers (64 bits, least byte first): reading one
-- value costs as much as reading one number, and most questions read all.
CREATE TABLE run_hours (
  run_key INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  energy REAL NOT NULL,
  emissions_kg REAL NOT NULL,
  sums BLOB NOT NULL,
  PRIMARY KEY (run_key, start_us)
) WITHOUT ROWID;
CREATE TABLE run_days (
  run_key INTEGER NOT NULL,
  start_us INTEGER NOT NULL,
  row_count INTEGER NOT NULL,
  energy REAL NOT NULL,
  emissions_kg REAL NOT NULL,
  sums BLOB NOT NULL,
  PRIMARY KEY (run_key, start_us)
) WITHOUT ROWID;

-- Tasks that runs tell of: parts of their own rows, which no sum counts.
CREATE TABLE tasks (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  run_key INTEGER NOT NULL,
  name TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  duration_s REAL NOT NULL,
  energy_kwh REAL NOT NULL,
  emissions_kg REAL NOT NULL,
  cpu_energy_kwh REAL,
  gpu_energy_kwh REAL,
  ram_energy_kwh REAL
);
CREATE INDEX tasks_run ON tasks (run_key, key);

CREATE TABLE audit_log (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  at_us INTEGER NOT NULL,
  organization_id BLOB,
  actor_id BLOB,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX audit_log_organization ON audit_log (organization_id, key);

CREATE TABLE telemetry (
  key INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE,
  at_us INTEGER NOT NULL,
  level TEXT NOT NULL,
  body TEXT NOT NULL
);

CREATE VIEW live_organizations AS
  SELECT * FROM organizations WHERE deleted_us IS NULL;

-- Deleting an organization marks its projects; deleting an experiment marks its runs.
CREATE VIEW live_projects AS
  SELECT * FROM projects WHERE deleted_us IS NULL;

CREATE VIEW live_experiments AS
  SELECT x.*, p.organization_id, p.is_public
  FROM experiments x
  JOIN projects p ON p.id = x.project_id
  WHERE x.deleted_us IS NULL AND p.deleted_us IS NULL;

CREATE VIEW live_runs AS
  SELECT r.*, p.organization_id, p.is_public
  FROM runs r
  JOIN projects p ON p.id = r.project_id
  WHERE r.deleted_us IS NULL AND p.deleted_us IS NULL;
