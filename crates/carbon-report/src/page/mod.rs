//! The HTML page: one file that needs nothing else, for `report --format html` and for carbonboard.
//!
//! Style and drawings are inside, no request leaves it and nothing in it runs, unless it is served by
//! a board, which adds a script that looks whether the files have changed. Charts keep their text at
//! its size on a narrow screen: they are drawn in percent of the width. Whatever comes from a file is
//! escaped by the template.

mod chart;
mod elsewhere;
mod icons;
mod mix;
mod overview;
mod project;
mod world;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

use crate::report::Report;

const TEMPLATE: &str = include_str!("page.html");
/// The style sheet of the page.
pub const STYLE: &str = include_str!("page.css");
/// The script of a served page; a page that is saved has none.
pub const SCRIPT: &str = include_str!("board.js");
/// SHA-256 of [`STYLE`] as a content security policy names it; a test holds it.
pub const STYLE_HASH: &str = "sha256-1G+HP1u68C0Zb8bUkFWc58CnD0H6dGAfrhKk3QeakNg=";

/// Projects that have a section of their own; the others are in the table.
const MOST_PROJECTS: usize = 24;

/// Where the page is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Setting<'a> {
    /// In a file.
    #[default]
    File,
    /// By a board that serves `/board.js` and `/version`.
    Board {
        /// What `/version` answered when the files were read.
        version: &'a str,
        /// The project that was asked for, which is shown first.
        project: Option<&'a str>,
    },
}

/// The page could not be made: a fault of the template, not of what is shown.
#[derive(Debug, thiserror::Error)]
#[error("the page cannot be made: {0}")]
pub struct PageError(#[from] minijinja::Error);

/// What may be loaded and done by a page, as a content security policy.
pub fn policy(setting: Setting<'_>) -> String {
    let board = match setting {
        Setting::File => "",
        Setting::Board { .. } => "; script-src 'self'; connect-src 'self'",
    };
    format!(
        "default-src 'none'; style-src '{STYLE_HASH}'{board}; base-uri 'none'; form-action 'none'"
    )
}

/// The page of a report whose groups are projects.
///
/// # Errors
/// The template is faulty.
pub fn html(report: &Report, setting: Setting<'_>) -> Result<String, PageError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.add_template("page", TEMPLATE)?;
    let (board, first) = match setting {
        Setting::File => (None, None),
        Setting::Board { version, project } => (Some(version), project),
    };
    let projects = project::projects(report, first, MOST_PROJECTS);
    let shown = projects.iter().map(|project| project.name.clone()).collect::<Vec<_>>();
    let page = context! {
        policy => policy(setting),
        style => Value::from_safe_string(STYLE.to_owned()),
        board,
        overview => Serde(overview::overview(report, &shown, board.is_some())),
        projects => Serde(projects),
        world => Serde(world::world(report)),
    };
    Ok(environment.get_template("page")?.render(page)?)
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
