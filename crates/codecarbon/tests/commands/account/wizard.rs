//! `config` on a terminal, with the test at the keyboard.

use std::fs;

use serde_json::json;

use super::Place;
use crate::sandbox::{CODECARBON, until};
use crate::terminal::Terminal;

const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";

/// The wizard on a terminal; the shell says its exit code.
fn wizard(place: &Place) -> Terminal {
    place.provider.state().access = Some("personal".into());
    let script = format!(
        "CODECARBON_API_ENDPOINT={} CODECARBON_ACCESS_TOKEN=personal {CODECARBON} config; echo \"code $?\"",
        place.api.url()
    );
    Terminal::running(&place.sandbox, &script)
}

/// Waits for a question and answers it.
fn answer(terminal: &mut Terminal, question: &str, keys: &str) {
    terminal.wait_for(question);
    terminal.press(keys);
}

#[test]
fn the_wizard_asks_its_way_to_a_whole_configuration() {
    let place = Place::new();
    let row = |id: &str, name: &str| json!({ "id": id, "name": name, "description": "" });
    place.api.rows().organizations.extend([row("o-1", "Lab"), row("o-2", "Shop")]);
    let mut terminal = wizard(&place);
    answer(&mut terminal, "Path of the file", ENTER);
    answer(&mut terminal, "Address of the API", ENTER);
    answer(&mut terminal, "Which organisation?", &format!("{DOWN}{ENTER}"));
    answer(&mut terminal, "Name of the new project", &format!("tree{ENTER}"));
    answer(&mut terminal, "What is the project?", &format!("a tree{ENTER}"));
    answer(&mut terminal, "Name of the new experiment", &format!("one{ENTER}"));
    answer(&mut terminal, "What is the experiment?", ENTER);
    answer(&mut terminal, "Does it run in a cloud?", "n");
    answer(&mut terminal, "Country", &format!("nowhere{ENTER}"));
    terminal.wait_for("is no country");
    terminal.press(&"\x7f".repeat(7));
    terminal.press(&format!("DEU{ENTER}"));
    answer(&mut terminal, "State, province or zone", ENTER);
    terminal.wait_for("code 0");
    let shown = terminal.end();
    assert!(!shown.contains("cpt_secret") && !shown.contains("personal"), "{shown}");
    let written = fs::read_to_string(place.sandbox.home().join(".codecarbon.config")).unwrap();
    for line in ["organization_id = o-2", "project_id = project-1", "api_key = cpt_secret-1"] {
        assert!(written.contains(line), "{written}");
    }
    let rows = place.api.rows();
    assert_eq!(rows.projects[0]["description"], "a tree");
    assert_eq!(rows.experiments[0]["country_iso_code"], "DEU");
    assert_eq!(rows.experiments[0]["region"], json!(null));
}

#[test]
fn a_file_that_is_there_is_shown_with_names_and_can_be_left_alone() {
    let place = Place::new();
    let file = place.sandbox.home().join(".codecarbon.config");
    let text = "[codecarbon]\norganization_id = o-1\napi_key = cpt_old\n";
    fs::write(&file, text).unwrap();
    let row = json!({ "id": "o-1", "name": "Lab", "description": "" });
    place.api.rows().organizations.push(row);
    let mut terminal = wizard(&place);
    answer(&mut terminal, "Which configuration?", ENTER);
    answer(&mut terminal, "Change it?", "n");
    terminal.wait_for("is used as it is");
    terminal.wait_for("code 0");
    let shown = terminal.end();
    assert!(shown.contains("organization_id = o-1  (Lab)"), "{shown}");
    assert!(shown.contains("api_key = ********") && !shown.contains("cpt_old"), "{shown}");
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

#[test]
fn ctrl_c_at_any_question_leaves_the_configuration_as_it_was() {
    let place = Place::new();
    let file = place.sandbox.home().join(".codecarbon.config");
    let text = "[codecarbon]\npue = 1.2\n";
    fs::write(&file, text).unwrap();
    let row = json!({ "id": "o-1", "name": "Lab", "description": "" });
    place.api.rows().organizations.push(row);
    let steps = [
        ("Which configuration?", ENTER),
        ("Change it?", "y"),
        ("Address of the API", ENTER),
        ("Which organisation?", ENTER),
        ("Name of the new project", ""),
    ];
    for last in 0..steps.len() {
        for stop in ["\x03", "\x1b"] {
            let can_escape = !matches!(last, 2 | 4);
            if stop == "\x1b" && !can_escape {
                continue;
            }
            let mut terminal = wizard(&place);
            for (question, keys) in &steps[..last] {
                answer(&mut terminal, question, keys);
            }
            answer(&mut terminal, steps[last].0, stop);
            terminal.wait_for("interrupted: the configuration is as it was");
            terminal.wait_for("code 130");
            let shown = terminal.end();
            assert_eq!(shown.matches("interrupted:").count(), 1, "{shown}");
            assert!(shown.rfind("\x1b[?25l") <= shown.rfind("\x1b[?25h"), "the cursor is hidden");
            assert_eq!(fs::read_to_string(&file).unwrap(), text);
        }
    }
    assert!(place.api.rows().projects.is_empty());
    let names: Vec<_> =
        fs::read_dir(place.sandbox.home()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(names, [".codecarbon.config"], "something was left behind");
}

#[test]
fn an_interrupt_from_elsewhere_puts_the_terminal_right() {
    let place = Place::new();
    place.provider.state().access = Some("personal".into());
    let script = format!(
        "CODECARBON_API_ENDPOINT={} CODECARBON_ACCESS_TOKEN=personal {CODECARBON} config & \
         echo \"process $!.\"; fg %1; echo \"code $?\"; read line",
        place.api.url()
    );
    let mut terminal = Terminal::running(&place.sandbox, &script);
    terminal.wait_for("Path of the file");
    until("a question", || terminal.reads_single_keys());
    let process = terminal.shown().split("process ").nth(1).unwrap().split('.').next().unwrap();
    let kill = format!("kill -INT {process}");
    place.sandbox.command("sh").args(["-c", &kill]).status().unwrap();
    terminal.wait_for("code 130");
    assert!(!terminal.reads_single_keys());
    terminal.press("\n");
    terminal.end();
}
