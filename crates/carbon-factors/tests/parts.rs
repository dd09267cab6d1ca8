//! CPU and GPU names, cloud regions, time zones, energy sources, size of the tables.

use carbon_factors::{
    FuelTable, Table, cloud_region, cloud_regions, country_of_time_zone, cpu_power, cpus,
    equivalents, fuel_factor, gpu_power, grid_water, sources,
};
use proptest::prelude::*;

fn watts(brand: &str) -> Option<f64> {
    cpu_power(brand).map(|cpu| cpu.tdp.watts())
}

#[test]
fn brand_strings_that_the_reference_knows_have_its_power() {
    for (brand, expected) in [
        ("AMD EPYC 9654 96-Core Processor", 360.0),
        ("Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", 300.0),
        ("AMD Ryzen 9 7950X 16-Core Processor", 170.0),
        ("Intel(R) Core(TM) Ultra 7 265H", 28.0),
        ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 15.0),
        ("Apple M1", 10.0),
        ("Intel(R) Xeon(R) CPU E5-2673 v4 @ 2.30GHz", 135.0),
        ("Intel(R) Core(TM) i7-8700K CPU @ 3.70GHz", 95.0),
        ("AMD Ryzen 7 5800H with Radeon Graphics", 45.0),
        ("Intel(R) Core(TM)2 Duo CPU     E8400  @ 3.00GHz", 65.0),
    ] {
        assert_eq!(watts(brand), Some(expected), "{brand}");
    }
}

#[test]
fn brand_strings_that_the_reference_misses_have_the_vendors_power() {
    for (brand, expected) in [
        ("13th Gen Intel(R) Core(TM) i7-13700K", 125.0),
        ("12th Gen Intel(R) Core(TM) i9-12900K", 125.0),
        ("Intel(R) Core(TM) i9-14900K", 125.0),
        ("13th Gen Intel(R) Core(TM) i7-13700H", 45.0),
        ("12th Gen Intel(R) Core(TM) i5-1240P", 28.0),
        ("Intel(R) Xeon(R) w9-3495X", 350.0),
        ("AMD EPYC 7B13", 280.0),
        ("AMD EPYC 7R32", 225.0),
        ("AMD EPYC 9R14", 360.0),
        ("AMD EPYC 9V74 80-Core Processor", 360.0),
        ("Intel(R) Xeon(R) Platinum 8488C", 350.0),
        ("Apple M2 Pro", 35.0),
        ("Neoverse-N1", 110.0),
    ] {
        assert_eq!(watts(brand), Some(expected), "{brand}");
    }
}

#[test]
fn names_that_say_too_little_match_nothing() {
    for brand in [
        "",
        "Unknown",
        "Intel(R) Xeon(R) Processor",
        "Intel(R) Xeon(R) CPU @ 2.20GHz",
        "Intel Xeon Processor (Skylake, IBRS)",
        "Intel(R) Xeon(R) Processor @ 2.10GHz",
        "Intel(R) Core(TM) i7",
        "AMD EPYC Processor",
        "AMD EPYC-Rome Processor",
        "AMD Ryzen 7",
        "QEMU Virtual CPU version 2.5+",
        "Common KVM processor",
        "Intel(R) Core(TM) i7-9999Z",
        "Genuine Intel(R) CPU 0000 @ 2.00GHz",
        "Genuine Intel(R) CPU 570 @ 2.26GHz",
        "AMD Processor 750",
        "ARMv8 Processor rev 0 (v8l)",
        "Virtual CPU 714389bda930",
        "Intel Xeon E3-12xx v2 (Ivy Bridge, IBRS)",
        "AMD Opteron 63xx class CPU",
        "AMD Custom APU 0405",
        "9",
        "@@@",
    ] {
        assert_eq!(cpu_power(brand).map(|c| c.name), None, "{brand}");
    }
}

#[test]
fn models_that_differ_in_one_sign_stay_apart() {
    assert_eq!(watts("Intel(R) Xeon(R) CPU E5-2680 0 @ 2.70GHz"), watts("Intel Xeon E5-2680"));
    assert_eq!(watts("Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz"), Some(120.0));
    assert_ne!(watts("Intel Core i5-13600K"), watts("Intel Core i5-13600"));
    assert_eq!(watts("intel core I9-14900k"), watts("Intel(R) Core(TM) i9-14900K"));
    assert_eq!(watts("Intel Xeon Platinum 8592"), None);
    assert_eq!(watts("INTEL(R) XEON(R) PLATINUM 8592+"), Some(350.0));
}

#[test]
fn threads_are_those_of_the_whole_package() {
    for (brand, threads) in [
        ("AMD EPYC 7B12", 128),
        ("AMD EPYC 7R13 Processor", 96),
        ("AMD EPYC 9R14", 96),
        ("AMD EPYC 9V74 80-Core Processor", 160),
        ("AMD EPYC 7763 64-Core Processor", 128),
        ("AMD Ryzen 9 7950X 16-Core Processor", 32),
        ("Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz", 48),
        ("Intel(R) Xeon(R) Platinum 8488C", 96),
        ("Neoverse-V1", 64),
    ] {
        assert_eq!(cpu_power(brand).and_then(|c| c.threads), Some(threads), "{brand}");
    }
    assert_eq!(cpu_power("Intel(R) Core(TM) i5-8250U").and_then(|c| c.threads), None);
}

#[test]
fn every_model_of_the_cpu_table_finds_itself_at_a_plausible_power() {
    for cpu in cpus() {
        let found = cpu_power(cpu.name).expect("the name of a row finds it");
        assert_eq!((found.name, found.tdp), (cpu.name, cpu.tdp));
        assert!((0.5..=500.0).contains(&cpu.tdp.watts()), "{}", cpu.name);
    }
}

#[test]
fn every_collected_name_answers_unless_it_is_disputed_or_generic() {
    let table = include_str!("../../../data/cpu-power.tsv");
    let names = table.lines().filter(|l| !l.starts_with('#')).skip(1);
    let names: Vec<&str> = names.filter_map(|l| l.split('\t').next()).collect();
    let silent: Vec<&str> = names.iter().copied().filter(|n| cpu_power(n).is_none()).collect();
    assert_eq!(
        silent,
        [
            "A10 Micro-6700T",
            "A4 Micro-6400T",
            "AMD A10 Micro-6700T",
            "AMD A4 Micro-6400T",
            "AMD E1 Micro-6200T",
            "ARMv8 Processor rev 0 (v8l)",
            "E1 Micro-6200T",
            "Intel Aubrey Isle",
        ]
    );
    assert!(names.len() - silent.len() > 4900, "{} names", names.len());
    assert_eq!(
        (watts("750"), watts("B57")),
        (Some(65.0), Some(80.0)),
        "bare names find themselves"
    );
}

#[test]
fn boards_answer_by_the_name_that_their_driver_reports() {
    for (name, max_w) in [
        ("NVIDIA A100-SXM4-80GB", 400.0),
        ("NVIDIA A100 80GB PCIe", 300.0),
        ("A100-PCIE-40GB", 250.0),
        ("NVIDIA H100 80GB HBM3", 700.0),
        ("NVIDIA H100 PCIe", 350.0),
        ("NVIDIA H200", 700.0),
        ("NVIDIA L4", 72.0),
        ("NVIDIA L40S", 350.0),
        ("Tesla T4", 70.0),
        ("NVIDIA T4", 70.0),
        ("Tesla V100-SXM2-16GB", 300.0),
        ("NVIDIA A10G", 300.0),
        ("NVIDIA GeForce RTX 4090", 450.0),
        ("GeForce RTX 3060 Ti", 200.0),
        ("NVIDIA RTX 6000 Ada Generation", 300.0),
        ("AMD Instinct MI300X", 750.0),
    ] {
        assert_eq!(gpu_power(name).map(|g| g.max.watts()), Some(max_w), "{name}");
    }
    assert_eq!(
        gpu_power("Tesla T4").and_then(|g| g.idle).map(carbon_model::Power::watts),
        Some(8.0)
    );
    for unknown in ["", "NVIDIA", "NVIDIA GeForce RTX 4090 Laptop GPU", "RTX", "Radeon Graphics"] {
        assert_eq!(gpu_power(unknown), None, "{unknown}");
    }
}

#[test]
fn cloud_regions_know_their_place_and_grid() {
    let paris = cloud_region("GCP", "europe-west9").expect("a region");
    assert_eq!((paris.country_iso3, paris.city), ("FRA", "Paris"));
    assert_eq!(paris.intensity.map(|(i, _)| i.g_per_kwh()), Some(34.0));
    assert_eq!(paris.provider_name, "Google Cloud Platform");
    for (region, g_per_kwh) in
        [("us-central1", 430.0), ("northamerica-northeast1", 2.0), ("europe-central2", 723.0)]
    {
        let found = cloud_region("gcp", region).and_then(|r| r.intensity);
        assert_eq!(found.map(|(i, _)| i.g_per_kwh()), Some(g_per_kwh), "{region}");
    }
    let virginia = cloud_region("aws", "us-east-1").expect("a region");
    assert_eq!((virginia.country_iso3, virginia.state), ("USA", Some("Virginia")));
    let grid = virginia.grid(Some(2025), Table::Current).expect("a grid");
    assert_eq!(grid.zone, "US-MIDA-PJM");
    assert_eq!(cloud_region("azure", "West Europe").map(|r| r.region), Some("westeurope"));
    assert_eq!(cloud_region("azure", "usdodeast").and_then(|r| r.state), Some("Virginia"));
    assert_eq!(cloud_region("aws", "mars-north-1"), None);
    assert_eq!(cloud_region("ovh", "gra"), None);
}

#[test]
fn every_cloud_region_has_a_country_a_grid_and_a_fleet_pue() {
    for (provider, at_least) in [("aws", 35), ("azure", 65), ("gcp", 42)] {
        let mut count = 0;
        for region in cloud_regions(provider) {
            assert!((1.0..1.3).contains(&region.pue.ratio()), "{region:?}");
            for table in [Table::Current, Table::ElectricityMaps, Table::CodeCarbon] {
                let grid = region.grid(Some(2025), table).expect("a grid");
                assert_ne!(grid.zone, "WORLD", "{region:?}");
                if table == Table::Current {
                    assert_eq!(grid.scope, carbon_factors::Scope::Lifecycle, "{region:?}");
                }
            }
            if let Some(zone) = region.grid_zone {
                assert!(carbon_factors::zone_grid(zone, None).is_some(), "{zone}");
            }
            if let Some(state) = region.state {
                assert!(carbon_factors::region(region.country_iso3, state).is_some(), "{state}");
            }
            count += 1;
        }
        assert!(count >= at_least, "{provider}: {count}");
    }
}

#[test]
fn time_zones_name_their_country() {
    for (zone, iso3) in [
        ("Europe/Paris", Some("FRA")),
        ("Europe/Amsterdam", Some("NLD")),
        ("US/Pacific", Some("USA")),
        ("Asia/Calcutta", Some("IND")),
        ("Etc/UTC", None),
        ("UTC", None),
        ("Mars/Olympus", None),
    ] {
        assert_eq!(country_of_time_zone(zone).map(|c| c.iso3), iso3, "{zone}");
    }
}

#[test]
fn energy_sources_equivalents_and_water_have_their_published_values() {
    let g = |fuel, table| fuel_factor(fuel, table).map(|f| f.intensity.g_per_kwh());
    assert_eq!(g("coal", FuelTable::CodeCarbon), Some(995.0));
    assert_eq!(g("natural_gas", FuelTable::CodeCarbon), Some(743.0));
    assert_eq!(g("Nuclear", FuelTable::Ipcc), Some(12.0));
    assert_eq!(g("dilithium", FuelTable::Ipcc), None);
    let kg = |name| equivalents().find(|e| e.name == name).map(|e| e.mass.kilograms());
    assert_eq!(kg("car_mile"), Some(0.393));
    assert_eq!(kg("codecarbon_car_mile"), Some(0.409));
    assert_eq!(kg("tv_hour"), Some(0.097));
    let water = grid_water("ARG").expect("a value");
    assert_eq!((water.litres_per_kwh, water.own), (11.4558, true));
    assert!(!grid_water("AFG").expect("a value").own);
}

#[test]
fn every_source_names_its_licence_and_address() {
    let mut known = Vec::new();
    for source in sources() {
        assert!(!source.title.is_empty() && !source.licence.is_empty(), "{source:?}");
        assert!(source.address.starts_with("https://"), "{source:?}");
        known.push(source.id);
    }
    assert!(known.is_sorted() && known.contains(&"electricity-maps"));
}

#[test]
fn the_tables_stay_under_a_megabyte() {
    const { assert!(carbon_factors::TABLES_SIZE < 1_000_000) };
}

proptest! {
    #[test]
    fn no_name_makes_a_look_up_panic(name in ".{0,120}", other in ".{0,40}") {
        let _ = cpu_power(&name);
        let _ = gpu_power(&name);
        let _ = carbon_factors::country(&name);
        let _ = carbon_factors::region_grid("USA", &name, None, Table::Current);
        let _ = carbon_factors::zone_grid(&name, Some(2024));
        let _ = carbon_factors::country_grid(&name, Some(0), Table::Current);
        let _ = cloud_region("aws", &name);
        let _ = cloud_region(&name, &other);
        let _ = country_of_time_zone(&name);
        let _ = fuel_factor(&name, FuelTable::Ipcc);
        let _ = grid_water(&name);
        let _ = carbon_factors::mix(&name, Some(&other));
    }

    #[test]
    fn a_match_says_only_words_of_the_brand(words in prop::collection::vec(
        prop::sample::select(vec!["Intel(R)", "Xeon(R)", "Gold", "6140", "CPU", "@", "2.30GHz",
            "v4", "E5-2680", "Core(TM)", "i7-8700K", "AMD", "EPYC", "7763", "64-Core",
            "Processor", "Ryzen", "9", "7950X", "Platinum", "8259CL", "Apple", "M1", "Pro"]),
        0..8,
    )) {
        let brand = words.join(" ");
        if let Some(cpu) = cpu_power(&brand) {
            for word in cpu.name.split([' ', '-']) {
                let said = brand.to_lowercase().contains(&word.to_lowercase());
                let vendor = ["Intel", "AMD", "CPU"].contains(&word);
                prop_assert!(said || vendor, "{brand:?} matched {:?}", cpu.name);
            }
        }
    }
}
