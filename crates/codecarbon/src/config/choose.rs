//! One of the rows that the server has, or the name of a new one.

use carbon_api::{Experiment, Organization, Project};

use super::ask::{Questions, something};
use crate::exit::CommandError;
use crate::sign_in::printable;

/// A row with a name.
pub(super) trait Row {
    /// What it is, in the singular.
    const KIND: &'static str;
    /// Its flag, without hyphens.
    const FLAG: &'static str;
    /// Id on the server.
    fn id(&self) -> &str;
    /// Name, which need not be unique.
    fn name(&self) -> &str;
}

macro_rules! row {
    ($type:ty, $kind:literal, $flag:literal) => {
        impl Row for $type {
            const KIND: &'static str = $kind;
            const FLAG: &'static str = $flag;
            fn id(&self) -> &str {
                &self.id
            }
            fn name(&self) -> &str {
                &self.name
            }
        }
    };
}

row!(Organization, "organisation", "organization");
row!(Project, "project", "project");
row!(Experiment, "experiment", "experiment");

/// What was chosen.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Choice<T> {
    /// A row of the server.
    There(T),
    /// A new one of that name.
    New(String),
}

/// How the choice is made: by what was given, else by asking, else by what the file has.
pub(super) struct Chooser<'a> {
    /// Name or id from a flag.
    pub(super) given: Option<&'a str>,
    /// Id from the file.
    pub(super) current: Option<&'a str>,
    /// Whether new rows may be made without asking.
    pub(super) yes: bool,
    /// Who can be asked.
    pub(super) questions: Option<&'a Questions>,
}

impl Chooser<'_> {
    /// Chooses.
    ///
    /// # Errors
    /// A name that several rows have, one that is not there and may not be made, no answer.
    pub(super) fn choose<T: Row>(&self, rows: Vec<T>) -> Result<Choice<T>, CommandError> {
        let choice = match (self.given, self.questions) {
            (Some(given), _) => by_name(rows, given)?,
            (None, Some(questions)) => return self.ask(rows, questions),
            (None, None) => return self.keep(rows),
        };
        let Choice::New(name) = &choice else { return Ok(choice) };
        let kind = T::KIND;
        let allowed = match self.questions {
            Some(questions) if !self.yes => {
                questions.yes(&format!("There is no {kind} {name:?}. Make it?"), true)?
            }
            _ => self.yes,
        };
        if allowed {
            return Ok(choice);
        }
        Err(CommandError::user(format!(
            "there is no {kind} {name:?}; the configuration is as it was"
        ))
        .hint("--yes makes it"))
    }

    fn ask<T: Row>(&self, rows: Vec<T>, questions: &Questions) -> Result<Choice<T>, CommandError> {
        let kind = T::KIND;
        let new = || {
            let name = questions.text(&format!("Name of the new {kind}"), "", something)?;
            Ok(Choice::New(name))
        };
        if rows.is_empty() {
            return new();
        }
        let mut options: Vec<String> = rows.iter().map(|row| label(row, &rows)).collect();
        options.push(format!("a new {kind}"));
        let current = rows.iter().position(|row| Some(row.id()) == self.current).unwrap_or(0);
        let question = format!("Which {kind}?");
        let chosen = questions.choice(&question, &options, current)?;
        rows.into_iter().nth(chosen).map_or_else(new, |row| Ok(Choice::There(row)))
    }

    /// Without anybody to ask, what the file says stands.
    fn keep<T: Row>(&self, rows: Vec<T>) -> Result<Choice<T>, CommandError> {
        let found = rows.into_iter().find(|row| Some(row.id()) == self.current);
        found.map(Choice::There).ok_or_else(|| {
            let (kind, flag) = (T::KIND, T::FLAG);
            CommandError::user(format!("the {kind} of the configuration file is not there"))
                .hint(format!("name one with --{flag}"))
        })
    }
}

/// A row by its id, else by its name.
fn by_name<T: Row>(rows: Vec<T>, given: &str) -> Result<Choice<T>, CommandError> {
    let (mut named, others): (Vec<T>, Vec<T>) = rows.into_iter().partition(|r| r.name() == given);
    if let Some(row) = others.into_iter().find(|row| row.id() == given) {
        return Ok(Choice::There(row));
    }
    if named.len() > 1 {
        let (kind, flag) = (T::KIND, T::FLAG);
        let ids: Vec<String> = named.iter().map(|row| printable(row.id())).collect();
        let error = CommandError::user(format!("more than one {kind} is called {given:?}"));
        return Err(error.hint(format!("give --{flag} the id of one: {}", ids.join(", "))));
    }
    Ok(named.pop().map_or_else(|| Choice::New(given.to_owned()), Choice::There))
}

/// Name of a row, with its id where another has the same name.
fn label<T: Row>(row: &T, rows: &[T]) -> String {
    let name = printable(row.name());
    if rows.iter().filter(|other| other.name() == row.name()).count() > 1 {
        return format!("{name} ({})", printable(row.id()));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(names: &[(&str, &str)]) -> Vec<Organization> {
        let row = |(id, name): &(&str, &str)| Organization {
            id: (*id).into(),
            name: (*name).into(),
            description: String::new(),
        };
        names.iter().map(row).collect()
    }

    fn chooser<'a>(given: Option<&'a str>, current: Option<&'a str>, yes: bool) -> Chooser<'a> {
        Chooser { given, current, yes, questions: None }
    }

    fn id(choice: Result<Choice<Organization>, CommandError>) -> String {
        match choice.unwrap() {
            Choice::There(row) => row.id,
            Choice::New(name) => format!("new {name}"),
        }
    }

    #[test]
    fn a_flag_names_a_row_by_id_or_by_a_name_that_only_one_has() {
        let rows = || rows(&[("1", "Lab"), ("2", "Lab"), ("3", "Shop")]);
        assert_eq!(id(chooser(Some("2"), None, false).choose(rows())), "2");
        assert_eq!(id(chooser(Some("Shop"), Some("1"), false).choose(rows())), "3");
        let error = chooser(Some("Lab"), None, true).choose(rows()).unwrap_err();
        assert!(error.hints()[0].contains("1, 2"), "{error:?}");
    }

    #[test]
    fn a_name_that_nobody_has_is_made_only_when_that_was_allowed() {
        let rows = || rows(&[("1", "Lab")]);
        assert_eq!(id(chooser(Some("Shop"), None, true).choose(rows())), "new Shop");
        let error = chooser(Some("Shop"), None, false).choose(rows()).unwrap_err();
        assert_eq!((error.code, error.hints().len()), (1, 1));
    }

    #[test]
    fn without_a_flag_what_the_file_says_must_be_there() {
        let rows = || rows(&[("1", "Lab")]);
        assert_eq!(id(chooser(None, Some("1"), false).choose(rows())), "1");
        let error = chooser(None, Some("9"), true).choose(rows()).unwrap_err();
        assert!(error.hints()[0].contains("--organization"), "{error:?}");
    }

    #[test]
    fn rows_of_the_same_name_are_told_apart() {
        let rows = rows(&[("1", "Lab"), ("2", "Lab"), ("3", "Shop\u{1b}[0m")]);
        let labels: Vec<_> = rows.iter().map(|row| label(row, &rows)).collect();
        assert_eq!(labels, ["Lab (1)", "Lab (2)", "Shop [0m"]);
    }
}
