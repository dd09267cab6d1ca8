//! The script that a fake library answers from: plain text, a head and one section per GPU.
//!
//! ```text
//! driver = 550.54.15
//! [gpu]
//! name = NVIDIA A100-SXM4-80GB
//! energy_mj = 1000
//! fail.nvmlDeviceGetPowerUsage = 15
//! ```

use std::collections::BTreeMap;
use std::fmt::Display;

/// Keys and values of the head or of one GPU.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section(BTreeMap<String, String>);

/// A whole script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Script {
    /// What concerns the library as a whole.
    pub head: Section,
    /// One section per GPU, in the library's order.
    pub gpus: Vec<Section>,
}

impl Section {
    /// A value as text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// A value as a whole number; `None` when absent or no number.
    pub fn number(&self, key: &str) -> Option<u64> {
        self.text(key)?.parse().ok()
    }

    /// A comma-separated value, trimmed; empty when absent.
    pub fn list(&self, key: &str) -> Vec<&str> {
        let items = self.text(key).unwrap_or_default().split(',').map(str::trim);
        items.filter(|item| !item.is_empty()).collect()
    }

    /// The code that a function is scripted to fail with: `fail.<function>`, else `fail.*`.
    pub fn failure(&self, function: &str) -> Option<u32> {
        let code = self.number(&format!("fail.{function}")).or_else(|| self.number("fail.*"))?;
        u32::try_from(code).ok()
    }

    /// Sets a value.
    pub fn set(&mut self, key: &str, value: impl Display) {
        self.0.insert(key.to_owned(), value.to_string());
    }

    /// Removes a value.
    pub fn remove(&mut self, key: &str) {
        self.0.remove(key);
    }

    fn to_text(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.0 {
            text.extend([key, " = ", value, "\n"]);
        }
        text
    }
}

impl Script {
    /// Reads a script; lines that are neither a section nor `key = value` are comments.
    pub fn parse(text: &str) -> Self {
        let mut script = Self::default();
        for line in text.lines().map(str::trim) {
            if line == "[gpu]" {
                script.gpus.push(Section::default());
            } else if !line.starts_with('#')
                && let Some((key, value)) = line.split_once('=')
            {
                let section = script.gpus.last_mut().unwrap_or(&mut script.head);
                section.set(key.trim(), value.trim());
            }
        }
        script
    }

    /// Writes the script as text that [`Script::parse`] reads.
    pub fn to_text(&self) -> String {
        let mut text = self.head.to_text();
        for gpu in &self.gpus {
            text.push_str("[gpu]\n");
            text.push_str(&gpu.to_text());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_reads_back_what_it_wrote() {
        let text = "driver = 550.54.15\n[gpu]\nenergy_mj = 5\nname = A = B\n[gpu]\nmig = x, y\n";
        let script = Script::parse(text);
        assert_eq!(script.to_text(), text);
        assert_eq!(script.gpus[0].number("energy_mj"), Some(5));
        assert_eq!(script.gpus[0].text("name"), Some("A = B"));
        assert_eq!(script.gpus[1].list("mig"), ["x", "y"]);
    }

    #[test]
    fn a_named_failure_comes_before_the_general_one() {
        let script = Script::parse("fail.* = 1\nfail.init = 9");
        assert_eq!(script.head.failure("init"), Some(9));
        assert_eq!(script.head.failure("count"), Some(1));
    }
}
