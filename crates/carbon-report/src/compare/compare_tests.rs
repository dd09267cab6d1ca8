//! Sides of a comparison, verdicts and their refusal.

use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::read::Reading;

fn entries(kwh: &[f64]) -> Vec<Entry> {
    let mut text = String::from("project_name,run_id,duration,emissions,energy_consumed\n");
    for (index, kwh) in kwh.iter().enumerate() {
        let _ = writeln!(text, "p,r{index},{},{},{kwh}", 10.0 * kwh, 0.1 * kwh);
    }
    let mut reading = Reading::default();
    reading.add(Path::new("e.csv"), text.as_bytes());
    reading.entries
}

fn compared(design: Design, a: &[f64], b: &[f64]) -> Comparison {
    Comparison::of(design, ["old".into(), "new".into()], &entries(a), &entries(b))
}

#[test]
fn a_clear_difference_is_a_verdict_with_its_interval() {
    let text = as_text(&compared(Design::Groups, &[1.0, 1.01, 0.99], &[0.5, 0.51, 0.49]));
    assert!(text.starts_with("A: old\nB: new\n\n"), "{text}");
    assert!(text.contains("Energy: B uses 50.0 % less than A (95 %: 47.7 to 52.3 %)."), "{text}");
    assert!(text.contains("Time: B takes 50.0 % less than A"), "{text}");
    assert!(text.contains("1.00 kWh ± 10.0 Wh"), "{text}");
    assert!(text.contains("-500 Wh  -523 Wh to -477 Wh"), "{text}");
    assert!(text.contains("Welch"), "{text}");
}

#[test]
fn noise_larger_than_the_difference_is_no_verdict() {
    let text = as_text(&compared(Design::Pairs, &[1.0, 1.3, 0.8], &[1.1, 0.9, 1.2]));
    assert!(text.contains("Energy: no difference that these trials can show (95 %: -"), "{text}");
    assert!(text.contains("more trials of each would show one of the size seen."), "{text}");
    assert!(!text.contains("than A"), "{text}");
}

#[test]
fn one_run_of_a_side_is_not_enough() {
    let text = as_text(&compared(Design::Groups, &[1.0], &[0.5, 0.5]));
    assert!(text.contains("Energy: two runs of each side are the least for a verdict."), "{text}");
}

#[test]
fn json_has_the_figures_in_base_units() {
    let json = as_json(&compared(Design::Pairs, &[1.0, 1.0], &[0.5, 0.5]));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let energy = &json["figures"]["energy_j"];
    assert_eq!(energy["difference"], -1.8e6);
    assert_eq!((&energy["shown"], &energy["a"]["count"]), (&true.into(), &2.into()));
    assert_eq!(json["design"], "pairs");
}

#[test]
fn runs_are_chosen_by_columns() {
    let no_file = |_: &Path| false;
    let parse = |text: &str| Selection::parse(text, no_file);
    let selection = parse("dir/e.csv?project_name=p&run_id=r1").unwrap();
    assert_eq!(selection.path, Path::new("dir/e.csv"));
    let taken: Vec<bool> =
        entries(&[1.0, 2.0]).iter().map(|entry| selection.takes(entry)).collect();
    assert_eq!(taken, [false, true]);
    assert!(!selection.is_of_tasks() && parse("e.csv?task_name=fit").unwrap().is_of_tasks());
    assert!(matches!(parse("e?colour=red"), Err(SelectionError::Column { .. })));
    assert!(matches!(parse("e?red"), Err(SelectionError::NoValue { .. })));
    let odd = Selection::parse("what?.csv", |path| path == Path::new("what?.csv")).unwrap();
    assert_eq!(odd.path, Path::new("what?.csv"));
}
