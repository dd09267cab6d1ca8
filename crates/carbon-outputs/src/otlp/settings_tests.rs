//! Which setting and which variable decides.

use carbon_tracker::config::Config;

use super::*;

fn config(settings: &[(&str, &str)]) -> Config {
    let mut config = Config::default();
    for (key, value) in settings {
        assert!(config.set(key, value).unwrap(), "{key}");
    }
    config
}

fn of(settings: &[(&str, &str)], environment: &[(&str, &str)]) -> Result<OtlpSettings, OtlpError> {
    let look = |name: &str| {
        environment.iter().find(|(k, _)| *k == name).map(|(_, value)| (*value).to_owned())
    };
    OtlpSettings::from_config(&config(settings), &look)
}

fn endpoint_of(settings: &[(&str, &str)], environment: &[(&str, &str)]) -> String {
    of(settings, environment).unwrap().endpoint
}

const ALL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const METRICS: &str = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";

#[test]
fn an_endpoint_is_understood_with_and_without_its_path() {
    for given in ["http://c:4318", "c:4318", "http://c:4318/", "http://c:4318/v1/metrics"] {
        assert_eq!(endpoint_of(&[("otlp_endpoint", given)], &[]), "http://c:4318/v1/metrics");
    }
    let nested = endpoint_of(&[("otlp_endpoint", "https://c/otlp/")], &[]);
    assert_eq!(nested, "https://c/otlp/v1/metrics");
    let grpc = [("otlp_endpoint", "https://c:4317"), ("otlp_protocol", "grpc")];
    assert_eq!(endpoint_of(&grpc, &[]), "https://c:4317");
}

#[test]
fn without_a_setting_the_variables_decide_and_without_these_the_collector_is_local() {
    assert_eq!(endpoint_of(&[], &[(ALL, "http://e:1/x")]), "http://e:1/x/v1/metrics");
    let both = [(ALL, "http://e:1"), (METRICS, "http://m:2/as-it-is")];
    assert_eq!(endpoint_of(&[], &both), "http://m:2/as-it-is");
    assert_eq!(endpoint_of(&[("otlp_endpoint", "s:3")], &both), "http://s:3/v1/metrics");
    assert_eq!(endpoint_of(&[], &[]), "http://localhost:4318/v1/metrics");
    assert_eq!(endpoint_of(&[("otlp_protocol", "grpc")], &[]), "http://localhost:4317");
    assert_eq!(endpoint_of(&[], &[(ALL, " ")]), "http://localhost:4318/v1/metrics");
}

#[test]
fn the_protocol_is_the_settings_or_else_the_variables() {
    let grpc = [("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")];
    assert_eq!(of(&[], &grpc).unwrap().protocol, OtlpProtocol::Grpc);
    assert_eq!(of(&[("otlp_protocol", "http")], &grpc).unwrap().protocol, OtlpProtocol::Http);
    let json = of(&[], &[("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json")]).unwrap_err();
    assert!(json.to_string().contains("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"), "{json}");
}

#[test]
fn headers_add_up_and_the_nearer_source_wins() {
    let environment = [
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,B=2 , c=x%20y"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "b=3"),
    ];
    let settings = of(&[("otlp_headers", "A=hidden=,d=5")], &environment).unwrap();
    let shown = format!("{settings:?}");
    assert!(!shown.contains("hidden"), "{shown}");
    let mut headers: Vec<(String, String)> =
        settings.headers.into_iter().map(|(k, v)| (k, v.expose().to_owned())).collect();
    headers.sort();
    let expected = [("a", "hidden="), ("b", "3"), ("c", "x y"), ("d", "5")];
    assert_eq!(headers, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
}

#[test]
fn a_bad_header_is_named_by_its_place_and_not_shown() {
    for list in ["ok=1,secret", "ok=1,se cret=1", "ok=1,x=secret%0d%0ay: z"] {
        let error = of(&[("otlp_headers", list)], &[]).unwrap_err().to_string();
        assert!(error.contains("item 2 of otlp_headers"), "{error}");
        assert!(!error.contains("secret") && !error.contains("se cret"), "{error}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    for given in ["ftp://c", "http://", "://x", "http://a b"] {
        let error = of(&[("otlp_endpoint", given)], &[]).unwrap_err();
        assert!(error.to_string().contains("otlp_endpoint"), "{given}: {error}");
    }
}

#[test]
fn the_other_variables_are_heard() {
    let settings = of(
        &[],
        &[
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "250"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem"),
            ("OTEL_SERVICE_NAME", "trainer"),
            ("OTEL_RESOURCE_ATTRIBUTES", "team=green%2Cblue,service.version=1"),
        ],
    )
    .unwrap();
    assert!(settings.gzip);
    assert_eq!(settings.timeout, Duration::from_millis(250));
    assert_eq!(settings.authorities, Some("/ca.pem".into()));
    assert_eq!(settings.service_name.as_deref(), Some("trainer"));
    let team = ("team".to_owned(), "green,blue".to_owned());
    assert_eq!(settings.attributes, [team, ("service.version".to_owned(), "1".to_owned())]);
    let own = of(&[("ca_bundle", "/own.pem")], &[("OTEL_EXPORTER_OTLP_CERTIFICATE", "/ca.pem")]);
    assert_eq!(own.unwrap().authorities, Some("/own.pem".into()));
    let impatient = of(&[("api_stop_wait_secs", "0.5")], &[]).unwrap();
    assert_eq!(impatient.stop_wait, Duration::from_millis(500));
    assert_eq!(of(&[], &[]).unwrap().stop_wait, LONGEST_STOP_WAIT);
}

#[test]
fn logfire_is_found_by_the_region_of_its_token() {
    let of = |environment: &[(&str, &str)]| {
        let look = |name: &str| {
            environment.iter().find(|(k, _)| *k == name).map(|(_, value)| (*value).to_owned())
        };
        OtlpSettings::logfire(&Config::default(), &look)
    };
    let endpoint = |token| of(&[("LOGFIRE_TOKEN", token)]).unwrap().endpoint;
    assert_eq!(endpoint("pylf_v1_eu_x"), "https://logfire-eu.pydantic.dev/v1/metrics");
    assert_eq!(endpoint("pylf_v1_us_x"), "https://logfire-us.pydantic.dev/v1/metrics");
    assert_eq!(endpoint("old"), "https://logfire-us.pydantic.dev/v1/metrics");
    let own = of(&[("LOGFIRE_TOKEN", "hidden"), ("LOGFIRE_BASE_URL", "http://l:9")]).unwrap();
    assert_eq!(own.endpoint, "http://l:9/v1/metrics");
    assert_eq!(own.headers[0].0, "authorization");
    assert_eq!(own.headers[0].1.expose(), "hidden");
    assert!(!format!("{own:?}").contains("hidden"));
    assert!(matches!(of(&[]), Err(OtlpError::NoToken)));
}
