//! What is stored, as the published API shows it.

use carbon_api as wire;
use carbon_store::{
    Emission, Experiment, Member, Organization, Project, ProjectToken, Run, Sums, Timestamp,
};

use crate::app::App;
use crate::wire::Micros;

impl App {
    /// A point in time as it is answered.
    pub(crate) fn time(&self, time: Timestamp) -> String {
        let time = Micros::from(time);
        if self.settings().times_with_zone { time.utc() } else { time.naive() }
    }

    pub(crate) fn experiment(&self, experiment: Experiment) -> wire::Experiment {
        wire::Experiment {
            name: experiment.name,
            description: experiment.description,
            country_name: experiment.country_name,
            country_iso_code: experiment.country_iso_code,
            region: experiment.region,
            on_cloud: Some(experiment.on_cloud),
            cloud_provider: experiment.cloud_provider,
            cloud_region: experiment.cloud_region,
            timestamp: Some(self.time(experiment.timestamp)),
            project_id: experiment.project_id.to_string(),
            id: experiment.id.to_string(),
        }
    }

    pub(crate) fn run(&self, run: Run) -> wire::Run {
        let facts = run.facts;
        wire::Run {
            timestamp: self.time(run.timestamp),
            experiment_id: run.experiment_id.to_string(),
            os: facts.os,
            python_version: facts.python_version,
            codecarbon_version: facts.codecarbon_version,
            cpu_count: facts.cpu_count,
            cpu_model: facts.cpu_model,
            gpu_count: facts.gpu_count,
            gpu_model: facts.gpu_model,
            longitude: facts.longitude,
            latitude: facts.latitude,
            region: facts.region,
            provider: facts.provider,
            ram_total_size: facts.ram_total_size,
            tracking_mode: facts.tracking_mode,
            id: run.id.to_string(),
        }
    }

    pub(crate) fn emission(&self, row: &Emission) -> wire::Emission {
        let measured = &row.measured;
        wire::Emission {
            timestamp: self.time(row.timestamp),
            run_id: row.run_id.to_string(),
            duration: whole_seconds(measured.duration_s),
            emissions_sum: measured.emissions_kg,
            emissions_rate: measured.emissions_rate_kg_s,
            energy_consumed: measured.energy_kwh,
            cpu_power: measured.cpu_power_w,
            gpu_power: measured.gpu_power_w,
            ram_power: measured.ram_power_w,
            cpu_energy: measured.cpu_energy_kwh,
            gpu_energy: measured.gpu_energy_kwh,
            ram_energy: measured.ram_energy_kwh,
            cpu_utilization_percent: measured.cpu_utilization_percent,
            gpu_utilization_percent: measured.gpu_utilization_percent,
            ram_utilization_percent: measured.ram_utilization_percent,
            wue: Some(measured.wue),
            id: row.id.to_string(),
        }
    }

    pub(crate) fn token(&self, token: ProjectToken, secret: Option<String>) -> wire::ProjectToken {
        wire::ProjectToken {
            id: token.id.to_string(),
            project_id: token.project_id.to_string(),
            name: token.name,
            token: secret,
            last_used: token.last_used.map(|time| self.time(time)),
            access: token.access,
            revoked: token.is_revoked,
        }
    }

    pub(crate) fn experiment_report(&self, of: Experiment, sums: &Sums) -> wire::ExperimentReport {
        wire::ExperimentReport {
            name: of.name,
            description: of.description,
            country_name: of.country_name,
            country_iso_code: of.country_iso_code,
            region: of.region,
            on_cloud: of.on_cloud,
            cloud_provider: of.cloud_provider,
            cloud_region: of.cloud_region,
            timestamp: self.time(of.timestamp),
            project_id: of.project_id.to_string(),
            experiment_id: of.id.to_string(),
            figures: figures(sums, whole_seconds(sums.duration_s)),
        }
    }

    pub(crate) fn run_report(&self, of: Run, sums: &Sums) -> wire::RunReport {
        let facts = of.facts;
        wire::RunReport {
            timestamp: self.time(of.timestamp),
            experiment_id: of.experiment_id.to_string(),
            os: facts.os,
            python_version: facts.python_version,
            codecarbon_version: facts.codecarbon_version,
            cpu_count: facts.cpu_count,
            cpu_model: facts.cpu_model,
            gpu_count: facts.gpu_count,
            gpu_model: facts.gpu_model,
            longitude: facts.longitude,
            latitude: facts.latitude,
            region: facts.region,
            provider: facts.provider,
            ram_total_size: facts.ram_total_size,
            tracking_mode: facts.tracking_mode,
            run_id: of.id.to_string(),
            figures: figures(sums, sums.duration_s),
        }
    }
}

pub(crate) fn organization(organization: Organization) -> wire::Organization {
    wire::Organization {
        name: organization.name,
        description: organization.description,
        id: organization.id.to_string(),
    }
}

pub(crate) fn project(project: Project, experiments: Vec<String>) -> wire::Project {
    wire::Project {
        name: project.name,
        description: project.description,
        organization_id: project.organization_id.to_string(),
        id: project.id.to_string(),
        experiments,
        public: Some(project.is_public),
    }
}

/// A member as the published list shows it; the role is told beside it.
pub(crate) fn member(organization_id: &str, member: Member) -> wire::OrganizationUser {
    wire::OrganizationUser {
        email: member.user.email,
        id: member.user.id.to_string(),
        name: member.user.name,
        organizations: None,
        is_active: member.user.is_active,
        organization_id: organization_id.to_owned(),
        is_admin: member.role == carbon_store::Role::Admin,
        role: member.role.name().to_owned(),
    }
}

pub(crate) fn organization_report(of: Organization, sums: &Sums) -> wire::OrganizationReport {
    wire::OrganizationReport {
        name: of.name,
        description: of.description,
        organization_id: of.id.to_string(),
        figures: figures(sums, whole_seconds(sums.duration_s)),
    }
}

pub(crate) fn project_report(of: Project, sums: &Sums) -> wire::ProjectReport {
    wire::ProjectReport {
        name: of.name,
        description: of.description,
        organization_id: of.organization_id.to_string(),
        project_id: of.id.to_string(),
        figures: figures(sums, whole_seconds(sums.duration_s)),
    }
}

/// The figures that all reports share. Every one is a number, also where there are no rows; only a
/// utilisation that nobody told is null.
fn figures<D>(sums: &Sums, duration: D) -> wire::ReportFigures<D> {
    let mean = |average: carbon_store::Average| average.mean().unwrap_or_default();
    wire::ReportFigures {
        emissions: sums.emissions_kg,
        cpu_power: mean(sums.cpu_power),
        gpu_power: mean(sums.gpu_power),
        ram_power: mean(sums.ram_power),
        cpu_energy: sums.cpu_energy_kwh,
        gpu_energy: sums.gpu_energy_kwh,
        ram_energy: sums.ram_energy_kwh,
        energy_consumed: sums.energy_kwh,
        duration,
        emissions_rate: mean(sums.emissions_rate),
        emissions_count: sums.emissions_rate.count,
        cpu_utilization_percent: sums.cpu_utilization.mean(),
        gpu_utilization_percent: sums.gpu_utilization.mean(),
        ram_utilization_percent: sums.ram_utilization.mean(),
    }
}

/// The published API counts whole seconds; less than half of one is still one.
fn whole_seconds(duration_s: f64) -> u64 {
    if duration_s > 0.0 { (duration_s.round() as u64).max(1) } else { 0 }
}
