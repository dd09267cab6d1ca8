//! The unit that is shipped, as far as its manager can be asked here.

use std::path::Path;
use std::process::Command;

use crate::sandbox::{CODECARBON, MONITOR, Sandbox, stdout};

fn shipped(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    std::fs::read_to_string(root.join("packaging").join(name)).unwrap()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    let sandbox = Sandbox::new();
    let installed = "/usr/local/bin/codecarbon-monitor";
    let text = shipped("codecarbon-monitor.service");
    assert!(text.contains(&format!("ExecStart={installed} --service\n")), "{text}");
    let path = sandbox.work().join("codecarbon-monitor.service");
    std::fs::write(&path, text.replace(installed, MONITOR)).unwrap();
    match Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output() {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.is_empty(), "{said}");
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
    }
}

#[test]
fn what_is_shipped_names_options_and_settings_that_exist() {
    let sandbox = Sandbox::new();
    let help = stdout(&sandbox.command(CODECARBON).args(["monitor", "--help"]).output().unwrap());
    let unit = shipped("codecarbon-monitor.service");
    let image = shipped("monitor.Containerfile");
    assert!(help.contains("--service"), "{help}");
    for line in [&unit, &image].iter().flat_map(|text| text.lines()) {
        for word in line.split([' ', '=', '"', '\'']) {
            if let Some(key) = word.strip_prefix("CODECARBON_") {
                let flag = format!("--{}", key.to_lowercase().replace('_', "-"));
                assert!(help.contains(&flag), "{word} is no setting");
            }
        }
    }
    assert!(image.contains("ENTRYPOINT [\"codecarbon-monitor\", \"--service\"]"), "{image}");
}
