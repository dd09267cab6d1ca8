//! The resolved configuration as a dict, under the names that programs look for in
//! `tracker._conf`.

use carbon_tracker::config::{CallInterval, Config, Iso2, Iso3, LookupName, Secret};
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Every setting by its key, with values of Python's types: seconds, watts, g/kWh and litres per
/// kWh as floats, words as strings, nothing as `None`.
pub(crate) fn conf_dict<'py>(py: Python<'py>, config: &Config) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    macro_rules! put {
        ($($key:ident = $value:expr,)*) => {
            $(dict.set_item(stringify!($key), $value.into_bound_py_any(py)?)?;)*
        };
    }
    let methods: Vec<&str> = config.output_methods.iter().map(|m| m.as_str()).collect();
    let saves = |word: &str| methods.contains(&word);
    put! {
        project_name = config.project_name.as_str(),
        measure_power_secs = config.measure_power_secs.as_secs_f64(),
        api_call_interval = match config.api_call_interval {
            CallInterval::Never => -1,
            CallInterval::Every(n) => i64::from(n.get()),
        },
        api_endpoint = config.api_endpoint.as_str(),
        api_key = config.api_key.as_ref().map(Secret::expose),
        output_dir = config.output_dir.as_os_str(),
        output_file = config.output_file.as_os_str(),
        save_to_file = saves("csv"),
        save_to_api = saves("api"),
        save_to_logger = saves("logger"),
        save_to_prometheus = saves("prometheus"),
        save_to_logfire = saves("logfire"),
        output_methods = methods.as_slice(),
        metadata = config.metadata.as_deref().map(std::path::Path::as_os_str),
        prometheus_url = config.prometheus_url.as_str(),
        gpu_ids = config.gpu_ids.named(),
        emissions_endpoint = config.emissions_endpoint.as_deref(),
        experiment_id = config.experiment_id.as_str(),
        experiment_name = config.experiment_name.as_str(),
        electricitymaps_api_token = config.electricitymaps_api_token.as_ref().map(Secret::expose),
        carbon_intensity_provider = config.carbon_intensity_provider.as_str(),
        carbon_intensity_file = config.carbon_intensity_file.as_deref().map(std::path::Path::as_os_str),
        electricitymaps_zone = config.electricitymaps_zone.as_deref(),
        electricitymaps_url = config.electricitymaps_url.as_str(),
        uk_carbon_intensity_url = config.uk_carbon_intensity_url.as_str(),
        api_timeout_secs = config.api_timeout_secs.as_secs_f64(),
        api_stop_wait_secs = config.api_stop_wait_secs.duration().as_secs_f64(),
        api_spool = config.api_spool,
        prometheus_keep = config.prometheus_keep,
        prometheus_listen = config.prometheus_listen.map(|address| address.to_string()),
        otlp_endpoint = config.otlp_endpoint.as_deref(),
        otlp_protocol = config.otlp_protocol.map(carbon_tracker::config::OtlpProtocol::as_str),
        otlp_headers = config.otlp_headers.as_ref().map(Secret::expose),
        telemetry = config.telemetry.as_str(),
        ca_bundle = config.ca_bundle.as_deref().map(std::path::Path::as_os_str),
        location_lookup = config.location_lookup.as_str(),
        geo_ip_url = config.geo_ip_url.as_str(),
        tracking_mode = config.tracking_mode.as_str(),
        log_level = config.log_level.as_str(),
        on_csv_write = config.on_csv_write.as_str(),
        logger_preamble = config.logger_preamble.as_str(),
        force_cpu_power = config.force_cpu_power.map(carbon_model::Power::watts),
        force_ram_power = config.force_ram_power.map(carbon_model::Power::watts),
        pue = config.pue.ratio(),
        wue = config.wue.litres_per_kwh(),
        force_carbon_intensity_g_co2e_kwh = config
            .force_carbon_intensity_g_co2e_kwh
            .map(carbon_model::Intensity::g_per_kwh),
        force_mode_cpu_load = config.force_mode_cpu_load,
        allow_multiple_runs = config.allow_multiple_runs,
        rapl_include_dram = config.rapl_include_dram,
        rapl_prefer_psys = config.rapl_prefer_psys,
        offline = config.offline,
        country_iso_code = config.country_iso_code.as_ref().map(Iso3::as_str),
        country_2letter_iso_code = config.country_2letter_iso_code.as_ref().map(Iso2::as_str),
        region = config.region.as_ref().map(LookupName::as_str),
        cloud_provider = config.cloud_provider.as_ref().map(LookupName::as_str),
        cloud_region = config.cloud_region.as_ref().map(LookupName::as_str),
        organization_id = config.organization_id.as_deref(),
        project_id = config.project_id.as_deref(),
        sampling_interval_s = config.sampling_interval_s.as_secs_f64(),
        journal = config.journal.as_str(),
        co2_table = config.co2_table.as_str(),
        sysroot = config.sysroot.as_os_str(),
    }
    Ok(dict)
}
