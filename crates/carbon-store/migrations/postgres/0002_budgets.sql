-- What a project's webhook is signed with, and how far the telling of an alert has come.

ALTER TABLE projects ADD COLUMN budget_webhook_key TEXT;

DROP TABLE budget_alerts;
CREATE TABLE budget_alerts (
  project_id UUID NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  month BIGINT NOT NULL,
  kind TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  delivered_us BIGINT,
  PRIMARY KEY (project_id, month, kind)
);

-- The entries that belong to no organization are read on their own.
CREATE INDEX audit_log_server ON audit_log (key) WHERE organization_id IS NULL;
