//! Grid answers: golden values, ranges, resolution of every country, age of the rows.

use carbon_factors::{
    GridBasis, Resolution, Scope, Table, countries, country, country_grid, region_grid, world_grid,
    zone_grid,
};

fn g(factor: Option<carbon_factors::GridFactor>) -> f64 {
    factor.expect("a factor").g_per_kwh()
}

fn near(value: f64, expected: f64) {
    assert!((value - expected).abs() < 6e-4, "{value} is not {expected}");
}

#[test]
fn codecarbon_countries_answer_their_golden_values() {
    for (iso3, expected) in [
        ("USA", 369.473),
        ("CAN", 170.043),
        ("FRA", 56.039),
        ("DEU", 380.95),
        ("GBR", 237.589),
        ("CHN", 582.317),
        ("IND", 713.441),
        ("SWE", 40.695),
        ("NOR", 30.08),
        ("FIN", 79.158),
        ("ZAF", 707.686),
        ("TWN", 642.378),
        ("HKG", 699.499),
        ("TKM", 1306.025),
        ("CAF", 26.0),
    ] {
        assert_eq!(g(country_grid(iso3, None, Table::CodeCarbon)), expected, "{iso3}");
    }
    assert_eq!(world_grid(Table::CodeCarbon).g_per_kwh(), 475.0);
    let antarctica = country_grid("ATA", None, Table::CodeCarbon).expect("a factor");
    assert_eq!((antarctica.g_per_kwh(), antarctica.resolution), (475.0, Resolution::World));
}

#[test]
fn codecarbon_states_answer_their_golden_values_for_their_year() {
    for (state, expected) in [
        ("california", 205.269),
        ("illinois", 368.008),
        ("texas", 476.057),
        ("washington", 84.751),
        ("west virginia", 896.188),
    ] {
        near(g(region_grid("USA", state, Some(2016), Table::CodeCarbon)), expected);
    }
    // Version 3.3.2 has the eGRID of 2023 instead.
    near(g(region_grid("USA", "california", None, Table::CodeCarbon)), 179.064);
}

#[test]
fn codecarbon_provinces_answer_their_golden_values() {
    for (province, expected) in [
        ("british columbia", 21.666),
        ("newfoundland and labrador", 4.754),
        ("saskatchewan", 654.935),
        ("prince edward island", 17.931),
        ("ontario", 64.722),
        ("nova scotia", 576.249),
        ("quebec", 3.937),
        ("alberta", 627.675),
        ("manitoba", 5.274),
        ("northwest territories", 140.053),
        ("new brunswick", 246.657),
        ("nunavut", 815.055),
        ("yukon", 272.487),
    ] {
        near(g(region_grid("CAN", province, None, Table::CodeCarbon)), expected);
    }
}

#[test]
fn current_countries_answer_ember_of_2024() {
    for (iso3, expected) in [
        ("FRA", 44.2),
        ("DEU", 342.1),
        ("GBR", 215.8),
        ("USA", 383.6),
        ("CHN", 557.5),
        ("IND", 709.0),
        ("POL", 615.0),
        ("SWE", 35.9),
        ("CAN", 185.0),
    ] {
        let factor = country_grid(iso3, Some(2026), Table::Current).expect("a factor");
        assert!((factor.g_per_kwh() - expected).abs() < 0.06, "{iso3} {}", factor.g_per_kwh());
        assert_eq!(factor.year, 2024);
        assert_eq!((factor.scope, factor.basis), (Scope::Lifecycle, GridBasis::Production));
        assert_eq!(factor.source.id, "ember-2024");
    }
}

#[test]
fn a_run_of_an_earlier_year_is_priced_with_that_year() {
    let factor = country_grid("France", Some(2023), Table::Current).expect("a factor");
    assert_eq!((factor.year, factor.g_per_kwh()), (2023, 56.039));
    let factor = zone_grid("SE-SE3", Some(2021)).expect("a factor");
    assert_eq!(factor.year, 2021);
}

#[test]
fn every_country_code_answers_with_a_lifecycle_value_or_the_world() {
    let mut world = Vec::new();
    for place in countries() {
        for code in [place.iso3, place.iso2, place.name] {
            assert_eq!(country(code).map(|c| c.iso3), Some(place.iso3), "{code}");
        }
        let factor = country_grid(place.iso3, Some(2025), Table::Current).expect("a factor");
        assert_eq!(factor.scope, Scope::Lifecycle, "{}", place.iso3);
        if factor.resolution == Resolution::World {
            world.push(place.iso3);
            let range = factor.intensity;
            assert_eq!(range.high.g_per_kwh(), 2.0 * range.value.g_per_kwh());
        }
    }
    // Islands and outposts without a grid row and without a neighbour's cable.
    assert_eq!(
        world,
        [
            "AIA", "ATA", "ATF", "BES", "BVT", "CCK", "CXR", "HMD", "IOT", "MHL", "MNP", "NFK",
            "NIU", "PCN", "SXM", "TKL", "TUV", "UMI", "WLF"
        ]
    );
}

#[test]
fn countries_answer_by_the_names_that_people_and_services_use() {
    for (name, iso3) in [
        ("France", "FRA"),
        ("fr", "FRA"),
        (" fra ", "FRA"),
        ("China", "CHN"),
        ("United States", "USA"),
        ("United States of America", "USA"),
        ("UK", "GBR"),
        ("South Korea", "KOR"),
        ("Côte d'Ivoire", "CIV"),
        ("Russia", "RUS"),
        ("Türkiye", "TUR"),
        ("Kosovo", "XKX"),
    ] {
        assert_eq!(country(name).map(|c| c.iso3), Some(iso3), "{name}");
    }
    assert_eq!(country("CHN").map(|c| c.name), Some("China"));
    assert_eq!(country("Atlantis"), None);
}

#[test]
fn enclaves_answer_with_the_grid_that_supplies_them() {
    for (place, supplier) in
        [("MCO", "FRA"), ("SMR", "ITA"), ("VAT", "ITA"), ("LIE", "CHE"), ("AND", "ESP")]
    {
        let factor = country_grid(place, None, Table::Current).expect("a factor");
        assert_eq!(factor.resolution, Resolution::GridOf(supplier));
        assert_eq!(factor.zone, supplier);
    }
}

#[test]
fn a_state_and_its_country_have_one_scope() {
    let cases = [("USA", "california"), ("CAN", "Québec"), ("SWE", "SE3"), ("CHN", "Beijing")];
    for (country_name, region) in cases {
        for table in [Table::Current, Table::ElectricityMaps] {
            let state = region_grid(country_name, region, None, table).expect("a state");
            let country = country_grid(country_name, None, table).expect("a country");
            assert_eq!(state.scope, country.scope, "{country_name} {region} {table:?}");
        }
    }
    let state = region_grid("USA", "california", None, Table::Direct).expect("a state");
    let nation = country_grid("USA", None, Table::Direct).expect("a nation");
    assert_eq!((state.scope, nation.scope), (Scope::Direct, Scope::Direct));
    assert_eq!((state.year, nation.year), (2023, 2023));
    assert!(state.g_per_kwh() < nation.g_per_kwh());
    assert!(country_grid("CAN", None, Table::Direct).is_some());
    assert!(country_grid("FRA", None, Table::Direct).is_none());
}

#[test]
fn regions_answer_by_any_of_their_names() {
    let zones = [
        ("USA", "California", "US-CAL-CISO"),
        ("USA", "us-ca", "US-CAL-CISO"),
        ("US", "CA", "US-CAL-CISO"),
        ("USA", "US-CAL-CISO", "US-CAL-CISO"),
        ("USA", "State of New York", "US-NY-NYIS"),
        ("canada", "quebec", "CA-QC"),
        ("CAN", "Québec", "CA-QC"),
        ("SWE", "se3", "SE-SE3"),
        ("NOR", "NO-NO4", "NO-NO4"),
        ("AUS", "New South Wales", "AU-NSW"),
        ("USA", "Washington, D.C.", "US-MIDA-PJM"),
        ("USA", "Commonwealth of Massachusetts", "US-NE-ISNE"),
        ("CAN", "Newfoundland & Labrador", "CA-NL"),
        ("CAN", "P.E.I.", "CA-PE"),
        ("CAN", "NWT", "CA-NT"),
        ("JPN", "Tokyo Prefecture", "JP-TK"),
        ("IND", "Orissa", "IN-EA"),
    ];
    for (country_name, region, zone) in zones {
        let factor = region_grid(country_name, region, None, Table::Current).expect("a factor");
        assert_eq!(factor.zone, zone, "{country_name} {region}");
    }
    let unknown = region_grid("FRA", "Ile-de-France", None, Table::Current).expect("a factor");
    assert_eq!((unknown.zone, unknown.resolution), ("FRA", Resolution::Country));
    let china = region_grid("CHN", "Sichuan province", None, Table::CodeCarbon).expect("a factor");
    assert_eq!((china.zone, china.scope), ("CN-SC", Scope::Direct));
}

#[test]
fn every_us_state_canadian_province_and_nordic_zone_has_a_lifecycle_zone() {
    let states = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT \
                  NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY";
    assert_eq!(states.split(' ').count(), 51);
    let provinces = "AB BC MB NB NL NS NT NU ON PE QC SK YT";
    let nordic = [("SWE", "SE1 SE2 SE3 SE4"), ("NOR", "NO1 NO2 NO3 NO4 NO5"), ("FIN", "FI")];
    let all = [("USA", states), ("CAN", provinces)].into_iter().chain(nordic);
    for (country_name, regions) in all {
        for region in regions.split(' ') {
            let factor = region_grid(country_name, region, Some(2025), Table::Current);
            let factor = factor.expect("a factor");
            assert!(
                matches!(factor.resolution, Resolution::Own | Resolution::SharedZone),
                "{region}: {factor:?}"
            );
            assert_eq!(factor.year, 2025);
            let compatible = region_grid(country_name, region, None, Table::CodeCarbon);
            assert_eq!(compatible.expect("a factor").resolution, Resolution::Own, "{region}");
        }
    }
}

#[test]
fn the_interval_widens_with_age_distance_and_ignorance() {
    let ratio = |factor: carbon_factors::GridFactor| {
        let range = factor.intensity;
        let (up, down) = (
            range.high.g_per_kwh() / range.value.g_per_kwh(),
            range.value.g_per_kwh() / range.low.g_per_kwh(),
        );
        assert!((up - down).abs() < 1e-9);
        up
    };
    let france = |year| ratio(country_grid("FRA", year, Table::Current).expect("a factor"));
    near(france(Some(2024)), 1.15);
    near(france(Some(2025)), 1.2);
    near(france(None), 1.2);
    near(france(Some(2026)), 1.3);
    let shared = region_grid("USA", "Virginia", Some(2025), Table::Current).expect("a factor");
    assert_eq!(shared.resolution, Resolution::SharedZone);
    near(ratio(shared), (1.15_f64.ln().hypot(1.3_f64.ln())).exp());
    near(ratio(world_grid(Table::Current)), 2.0);
}

/// Lifecycle: hydropower has the lowest plausible country average, inefficient gas the highest.
#[test]
fn no_value_lies_outside_the_range_of_its_sources() {
    for place in countries() {
        for table in [Table::Current, Table::ElectricityMaps, Table::CodeCarbon] {
            for year in 2016..=2026 {
                let value = g(country_grid(place.iso3, Some(year), table));
                assert!((11.0..=1310.0).contains(&value), "{} {table:?} {value}", place.iso3);
            }
        }
        if let Some(marginal) = country_grid(place.iso3, None, Table::Marginal) {
            assert!((0.0..=2500.0).contains(&marginal.g_per_kwh()), "{}", place.iso3);
            assert_eq!(marginal.scope, Scope::Direct);
        }
    }
}

/// A list, so that a row which grows old is seen: whoever refreshes the data shortens it.
#[test]
fn stale_rows_are_named() {
    let stale: Vec<_> = countries()
        .filter_map(|c| {
            let factor = country_grid(c.iso3, None, Table::Current)?;
            let own = factor.resolution == Resolution::Own;
            (own && factor.year < 2024).then_some((c.iso3, factor.year))
        })
        .collect();
    assert_eq!(stale, [("BMU", 2022), ("ESH", 2009), ("SHN", 2022)]);
}

#[test]
fn shares_of_the_grid_are_percentages_and_renewable_is_within_carbon_free() {
    for place in countries() {
        let factor = country_grid(place.iso3, None, Table::ElectricityMaps).expect("a factor");
        let shares = factor.renewable_percent.zip(factor.carbon_free_percent);
        if let Some((renewable, free)) = shares {
            assert!(renewable <= free + 1.0 && free <= 100.0, "{}", place.iso3);
        }
    }
}

#[test]
fn a_mix_adds_up_to_a_hundred_percent() {
    let mut seen = 0;
    let provinces = ["quebec", "alberta", "ontario"].map(|p| ("CAN", Some(p)));
    let all = countries().map(|c| (c.iso3, None)).chain(provinces);
    for (place, region) in all {
        let Some(m) = carbon_factors::mix(place, region) else { continue };
        let parts =
            m.coal + m.oil + m.gas + m.nuclear + m.hydro + m.wind + m.solar + m.bio + m.other;
        assert!((parts - 100.0).abs() < 0.05, "{place} {region:?}: {parts}");
        seen += 1;
    }
    assert!(seen > 200, "{seen} mixes");
}
