//! The dashboard as it was built, in memory: bytes, media types, tags.
//!
//! `cargo xtask web` bundles `web/` into `web/dist`; building this crate takes what lies there into the
//! program, compressed forms too. Where nothing lies there, every page is one that says how to build
//! it. Left out: HTTP, and what the pages ask for.

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// What pages of the dashboard may do: load from their own server, and nothing else. Nothing in them
/// runs or styles that is not a file of its own.
pub const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; \
                          frame-ancestors 'none'; object-src 'none'";

/// The page that all addresses of the app answer with.
const PAGE: &str = "index.html";

/// Where files lie whose names carry a hash of their content.
const HASHED: &str = "assets/";

/// A file as it was built.
struct File {
    path: &'static str,
    media_type: &'static str,
    tag: &'static str,
    plain: &'static [u8],
    gzip: Option<&'static [u8]>,
    brotli: Option<&'static [u8]>,
}

/// A file in one of its forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its bytes, in the form that `encoding` names.
    pub bytes: &'static [u8],
    /// `Content-Type`.
    pub media_type: &'static str,
    /// `ETag`, in quotes: another one for each form.
    pub etag: Tag,
    /// `Content-Encoding`; none for the plain form.
    pub encoding: Option<Encoding>,
    /// Whether the same address will never answer with another content.
    pub is_immutable: bool,
}

/// A form in which a file is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// `br`.
    Brotli,
    /// `gzip`.
    Gzip,
}

impl Encoding {
    /// By its name in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }
}

/// What tells a form of a content from all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    content: &'static str,
    encoding: Option<Encoding>,
}

impl std::fmt::Display for Tag {
    /// As an `ETag`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.encoding {
            Some(encoding) => write!(f, "\"{}-{}\"", self.content, encoding.name()),
            None => write!(f, "\"{}\"", self.content),
        }
    }
}

/// Whether the dashboard is in this program, or only the page that says how to build it.
pub fn is_built() -> bool {
    IS_BUILT
}

/// A file by its path without a slash at the front, such as `assets/index-1a2b.js`, in the smallest
/// form that a client takes (`Accept-Encoding`; none takes the plain form only).
pub fn asset(path: &str, accepted: Option<&str>) -> Option<Asset> {
    let file = FILES.iter().find(|file| file.path == path)?;
    let takes = |encoding: Encoding| accepts(accepted.unwrap_or_default(), encoding.name());
    let (bytes, encoding) = match file {
        File { brotli: Some(bytes), .. } if takes(Encoding::Brotli) => {
            (*bytes, Some(Encoding::Brotli))
        }
        File { gzip: Some(bytes), .. } if takes(Encoding::Gzip) => (*bytes, Some(Encoding::Gzip)),
        _ => (file.plain, None),
    };
    Some(Asset {
        bytes,
        media_type: file.media_type,
        etag: Tag { content: file.tag, encoding },
        encoding,
        is_immutable: path.starts_with(HASHED),
    })
}

/// The page of the app.
pub fn page(accepted: Option<&str>) -> Asset {
    asset(PAGE, accepted).unwrap_or_else(|| unreachable!("the build script puts a page there"))
}

/// Whether an `Accept-Encoding` names an encoding and does not refuse it.
fn accepts(header: &str, wanted: &str) -> bool {
    header.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        is_named && weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f64| weight > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_always_a_page() {
        let page = page(None);
        assert_eq!(page.media_type, "text/html; charset=utf-8");
        assert!(page.bytes.starts_with(b"<!doctype html>"));
        assert!(!page.is_immutable, "the page names the files of its version");
    }

    #[test]
    fn a_client_gets_a_form_that_it_takes() {
        for (accepted, wanted, expected) in [
            ("gzip, deflate, br", "br", true),
            ("gzip;q=1.0, BR;q=0.5", "br", true),
            ("br;q=0, gzip", "br", false),
            ("gzip", "br", false),
            ("", "gzip", false),
            ("brotli", "br", false),
        ] {
            assert_eq!(accepts(accepted, wanted), expected, "{accepted}: {wanted}");
        }
        for file in FILES {
            let plain = asset(file.path, None).unwrap();
            assert_eq!((plain.encoding, plain.bytes), (None, file.plain));
            let small = asset(file.path, Some("gzip, br")).unwrap();
            assert!(small.bytes.len() <= plain.bytes.len(), "{}", file.path);
            assert_eq!(small.etag == plain.etag, small.encoding.is_none(), "{}", file.path);
        }
    }

    #[test]
    fn only_what_was_built_is_served() {
        for path in ["", "index", "../Cargo.toml", "assets", "assets/", "/index.html"] {
            assert_eq!(asset(path, None), None, "{path}");
        }
    }

    #[test]
    fn what_is_kept_for_ever_carries_a_hash_and_a_first_visit_is_small() {
        if !is_built() {
            return;
        }
        let page = std::str::from_utf8(page(None).bytes).unwrap();
        assert!(!page.contains("://"), "everything comes from this server: {page}");
        let named = FILES.iter().filter(|file| page.contains(file.path));
        let mut bytes = self::page(Some("gzip")).bytes.len();
        for file in named {
            assert!(file.path.starts_with(HASHED), "{}", file.path);
            bytes += asset(file.path, Some("gzip")).unwrap().bytes.len();
        }
        assert!((20_000..250 * 1024).contains(&bytes), "{bytes} bytes");
    }
}
