//! What the page shows, and that nothing in a file becomes a part of it.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::read::Reading;
use crate::summary::By;

const HEADER: &str = "timestamp,project_name,run_id,duration,emissions,cpu_energy,gpu_energy,\
    ram_energy,energy_consumed,country_name,country_iso_code,region,cloud_provider,cloud_region,\
    on_cloud,cpu_model";

fn report(rows: &[String]) -> Report {
    let mut reading = Reading::default();
    reading.add(Path::new("e.csv"), format!("{HEADER}\n{}\n", rows.join("\n")).as_bytes());
    Report::of(reading, By::Project)
}

fn row(project: &str, run: usize, place: &str) -> String {
    let day = 1 + run % 28;
    format!("2024-03-{day:02}T10:00:00,{project},r{run},600,0.05,0.08,0.01,0.01,0.1,{place},CPU")
}

fn page(report: &Report) -> String {
    html(report, Setting::File).unwrap()
}

/// The text of the page without tags, words separated by one space.
fn words(page: &str) -> String {
    let body = &page[page.find("<body>").unwrap()..];
    let mut text = String::new();
    for part in body.split('<') {
        text.push(' ');
        text.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const FRANCE: &str = "France,FRA,,,,N";
const OREGON: &str = "United States,USA,oregon,aws,us-west-2,Y";

#[test]
fn totals_last_run_and_equivalents_are_those_of_the_files() {
    let rows = [row("training", 1, FRANCE), row("training", 2, FRANCE), row("other", 3, FRANCE)];
    let text = words(&page(&report(&rows)));
    for part in [
        "3 runs, 2024-03-02 to 2024-03-04",
        "Energy 300 Wh Emissions 150 g CO₂e Duration 30 min 00 s Mean power 600 W",
        "CPU 240 Wh 80.0 %",
        // 0.15 of 160.58 kg, 0.244199 kg/km, 0.097 kg/h.
        "0.093 % of the weekly emissions of a US household",
        "614 m driven by an average US petrol car",
        "1.55 h of watching a 32-inch LCD television",
        "training 2 200 Wh 100 g 2024-03-03 10:00 other 1 100 Wh 50.0 g 2024-03-04 10:00",
        "Country France (FRA) Infrastructure private",
        "Last run Ended 2024-03-03 10:00 Duration 10 min 00 s Energy 100 Wh Mean power 600 W",
        "What the 300 Wh would have caused with the electricity of each country",
        // Ember 2024 for Poland: 615 g/kWh.
        "Poland 615 184 g",
    ] {
        assert!(text.contains(part), "{part:?} in\n{text}");
    }
    assert!(!text.contains("could not be read"), "{text}");
}

#[test]
fn a_run_in_a_cloud_is_compared_with_the_other_regions_and_states() {
    let page = page(&report(&[row("cloud", 1, OREGON)]));
    let text = words(&page);
    assert!(text.contains("Cloud aws Cloud region us-west-2"), "{text}");
    assert!(text.contains("Regions of Amazon Web Services"), "{text}");
    assert!(text.contains("% less than in us-west-2 by the same table"), "{text}");
    assert!(text.contains("us-west-2 Boardman, United States · this one"), "{text}");
    assert!(text.contains("States and provinces: United States"), "{text}");
    assert!(text.contains("US-OR Oregon · this one"), "{text}");
    let private = words(&super::html(&report(&[row("p", 1, FRANCE)]), Setting::File).unwrap());
    assert!(!private.contains("Regions of"), "{private}");
}

#[test]
fn no_text_of_a_file_becomes_markup() {
    let hostile = "<script>alert(1)</script>'\"\"&<img src=x>{{ 7*7 }}";
    let quoted = format!("\"{hostile}\"");
    let place = format!("{quoted},FRA,{quoted},{quoted},{quoted},Y");
    let mut report = report(&[row(&quoted, 1, &place)]);
    report.faults.push(hostile.replace("\"\"", "\""));
    let page = page(&report);
    assert!(!page.contains("<script") && !page.contains("<img"), "it is escaped");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;&#x2f;script&gt;"), "and shown");
    assert!(!page.contains("src=\"x") && !page.contains(">49<"), "nothing is evaluated");
    // No attribute ends early: every quote of the name is escaped.
    assert!(page.contains("&#x27;&quot;&amp;&lt;img src=x&gt;{{ 7*7 }}"));
}

#[test]
fn the_page_asks_nothing_of_anybody() {
    let page = page(&report(&[row("a", 1, FRANCE)]));
    assert!(page.contains("default-src &#x27;none&#x27;"));
    for loading in
        ["<script", "<link", "<img", "<iframe", "src=", "url(", "@import", " style=", " on"]
    {
        let at = page.find(loading);
        let context = at.map(|at| &page[at.saturating_sub(60)..(at + 60).min(page.len())]);
        let allowed = loading == " on" && context.is_some_and(|text| !text.contains("on=\""));
        assert!(at.is_none() || allowed, "{loading}: {context:?}");
    }
    let board = Setting::Board { version: "7", project: None };
    let served = html(&report(&[row("a", 1, FRANCE)]), board).unwrap();
    assert!(served.contains("<script src=\"/board.js\" defer></script>"));
    assert!(served.contains("data-version=\"7\""));
    assert!(policy(board).contains("script-src 'self'") && !policy(board).contains("unsafe"));
}

#[test]
fn the_policy_names_the_hash_of_the_style() {
    let hash = ring::digest::digest(&ring::digest::SHA256, STYLE.as_bytes());
    assert_eq!(STYLE_HASH, format!("sha256-{}", STANDARD.encode(hash)));
}

#[test]
fn a_page_of_thousands_of_projects_stays_small_and_a_board_shows_any_of_them() {
    let rows: Vec<String> = (0..3000).map(|i| row(&format!("project {i}"), i, FRANCE)).collect();
    let report = report(&rows);
    let page = page(&report);
    assert!(page.len() < 1_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("<section class=\"project\"").count(), MOST_PROJECTS);
    assert!(words(&page).contains("and 2800 smaller projects"));
    let wanted = Setting::Board { version: "1", project: Some("project 2999") };
    let page = html(&report, wanted).unwrap();
    let first = page.find("<section class=\"project\"").unwrap();
    assert!(page[first..first + 200].contains("project 2999"));
}

#[test]
fn many_runs_are_drawn_as_the_latest_and_as_a_bounded_line() {
    let mut rows: Vec<String> = Vec::new();
    for i in 0..2000 {
        let mut row = row("many", i, FRANCE);
        let stamp = format!("2024-{:02}-{:02}T{:02}:00:00", 1 + i / 200, 1 + i % 28, i % 24);
        row.replace_range(..19, &stamp);
        rows.push(row);
    }
    let page = page(&report(&rows));
    assert_eq!(page.matches("class=\"column\"").count(), 60);
    let line = page.split(" class=\"line\"").next().unwrap().rsplit("<path d=\"").next().unwrap();
    assert!((100..=242).contains(&line.matches('H').count()), "{}", line.matches('H').count());
    assert!(words(&page).contains("(the latest 60 of 2000)"));
}

#[test]
fn a_page_without_runs_says_so() {
    let text = words(&page(&report(&[])));
    assert!(text.contains("No runs yet"), "{text}");
    assert!(!text.contains("NaN") && !text.contains("Across all"), "{text}");
}

#[test]
fn every_row_that_could_not_be_read_is_counted_and_some_are_named() {
    let mut rows = vec![row("a", 1, FRANCE)];
    for _ in 0..30 {
        rows.push("broken".to_owned());
    }
    let text = words(&page(&report(&rows)));
    assert!(text.contains("30 things could not be read"), "{text}");
    assert!(text.contains("e.csv, line 3: 1 fields where") && text.contains("and 10 more"));
}

#[test]
fn tags_are_closed_in_their_order() {
    let mut rows: Vec<String> = (0..40).map(|i| row("a", i, FRANCE)).collect();
    rows.push(row("cloud", 1, OREGON));
    rows.push("broken".to_owned());
    let page = page(&report(&rows));
    let void = ["meta", "!doctype", "br"];
    let mut open: Vec<&str> = Vec::new();
    let mut context = String::new();
    for part in page.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        let _ = write!(context, "<{tag}>");
        if let Some(name) = tag.strip_prefix('/') {
            let start = context.len().saturating_sub(300);
            assert_eq!(open.pop(), Some(name), "{}", &context[start..]);
        } else if !tag.ends_with('/') {
            let name = tag.split_whitespace().next().unwrap();
            if !void.contains(&name) {
                open.push(name);
            }
        }
    }
    assert_eq!(open, [""; 0]);
}
