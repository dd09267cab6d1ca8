//! Which cloud a machine is in, by its firmware, and which region, by the cloud's metadata service.
//!
//! Only a machine whose firmware names a cloud asks, and only that cloud: elsewhere the address of
//! the metadata service may be anybody's. Proxies are never used.

use std::time::Duration;

use carbon_http::{Client, HttpError, Method, Policy, Request};
use carbon_sensors::facts::{CloudHint, DmiFacts};
use carbon_sensors::{Clock, SysRoot};
use serde::Deserialize;

/// All calls of one cloud together.
const BUDGET: Duration = Duration::from_secs(1);

/// Documents of machines are some thousand bytes long.
const LONGEST_ANSWER: u64 = 64 << 10;

/// The metadata services; their addresses are the same on every machine of the cloud.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    /// Base address of EC2's service.
    pub aws: String,
    /// Base address of Azure's.
    pub azure: String,
    /// Base address of Google's.
    pub gcp: String,
}

impl Default for Addresses {
    fn default() -> Self {
        let link_local = || "http://169.254.169.254".to_owned();
        Self { aws: link_local(), azure: link_local(), gcp: link_local() }
    }
}

/// Why a cloud did not tell its region.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CloudFault {
    #[error(transparent)]
    Unanswered(#[from] HttpError),
    #[error("status {0}")]
    Refused(u16),
    #[error("the answer names no region")]
    NoRegion,
    #[error("there was no time left")]
    TooLate,
}

/// The provider as tables name it.
pub(crate) const fn provider(cloud: CloudHint) -> &'static str {
    match cloud {
        CloudHint::Aws => "aws",
        CloudHint::Azure => "azure",
        CloudHint::Gcp => "gcp",
    }
}

/// The cloud that the firmware of a machine names. Reads some small files.
pub(crate) fn named_by(root: &SysRoot) -> Option<CloudHint> {
    DmiFacts::read(root).cloud_hint()
}

/// Asks a cloud for the region; takes a second at most.
///
/// # Errors
/// The service does not answer, or its answer names no region.
pub(crate) fn region(
    cloud: CloudHint,
    addresses: &Addresses,
    clock: &dyn Clock,
) -> Result<String, CloudFault> {
    let service = Service { clock, began: clock.monotonic() };
    let text = match cloud {
        CloudHint::Aws => aws_region(&service, &addresses.aws)?,
        CloudHint::Azure => azure_region(&service, &addresses.azure)?,
        CloudHint::Gcp => gcp_region(&service, &addresses.gcp)?,
    };
    let is_name = (1..=40).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_name { Ok(text.to_ascii_lowercase()) } else { Err(CloudFault::NoRegion) }
}

/// Calls under one budget.
struct Service<'a> {
    clock: &'a dyn Clock,
    began: Duration,
}

impl Service<'_> {
    fn send(&self, request: &Request<'_>) -> Result<carbon_http::Answer, CloudFault> {
        let spent = self.clock.monotonic().saturating_sub(self.began);
        let left = BUDGET.checked_sub(spent).ok_or(CloudFault::TooLate)?;
        let client = Client::new(Policy {
            connect: left,
            total: left,
            longest_answer: LONGEST_ANSWER,
            authorities: None,
            proxies: false,
            public_only: false,
        })?;
        Ok(client.send(request)?)
    }

    fn get(&self, request: &Request<'_>) -> Result<Vec<u8>, CloudFault> {
        let answer = self.send(request)?;
        if answer.status == 200 { Ok(answer.body) } else { Err(CloudFault::Refused(answer.status)) }
    }
}

/// The session token comes first; where sessions are not offered, the document is open.
fn aws_region(service: &Service<'_>, base: &str) -> Result<String, CloudFault> {
    #[derive(Deserialize)]
    struct Document {
        region: String,
    }
    let url = format!("{base}/latest/api/token");
    let request = Request { method: Method::Put, ..Request::get(&url) }
        .header("x-aws-ec2-metadata-token-ttl-seconds", "60");
    let session = service.send(&request)?;
    let token = if session.status == 200 { session.text() } else { String::new() };
    let url = format!("{base}/latest/dynamic/instance-identity/document");
    let mut request = Request::get(&url);
    if !token.is_empty() {
        request = request.header("x-aws-ec2-metadata-token", &token);
    }
    let document: Document =
        serde_json::from_slice(&service.get(&request)?).map_err(|_| CloudFault::NoRegion)?;
    Ok(document.region)
}

fn azure_region(service: &Service<'_>, base: &str) -> Result<String, CloudFault> {
    #[derive(Deserialize)]
    struct Compute {
        location: String,
    }
    let url = format!("{base}/metadata/instance/compute?api-version=2021-02-01&format=json");
    let body = service.get(&Request::get(&url).header("metadata", "true"))?;
    let compute: Compute = serde_json::from_slice(&body).map_err(|_| CloudFault::NoRegion)?;
    Ok(compute.location)
}

/// A zone is `projects/NUMBER/zones/europe-west10-b`, its region what precedes the last hyphen.
fn gcp_region(service: &Service<'_>, base: &str) -> Result<String, CloudFault> {
    let url = format!("{base}/computeMetadata/v1/instance/zone");
    let body = service.get(&Request::get(&url).header("metadata-flavor", "Google"))?;
    let text = String::from_utf8_lossy(&body);
    let zone = text.trim().rsplit('/').next().unwrap_or_default();
    let (region, _) = zone.rsplit_once('-').ok_or(CloudFault::NoRegion)?;
    Ok(region.to_owned())
}
