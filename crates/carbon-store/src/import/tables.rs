//! The tables of the reference that are small: each row is put here as it is, unless it is here.

use uuid::Uuid;

use super::source::{Source, micros};
use super::{Imported, Known};
use crate::cell::Cell;
use crate::error::Result;
use crate::run::FACTS;
use crate::store::Store;
use crate::time::Timestamp;
use crate::user::email_key;

/// Rows of one transaction.
const PART: usize = 1_000;

/// Name of the organization of projects that have none, and what its id is made from.
const ORPHANAGE: &str = "Imported";

/// A row to insert, and how to see whether one of that id is here.
struct Put {
    id: Uuid,
    params: Vec<Cell>,
}

impl Store {
    pub(super) async fn import_users(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &mut Known,
    ) -> Result<()> {
        let columns = "t.id, coalesce(t.email, CAST(t.id AS TEXT)), coalesce(t.name, t.email, ''), \
                       coalesce(t.is_active, true)";
        let mut rows = source.read("users", columns, "users t").await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let (id, email): (Uuid, String) = (row.next()?, row.next()?);
                let (name, is_active): (String, bool) = (row.next()?, row.next()?);
                let subject = id.to_string();
                let params = vec![
                    id.into(),
                    subject.into(),
                    email_key(&email).into(),
                    email.into(),
                    name.into(),
                    is_active.into(),
                    false.into(),
                    now.into(),
                ];
                puts.push(Put { id, params });
            }
            let sql = "INSERT INTO users (id, subject, email_key, email, name, is_active, \
                       is_operator, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                       ON CONFLICT DO NOTHING";
            let here = self.put(puts, sql, "SELECT id FROM users WHERE id = $1", done).await?;
            done.users += here.len() as u64;
            known.users.extend(here);
        }
        Ok(())
    }

    pub(super) async fn import_organizations(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &mut Known,
    ) -> Result<()> {
        let columns = "t.id, coalesce(t.name, ''), coalesce(t.description, '')";
        let mut rows = source.read("organizations", columns, "organizations t").await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let (id, name): (Uuid, String) = (row.next()?, row.next()?);
                let description: String = row.next()?;
                let params = vec![id.into(), name.into(), description.into(), now.into()];
                puts.push(Put { id, params });
            }
            done.organizations += self.put_organizations(puts, done, known).await?;
        }
        Ok(())
    }

    pub(super) async fn import_memberships(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &Known,
    ) -> Result<()> {
        let columns = "t.organization_id, t.user_id, t.is_admin";
        let mut rows = source.read("memberships", columns, "memberships t").await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let (organization, user): (Uuid, Uuid) = (row.next()?, row.next()?);
                let is_admin: bool = row.next()?;
                if !known.organizations.contains(&organization) || !known.users.contains(&user) {
                    done.left_out += 1;
                    continue;
                }
                let role = if is_admin { "admin" } else { "member" };
                let params = vec![organization.into(), user.into(), role.into(), now.into()];
                puts.push(Put { id: user, params });
            }
            let sql = "INSERT INTO memberships (organization_id, user_id, role, created_us) \
                       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            let here = self.put(puts, sql, "SELECT id FROM users WHERE id = $1", done).await?;
            done.memberships += here.len() as u64;
        }
        Ok(())
    }

    pub(super) async fn import_projects(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &mut Known,
    ) -> Result<()> {
        let organization = source.column("projects", "organization_id", "uuid").await?;
        let public = source.column("projects", "public", "boolean").await?;
        let columns = format!(
            "t.id, {organization}, coalesce(t.name, ''), coalesce(t.description, ''), {public}"
        );
        let orphanage = Uuid::new_v5(&Uuid::NAMESPACE_OID, ORPHANAGE.as_bytes());
        let mut rows = source.read("projects", &columns, "projects t").await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let (id, organization): (Uuid, Option<Uuid>) = (row.next()?, row.next()?);
                let (name, description): (String, String) = (row.next()?, row.next()?);
                let is_public: Option<bool> = row.next()?;
                let known_one = organization.filter(|id| known.organizations.contains(id));
                if known_one.is_none() && !known.organizations.contains(&orphanage) {
                    let params = vec![orphanage.into(), ORPHANAGE.into(), "".into(), now.into()];
                    let put = vec![Put { id: orphanage, params }];
                    done.organizations += self.put_organizations(put, done, known).await?;
                }
                let params = vec![
                    id.into(),
                    known_one.unwrap_or(orphanage).into(),
                    name.into(),
                    description.into(),
                    is_public.unwrap_or_default().into(),
                    now.into(),
                ];
                puts.push(Put { id, params });
            }
            let sql = "INSERT INTO projects (id, organization_id, name, description, is_public, \
                       created_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
            let here = self.put(puts, sql, "SELECT id FROM projects WHERE id = $1", done).await?;
            done.projects += here.len() as u64;
            known.projects.extend(here);
        }
        Ok(())
    }

    pub(super) async fn import_tokens(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &Known,
    ) -> Result<()> {
        if !source.has("project_tokens", "hashed_token").await? {
            return Ok(());
        }
        let columns = format!(
            "t.id, t.project_id, t.name, coalesce(t.access, 0), t.hashed_token, t.lookup_value, \
             t.revoked, {}",
            micros("t.last_used")
        );
        let mut rows = source.read("project_tokens", &columns, "project_tokens t").await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let (id, project): (Uuid, Option<Uuid>) = (row.next()?, row.next()?);
                let Some(project) = project.filter(|id| known.projects.contains(id)) else {
                    done.left_out += 1;
                    continue;
                };
                let (name, access): (Option<String>, i64) = (row.next()?, row.next()?);
                let (hash, lookup): (String, String) = (row.next()?, row.next()?);
                let (revoked, last_used): (bool, Option<i64>) = (row.next()?, row.next()?);
                let params = vec![
                    id.into(),
                    project.into(),
                    name.into(),
                    hash.into(),
                    lookup.into(),
                    access.into(),
                    revoked.into(),
                    now.into(),
                    last_used.into(),
                ];
                puts.push(Put { id, params });
            }
            let sql = "INSERT INTO project_tokens (id, project_id, name, bcrypt_hash, \
                       lookup_value, access, is_revoked, created_us, last_used_us) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING";
            let find = "SELECT id FROM project_tokens WHERE id = $1";
            done.tokens += self.put(puts, sql, find, done).await?.len() as u64;
        }
        Ok(())
    }

    pub(super) async fn import_experiments(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &mut Known,
    ) -> Result<()> {
        let columns = format!(
            "t.id, t.project_id, {}, coalesce(t.name, ''), coalesce(t.description, ''), \
             coalesce(t.on_cloud, false), t.country_name, t.country_iso_code, t.region, \
             t.cloud_provider, t.cloud_region",
            micros("t.timestamp")
        );
        let mut rows = source.read("experiments", &columns, "experiments t").await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let (id, project): (Uuid, Option<Uuid>) = (row.next()?, row.next()?);
                let Some(project) = project.filter(|id| known.projects.contains(id)) else {
                    done.left_out += 1;
                    continue;
                };
                let timestamp = row.next::<Option<i64>>()?.unwrap_or(now.micros());
                let mut params = vec![id.into(), project.into(), timestamp.into()];
                params.extend([row.next::<String>()?.into(), row.next::<String>()?.into()]);
                params.push(row.next::<bool>()?.into());
                for _ in 0..5 {
                    params.push(row.next::<Option<String>>()?.into());
                }
                puts.push(Put { id, params });
            }
            let sql = "INSERT INTO experiments (id, project_id, timestamp_us, name, description, \
                       on_cloud, country_name, country_iso_code, region, cloud_provider, \
                       cloud_region) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
                       ON CONFLICT (id) DO NOTHING";
            let here =
                self.put(puts, sql, "SELECT id FROM experiments WHERE id = $1", done).await?;
            done.experiments += here.len() as u64;
            known.experiments.extend(here);
        }
        Ok(())
    }

    pub(super) async fn import_runs(
        &self,
        source: &mut Source,
        now: Timestamp,
        done: &mut Imported,
        known: &mut Known,
    ) -> Result<()> {
        let mut columns = vec!["t.id".to_owned(), "t.experiment_id".to_owned()];
        columns.push("x.project_id".to_owned());
        columns.push(micros("coalesce(t.timestamp, x.timestamp)"));
        for (column, kind) in [
            ("os", "text"),
            ("python_version", "text"),
            ("codecarbon_version", "text"),
            ("cpu_count", "bigint"),
            ("cpu_model", "text"),
            ("gpu_count", "bigint"),
            ("gpu_model", "text"),
            ("longitude", "float8"),
            ("latitude", "float8"),
            ("region", "text"),
            ("provider", "text"),
            ("ram_total_size", "float8"),
            ("tracking_mode", "text"),
        ] {
            columns.push(source.column("runs", column, kind).await?);
        }
        let from = "runs t LEFT JOIN experiments x ON x.id = t.experiment_id";
        let mut rows = source.read("runs", &columns.join(", "), from).await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let (id, experiment): (Uuid, Option<Uuid>) = (row.next()?, row.next()?);
                let Some(experiment) = experiment.filter(|id| known.experiments.contains(id))
                else {
                    done.left_out += 1;
                    continue;
                };
                let project: Uuid = row.next()?;
                let timestamp = row.next::<Option<i64>>()?.unwrap_or(now.micros());
                let mut params =
                    vec![id.into(), experiment.into(), project.into(), timestamp.into()];
                for _ in 0..13 {
                    let mut fact: Cell = row.next()?;
                    if fact.check().is_err() {
                        fact = Cell::Null;
                        done.repaired_figures += 1;
                    }
                    params.push(fact);
                }
                params.extend([Cell::Null, Cell::Null]); // No host, and no sources.
                puts.push(Put { id, params });
            }
            let sql = format!(
                "INSERT INTO runs (id, experiment_id, project_id, timestamp_us, {FACTS}) VALUES \
                 ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
                 ON CONFLICT (id) DO NOTHING"
            );
            let here = self.put(puts, &sql, "SELECT id FROM runs WHERE id = $1", done).await?;
            done.runs += here.len() as u64;
            known.runs.extend(here);
        }
        Ok(())
    }

    pub(super) async fn import_telemetry(
        &self,
        source: &mut Source,
        done: &mut Imported,
    ) -> Result<()> {
        if !source.has("telemetry", "telemetry_level").await? {
            return Ok(());
        }
        let columns = format!(
            "t.id, {}, CAST(t.telemetry_level AS TEXT), \
             CAST(jsonb_strip_nulls(to_jsonb(t) - 'id') AS TEXT)",
            micros("t.timestamp")
        );
        let mut rows = source.read("telemetry", &columns, "telemetry t").await?;
        while let Some(part) = rows.next(PART).await? {
            let mut puts = Vec::new();
            for mut row in part {
                let id: Uuid = row.next()?;
                let at = row.next::<Option<i64>>()?.unwrap_or_default();
                let (level, body): (String, String) = (row.next()?, row.next()?);
                let params = vec![id.into(), at.into(), level.into(), body.into()];
                puts.push(Put { id, params });
            }
            let sql = "INSERT INTO telemetry (id, at_us, level, body) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (id) DO NOTHING";
            let find = "SELECT id FROM telemetry WHERE id = $1";
            done.telemetry += self.put(puts, sql, find, done).await?.len() as u64;
        }
        Ok(())
    }

    async fn put_organizations(
        &self,
        puts: Vec<Put>,
        done: &mut Imported,
        known: &mut Known,
    ) -> Result<u64> {
        let sql = "INSERT INTO organizations (id, name, description, created_us) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";
        let find = "SELECT id FROM organizations WHERE id = $1";
        let here = self.put(puts, sql, find, done).await?;
        let count = here.len() as u64;
        known.organizations.extend(here);
        Ok(count)
    }

    /// Inserts rows in one transaction. The ids that are here afterwards; the others are counted as
    /// left out.
    async fn put(
        &self,
        puts: Vec<Put>,
        sql: &str,
        find: &'static str,
        done: &mut Imported,
    ) -> Result<Vec<Uuid>> {
        let (all, sql) = (puts.len() as u64, sql.to_owned());
        let here: Vec<Uuid> = self
            .write(move |session| {
                Box::pin(async move {
                    let mut here = Vec::with_capacity(puts.len());
                    for put in puts {
                        let is_new = session.touches(&sql, &put.params).await?;
                        let is_here = is_new
                            || session.value::<Uuid>(find, &[put.id.into()]).await?.is_some();
                        here.extend(is_here.then_some(put.id));
                    }
                    Ok(here)
                })
            })
            .await?;
        done.left_out += all - here.len() as u64;
        Ok(here)
    }
}
