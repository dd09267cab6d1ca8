//! Finds the program of a command and says, when it cannot be run, which, why and what helps.
//!
//! The search is that of shells: a name with a slash is a path, any other is looked for in `PATH`.
//! It is done here and not by the C library, so that both ways of starting a child agree, and so
//! that a file without a `#!` line is an error (as for `exec` in most languages) rather than handed
//! to a shell.

use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::exit::{CommandError, NOT_EXECUTABLE, NOT_FOUND};

/// Where shells look when `PATH` is not set (`confstr(_CS_PATH)` of the GNU C library).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Finds the file that `name` stands for, by the value of `PATH`.
pub fn find(name: &OsStr, search: Option<&str>) -> Result<PathBuf, CommandError> {
    if name.is_empty() {
        return Err(not_found(name, "the name of the command is empty"));
    }
    if name.as_bytes().contains(&b'/') {
        let path = PathBuf::from(name);
        return match std::fs::metadata(&path) {
            Ok(found) if is_program(&found) => Ok(path),
            Ok(found) => Err(not_a_program(&path, found.is_dir())),
            Err(error) => Err(missing(&path, &error)),
        };
    }
    let mut found_but_useless = None;
    for directory in search.unwrap_or(DEFAULT_PATH).split(':') {
        let candidate = Path::new(if directory.is_empty() { "." } else { directory }).join(name);
        match std::fs::metadata(&candidate) {
            Ok(found) if is_program(&found) => return Ok(candidate),
            Ok(found) if !found.is_dir() => {
                found_but_useless.get_or_insert(candidate);
            }
            _ => {}
        }
    }
    match found_but_useless {
        Some(path) => Err(not_a_program(&path, false)),
        None => Err(not_found(name, "command not found")),
    }
}

fn is_program(found: &std::fs::Metadata) -> bool {
    found.is_file() && found.permissions().mode() & 0o111 != 0
}

/// What a refused start of a program that was found means.
pub fn explain(path: &Path, error: &io::Error) -> CommandError {
    let shown = path.display();
    let refused = |why: &str| {
        CommandError::with_code(NOT_EXECUTABLE, format!("{shown} cannot be run: {why}"))
    };
    match error.raw_os_error() {
        Some(libc::ENOEXEC) => refused("the system does not know its format").hint(
            "a script needs a first line such as #!/bin/sh; a program must be built for this \
             processor",
        ),
        Some(libc::ENOENT) => match interpreter(path) {
            Some(interpreter) => refused(&format!("its interpreter {interpreter} does not exist"))
                .hint(format!("correct the first line of {shown}, or install {interpreter}")),
            None => refused("it or its loader does not exist").hint(
                "a program for another system or C library needs that one's loader (ldd tells)",
            ),
        },
        Some(libc::EACCES) => refused("permission denied")
            .hint("neither the file's rights nor a mount with noexec may forbid it"),
        Some(libc::E2BIG) => refused("its arguments and the environment are too long")
            .hint("pass long lists in a file or on standard input"),
        _ => refused(&error.to_string()).hint("does it run without codecarbon monitor?"),
    }
}

/// The interpreter that a script's first line names.
fn interpreter(path: &Path) -> Option<String> {
    use std::io::Read;
    let mut start = [0; 256];
    let length = std::fs::File::open(path).ok()?.read(&mut start).ok()?;
    let line = start[..length].split(|&b| b == b'\n').next()?.strip_prefix(b"#!")?;
    let line = String::from_utf8_lossy(line);
    line.split_whitespace().next().map(str::to_owned)
}

fn missing(path: &Path, error: &io::Error) -> CommandError {
    match error.kind() {
        io::ErrorKind::PermissionDenied => CommandError::with_code(
            NOT_EXECUTABLE,
            format!("{} cannot be reached: permission denied", path.display()),
        )
        .hint("you need the right to enter each folder of its path (namei -l tells which)"),
        io::ErrorKind::NotFound => not_found(path.as_os_str(), "no such file"),
        _ => not_found(path.as_os_str(), &error.to_string()),
    }
}

fn not_found(name: &OsStr, why: &str) -> CommandError {
    let shown = name.display();
    let error = CommandError::with_code(NOT_FOUND, format!("{shown}: {why}"));
    if name.as_bytes().iter().any(u8::is_ascii_whitespace) {
        error.hint(format!(
            "the command was given as one word; give program and arguments as separate words: -- \
             {shown}"
        ))
    } else if name.as_bytes().contains(&b'/') {
        error.hint("check the path; it is taken from the working directory")
    } else {
        error.hint("check the spelling; it is in none of the directories of PATH")
    }
}

fn not_a_program(path: &Path, directory: bool) -> CommandError {
    let shown = path.display();
    if directory {
        return CommandError::with_code(NOT_EXECUTABLE, format!("{shown} is a directory"))
            .hint("name the program in it");
    }
    let error = CommandError::with_code(NOT_EXECUTABLE, format!("{shown} is not executable"));
    match path.extension().and_then(OsStr::to_str) {
        Some("py") => error.hint(format!("name its interpreter: -- python {shown}")),
        Some("sh") => error.hint(format!("name its interpreter: -- sh {shown}")),
        _ => error.hint(format!("chmod +x {shown}, or name its interpreter before it")),
    }
}

/// A command as one line for people: words that a shell would split are quoted.
pub fn as_line(argv: &[OsString]) -> String {
    let words: Vec<String> = argv.iter().map(|word| quoted(&word.to_string_lossy())).collect();
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "%+,-./:=@_".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory_with(name: &str, mode: u32) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(name);
        std::fs::write(&path, "x").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        directory
    }

    #[test]
    fn the_first_executable_of_path_is_taken() {
        let plain = directory_with("tool", 0o644);
        let good = directory_with("tool", 0o755);
        let path = format!("/nowhere:{}:{}", plain.path().display(), good.path().display());
        assert_eq!(find(OsStr::new("tool"), Some(&path)).unwrap(), good.path().join("tool"));
    }

    #[test]
    fn a_name_that_is_nowhere_is_127_and_a_file_without_x_is_126() {
        assert_eq!(find(OsStr::new("no-such-tool"), Some("/bin")).unwrap_err().code, 127);
        assert_eq!(find(OsStr::new(""), None).unwrap_err().code, 127);
        let plain = directory_with("train.py", 0o644);
        let path = plain.path().join("train.py");
        let error = find(path.as_os_str(), None).unwrap_err();
        assert_eq!(error.code, 126);
        assert!(error.hints()[0].contains("python"), "{error:?}");
        assert_eq!(find(OsStr::new("/tmp"), None).unwrap_err().code, 126);
    }

    #[test]
    fn a_command_in_one_word_is_told_to_be_split() {
        let error = find(OsStr::new("python train.py"), Some("/bin")).unwrap_err();
        assert_eq!(error.code, 127);
        assert!(error.hints()[0].contains("separate words"), "{error:?}");
    }

    #[test]
    fn a_missing_interpreter_is_named() {
        let directory = directory_with("script", 0o755);
        let path = directory.path().join("script");
        std::fs::write(&path, "#!/no/such/shell -e\n").unwrap();
        let error = explain(&path, &io::Error::from_raw_os_error(libc::ENOENT));
        assert_eq!(error.code, 126);
        assert!(error.message.contains("/no/such/shell does not exist"), "{error:?}");
    }

    #[test]
    fn a_command_is_shown_as_one_could_type_it() {
        let argv = ["sh", "-c", "echo it's", ""].map(OsString::from);
        assert_eq!(as_line(&argv), r"sh -c 'echo it'\''s' ''");
    }
}
