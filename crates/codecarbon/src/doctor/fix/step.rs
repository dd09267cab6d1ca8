//! One change and its opposite.
//!
//! A step knows the machine before and after it, so it can tell which of the two it finds: doing it
//! twice changes nothing, undoing takes back exactly what was done, and what somebody else has
//! changed since is left alone.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use carbon_sensors::SysRoot;
use serde::{Deserialize, Serialize};

use super::capability;

/// Mode and group of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Permissions {
    /// The lower twelve bits.
    pub(super) mode: u32,
    /// Number of the group.
    pub(super) gid: u32,
}

/// A change. Paths begin with a slash and lie below the machine's root; that of a program is the
/// path itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    /// Makes a directory that is not there, for all to read.
    MakeDirectory { path: String },
    /// Writes a file that is not there, for all to read.
    WriteFile { path: String, content: String },
    /// Sets mode and group of a file.
    SetPermissions { path: String, before: Permissions, after: Permissions },
    /// Sets a value of the kernel.
    SetValue { path: String, before: String, after: String },
    /// Sets the capabilities of a program, as the bytes of their attribute.
    SetCapability { path: String, before: Option<Vec<u8>>, after: Vec<u8> },
}

/// How a step finds its object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stand {
    /// As it was.
    Before,
    /// As the step leaves it.
    After,
    /// As neither: somebody else has been there.
    Other,
}

impl Step {
    /// The change in a few words, for people.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::MakeDirectory { path } => format!("make {path}"),
            Self::WriteFile { path, .. } => format!("write {path}"),
            Self::SetPermissions { path, before, after } => format!(
                "set {path} from mode {:04o}, group {} to mode {:04o}, group {}",
                before.mode, before.gid, after.mode, after.gid
            ),
            Self::SetValue { path, before, after } => {
                format!("set {path} from {before} to {after}")
            }
            Self::SetCapability { path, .. } => format!("give {path} cap_perfmon"),
        }
    }

    /// What it is about.
    pub(super) fn path(&self) -> &str {
        match self {
            Self::MakeDirectory { path }
            | Self::WriteFile { path, .. }
            | Self::SetPermissions { path, .. }
            | Self::SetValue { path, .. }
            | Self::SetCapability { path, .. } => path,
        }
    }

    /// How it stands with its object.
    pub(super) fn stand(&self, root: &SysRoot) -> io::Result<Stand> {
        let path = self.object(root);
        let of = |is_after: bool, is_before: bool| {
            if is_after {
                Stand::After
            } else if is_before {
                Stand::Before
            } else {
                Stand::Other
            }
        };
        Ok(match self {
            Self::MakeDirectory { .. } => of(path.is_dir(), !path.exists()),
            Self::WriteFile { content, .. } => match fs::read_to_string(&path) {
                Ok(found) => of(found == *content, false),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Stand::Before,
                Err(error) => return Err(error),
            },
            Self::SetPermissions { before, after, .. } => {
                let found = permissions(&path)?;
                of(found == *after, found == *before)
            }
            Self::SetValue { before, after, .. } => {
                let found = carbon_sensors::sysroot::read_trimmed(&path)?;
                of(found == *after, found == *before)
            }
            Self::SetCapability { before, after, .. } => {
                let found = capability::read(&path)?;
                of(found.as_ref() == Some(after), found == *before)
            }
        })
    }

    /// Does it.
    pub(super) fn apply(&self, root: &SysRoot) -> io::Result<()> {
        let path = self.object(root);
        match self {
            Self::MakeDirectory { .. } => {
                fs::create_dir(&path)?;
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
            }
            Self::WriteFile { content, .. } => {
                // Never over a file, nor through a link, that has appeared meanwhile.
                let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
                io::Write::write_all(&mut file, content.as_bytes())?;
                file.set_permissions(fs::Permissions::from_mode(0o644))
            }
            Self::SetPermissions { after, .. } => set_permissions(&path, *after),
            Self::SetValue { after, .. } => fs::write(&path, format!("{after}\n")),
            Self::SetCapability { after, .. } => capability::write(&path, Some(after)),
        }
    }

    /// Takes it back.
    pub(super) fn undo(&self, root: &SysRoot) -> io::Result<()> {
        let path = self.object(root);
        match self {
            Self::MakeDirectory { .. } => fs::remove_dir(&path),
            Self::WriteFile { .. } => fs::remove_file(&path),
            Self::SetPermissions { before, .. } => set_permissions(&path, *before),
            Self::SetValue { before, .. } => fs::write(&path, format!("{before}\n")),
            Self::SetCapability { before, .. } => capability::write(&path, before.as_deref()),
        }
    }

    fn object(&self, root: &SysRoot) -> PathBuf {
        match self {
            Self::SetCapability { path, .. } => PathBuf::from(path),
            step => root.path(step.path()),
        }
    }
}

fn permissions(path: &Path) -> io::Result<Permissions> {
    let found = path.metadata()?;
    Ok(Permissions { mode: found.mode() & 0o7777, gid: found.gid() })
}

/// Sets group and mode; the group first, for a change of group may drop bits of the mode.
fn set_permissions(path: &Path, wanted: Permissions) -> io::Result<()> {
    if permissions(path)?.gid != wanted.gid {
        chown(path, None, Some(wanted.gid))?;
    }
    fs::set_permissions(path, fs::Permissions::from_mode(wanted.mode))
}
