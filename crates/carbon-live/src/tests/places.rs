//! Where a machine stands: its cloud, its address, or a guess; and that nobody else is asked.

use std::time::Duration;

use carbon_testkit::http::Reply;
use carbon_tracker::Outcome;
use carbon_tracker::config::Config;
use carbon_tracker::location::KnownBy;

use super::support::{Asked, Service, close, config, machine, means};
use crate::{Addresses, Means};

const EC2: &str = "== sys/class/dmi/id/sys_vendor = Amazon EC2\n\
                   == sys/class/dmi/id/product_name = m5.large\n\
                   == sys/class/dmi/id/bios_vendor = Amazon EC2\n\
                   == sys/class/dmi/id/chassis_asset_tag = Amazon EC2\n";
const EC2_XEN: &str = "== sys/class/dmi/id/sys_vendor = Xen\n\
                       == sys/class/dmi/id/product_name = HVM domU\n\
                       == sys/class/dmi/id/bios_version = 4.11.amazon\n";
const AZURE: &str = "== sys/class/dmi/id/sys_vendor = Microsoft Corporation\n\
                     == sys/class/dmi/id/product_name = Virtual Machine\n\
                     == sys/class/dmi/id/chassis_asset_tag = 7783-7084-3265-9085-8269-3286-77\n";
const HYPER_V: &str = "== sys/class/dmi/id/sys_vendor = Microsoft Corporation\n\
                       == sys/class/dmi/id/product_name = Virtual Machine\n\
                       == sys/class/dmi/id/chassis_asset_tag = 1234\n";
const GCP: &str = "== sys/class/dmi/id/sys_vendor = Google\n\
                   == sys/class/dmi/id/product_name = Google Compute Engine\n\
                   == sys/class/dmi/id/bios_vendor = Google\n";
const CHROMEBOOK: &str = "== sys/class/dmi/id/sys_vendor = Google\n\
                          == sys/class/dmi/id/product_name = Pixel\n";
const PARIS: &str = "== etc/localtime -> /usr/share/zoneinfo/Europe/Paris\n";

/// All three metadata services in one.
fn metadata() -> Service {
    let service = Service::new();
    service.answer("/latest/api/token", Reply::new(200, "a-session"));
    service.answer(
        "/latest/dynamic/instance-identity/document",
        Reply::json(
            200,
            r#"{"accountId":"123456789012","region":"eu-west-3","version":"2017-09-30"}"#,
        ),
    );
    service.answer(
        "/metadata/instance/compute",
        Reply::json(200, r#"{"location":"francecentral","name":"vm"}"#),
    );
    let zone = Reply::new(200, "projects/123456789012/zones/europe-west10-b");
    service.answer("/computeMetadata/v1/instance/zone", zone);
    service
}

fn at(service: &Service, base: Means) -> Means {
    let url = || service.url();
    Means { addresses: Addresses { aws: url(), azure: url(), gcp: url() }, ..base }
}

/// A second of a run on a machine, with what was asked before it ended.
fn run(firmware: &str, config: &Config, service: &Service, by_address: bool) -> Outcome {
    let fake = machine(firmware);
    let mut asked = Asked::with(&fake, config, at(service, means(&fake)), by_address);
    asked.pass(Duration::from_secs(1));
    asked.stop()
}

fn cloud_of(outcome: &Outcome) -> (String, String) {
    (outcome.record.cloud_provider.clone(), outcome.record.cloud_region.clone())
}

#[test]
fn aws_tells_its_region_in_a_session() {
    for firmware in [EC2, EC2_XEN] {
        let service = metadata();
        let outcome = run(firmware, &Config::default(), &service, false);
        assert_eq!(cloud_of(&outcome), ("aws".to_owned(), "eu-west-3".to_owned()));
        assert_eq!(outcome.record.country_iso_code.as_deref(), Some("FRA"));
        assert_eq!(outcome.record.on_cloud, "Y");
        assert_eq!(outcome.location.known_by, KnownBy::CloudMetadata);
        assert!(outcome.warnings.is_empty(), "{:?}", outcome.warnings);
        let heard = service.server.heard();
        assert_eq!((heard[0].method.as_str(), heard.len()), ("PUT", 2));
        assert!(heard[0].header("x-aws-ec2-metadata-token-ttl-seconds").is_some());
        assert_eq!(heard[1].header("x-aws-ec2-metadata-token"), Some("a-session"));
    }
}

#[test]
fn an_older_service_of_aws_is_asked_without_a_session() {
    let service = metadata();
    service.answer("/latest/api/token", Reply::new(404, ""));
    let outcome = run(EC2, &Config::default(), &service, false);
    assert_eq!(outcome.record.cloud_region, "eu-west-3");
    assert_eq!(service.server.heard()[1].header("x-aws-ec2-metadata-token"), None);
}

#[test]
fn azure_and_google_keep_their_regions() {
    let service = metadata();
    let outcome = run(AZURE, &Config::default(), &service, false);
    assert_eq!(cloud_of(&outcome), ("azure".to_owned(), "francecentral".to_owned()));
    assert_eq!(service.server.heard()[0].header("metadata"), Some("true"));
    let service = metadata();
    let outcome = run(GCP, &Config::default(), &service, false);
    assert_eq!(cloud_of(&outcome), ("gcp".to_owned(), "europe-west10".to_owned()));
    assert_eq!(outcome.record.country_iso_code.as_deref(), Some("DEU"));
    assert_eq!(service.server.heard()[0].header("metadata-flavor"), Some("Google"));
}

#[test]
fn a_machine_in_no_cloud_asks_nobody() {
    for firmware in ["", HYPER_V, CHROMEBOOK] {
        let service = metadata();
        let outcome = run(firmware, &Config::default(), &service, false);
        assert_eq!(service.calls(), 0);
        assert_eq!(outcome.factors.grid.zone, "WORLD");
        assert_eq!(outcome.location.known_by, KnownBy::Nothing);
    }
}

#[test]
fn who_says_the_place_or_forbids_asking_is_not_asked_for() {
    let service = metadata();
    for settings in [("location_lookup", "off"), ("offline", "true")] {
        let outcome = run(EC2, &config(&[settings]), &service, true);
        assert_eq!(outcome.record.cloud_provider, "");
    }
    let told = config(&[
        ("country_iso_code", "DEU"),
        ("electricitymaps_api_token", "x"),
        ("electricitymaps_url", &service.url()),
    ]);
    let outcome = run(EC2, &told, &service, true);
    assert_eq!(outcome.record.country_iso_code.as_deref(), Some("DEU"));
    assert_eq!(outcome.location.known_by, KnownBy::Configuration);
    assert!(service.server.heard().iter().all(|heard| heard.path.contains("zone=DE")));
}

#[test]
fn a_metadata_service_in_trouble_is_a_warning_and_never_a_cloud() {
    for reply in [
        Reply::new(500, ""),
        Reply::new(200, "<html>captive portal</html>"),
        Reply::new(200, "{\"region\":\"../../etc\"}"),
        Reply::new(200, "x").cut_after(0),
    ] {
        let service = metadata();
        service.answer("/latest/dynamic/instance-identity/document", reply);
        let outcome = run(EC2, &Config::default(), &service, false);
        assert_eq!(outcome.record.cloud_provider, "");
        let said = outcome.warnings.iter().any(|w| w.contains("did not tell the region"));
        assert!(said, "{:?}", outcome.warnings);
    }
}

#[test]
fn a_silent_metadata_service_takes_a_second_in_all() {
    let service = metadata();
    service.answer("/latest/api/token", Reply::new(200, "late").after(Duration::from_secs(3)));
    let fake = machine(EC2);
    let mut asked = Asked::with(&fake, &Config::default(), at(&service, means(&fake)), false);
    asked.means.clock = std::sync::Arc::new(carbon_sensors::SystemClock);
    let began = carbon_sensors::Clock::monotonic(&carbon_sensors::SystemClock);
    asked.step();
    let took = carbon_sensors::Clock::monotonic(&carbon_sensors::SystemClock).saturating_sub(began);
    assert!(took < Duration::from_millis(2500), "{took:?}");
}

fn geo_ip(service: &Service) -> Config {
    service.answer(
        "/geo.json",
        Reply::json(
            200,
            r#"{"country_code3":"USA","country":"United States","country_code":"US",
            "region":"California","latitude":"37.7749","longitude":"-122.4194","ip":"192.0.2.7"}"#,
        ),
    );
    config(&[("geo_ip_url", &format!("{}/geo.json", service.url()))])
}

#[test]
fn an_address_tells_the_place_where_that_is_asked_for() {
    let service = Service::new();
    let mut config = geo_ip(&service);
    let outcome = run("", &config, &service, false);
    assert_eq!((service.calls(), outcome.record.country_iso_code), (0, None));
    let outcome = run("", &config, &service, true);
    assert_eq!(outcome.record.country_iso_code.as_deref(), Some("USA"));
    assert_eq!(outcome.record.region.as_deref(), Some("california"));
    assert_eq!((outcome.record.longitude, outcome.record.latitude), (Some(-122.4), Some(37.8)));
    assert!(
        matches!(&outcome.location.known_by, KnownBy::Address(host) if host.contains("127.0.0.1"))
    );
    assert_eq!(outcome.factors.grid.zone, "USA-california");
    config.set("location_lookup", "ip").unwrap();
    assert_eq!(
        run("", &config, &service, false).record.country_name.as_deref(),
        Some("United States")
    );
    config.set("location_lookup", "cloud").unwrap();
    assert_eq!(run("", &config, &service, true).record.country_name, None);
}

#[test]
fn a_cloud_that_answers_spares_the_question_by_address() {
    let service = metadata();
    let outcome = run(EC2, &geo_ip(&service), &service, true);
    assert_eq!(outcome.record.cloud_region, "eu-west-3");
    assert!(service.server.heard().iter().all(|heard| heard.path != "/geo.json"));
}

#[test]
fn the_answer_of_an_address_is_kept_for_a_day() {
    let service = Service::new();
    let config = geo_ip(&service);
    let folder = tempfile::tempdir().unwrap();
    let fake = machine("");
    let ask = || {
        let means = Means { cache_directory: Some(folder.path().to_owned()), ..means(&fake) };
        let mut asked = Asked::with(&fake, &config, means, true);
        asked.step();
        asked.feed.place().and_then(|place| place.country.clone())
    };
    for _ in 0..2 {
        assert_eq!(ask().as_deref(), Some("USA"));
    }
    assert_eq!(service.calls(), 1);
    fake.advance(Duration::from_hours(25));
    assert_eq!(ask().as_deref(), Some("USA"));
    assert_eq!(service.calls(), 2);
    let kept = std::fs::read_dir(folder.path()).unwrap().flatten().next().unwrap().path();
    assert!(!std::fs::read_to_string(kept).unwrap().contains("192.0.2.7"));
}

#[test]
fn without_an_answer_the_time_zone_is_a_labelled_guess_with_wide_bounds() {
    let service = Service::new();
    let config = geo_ip(&service);
    for reply in [
        Reply::new(500, ""),
        Reply::new(429, ""),
        Reply::json(200, "{}"),
        Reply::json(200, r#"{"country":"Atlantis"}"#),
        Reply::new(200, "x").cut_after(0),
    ] {
        service.answer("/geo.json", reply);
        let outcome = run(PARIS, &config, &service, true);
        assert_eq!(outcome.record.country_iso_code.as_deref(), Some("FRA"));
        let grid = &outcome.factors.grid;
        assert!(grid.assumed);
        close(grid.intensity.high.g_per_kwh(), 2.0 * grid.intensity.value.g_per_kwh());
        let says = |what: &str| outcome.warnings.iter().any(|w| w.contains(what));
        assert!(says("guessed from the time zone Europe/Paris: France"), "{:?}", outcome.warnings);
        assert!(says("could not be asked"), "{:?}", outcome.warnings);
    }
}

#[test]
fn a_place_that_could_not_be_asked_for_is_asked_for_again() {
    let service = Service::new();
    let config = geo_ip(&service);
    service.answer("/geo.json", Reply::new(503, ""));
    let fake = machine("");
    let mut asked = Asked::with(&fake, &config, means(&fake), true);
    asked.pass(Duration::from_mins(9));
    assert_eq!(service.calls(), 1);
    assert_eq!(asked.run.peek().unwrap().record.country_iso_code, None);
    let _ = geo_ip(&service);
    asked.pass(Duration::from_mins(2));
    assert_eq!(asked.run.peek().unwrap().record.country_iso_code.as_deref(), Some("USA"));
    asked.pass(Duration::from_hours(1));
    assert_eq!(service.calls(), 2);
}

#[test]
fn electricity_maps_is_asked_where_the_address_is() {
    let service = Service::new();
    let mut config = geo_ip(&service);
    config.set("electricitymaps_api_token", "hunter2").unwrap();
    config.set("electricitymaps_url", &service.url()).unwrap();
    let value =
        r#"{"zone":"US-CAL-CISO","carbonIntensity":210,"datetime":"2026-01-01T00:00:00.000Z"}"#;
    service.answer(super::support::LATEST, Reply::json(200, value));
    let outcome = run("", &config, &service, true);
    let asked = service.server.heard().iter().map(|heard| heard.path.clone()).collect::<Vec<_>>();
    assert_eq!(asked, ["/geo.json", "/v3/carbon-intensity/latest?lat=37.8&lon=-122.4"]);
    close(outcome.factors.grid.intensity.value.g_per_kwh(), 210.0);
    assert_eq!(outcome.factors.grid.zone, "US-CAL-CISO");
}
