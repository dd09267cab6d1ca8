//! The firmware's names for the machine: vendor, product, chassis, and the cloud they point to.
//!
//! All of them are world-readable in `/sys/class/dmi/id`; serial numbers and the UUID are not read.

use crate::sysroot::SysRoot;

/// What the firmware says of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DmiFacts {
    /// "Dell Inc.", "Amazon EC2".
    pub sys_vendor: Option<String>,
    /// "PowerEdge R740", "Google Compute Engine".
    pub product_name: Option<String>,
    /// "Amazon EC2", "SeaBIOS".
    pub bios_vendor: Option<String>,
    /// "1.0", "4.11.amazon".
    pub bios_version: Option<String>,
    /// A label on the chassis; Azure has one of its own.
    pub chassis_asset_tag: Option<String>,
    /// Kind of chassis by the SMBIOS table (3 desktop, 9 laptop, 17 and 23 server, …).
    pub chassis_type: Option<u32>,
}

/// A cloud that the firmware names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CloudHint {
    /// Amazon Web Services.
    Aws,
    /// Microsoft Azure.
    Azure,
    /// Google Cloud.
    Gcp,
}

/// The tag that every Azure machine carries.
const AZURE_ASSET_TAG: &str = "7783-7084-3265-9085-8269-3286-77";

/// Words by which hypervisors and clouds name themselves.
const HYPERVISOR_WORDS: &[&str] = &[
    "qemu",
    "kvm",
    "vmware",
    "virtualbox",
    "innotek",
    "xen",
    "bochs",
    "bhyve",
    "parallels",
    "virtual machine",
    "amazon ec2",
    "google",
    "alibaba cloud",
    "openstack",
    "firecracker",
];

impl DmiFacts {
    /// Reads them; 5 µs each, nothing where there is no firmware table.
    pub fn read(root: &SysRoot) -> Self {
        let text = |name: &str| {
            root.read(format!("sys/class/dmi/id/{name}")).ok().filter(|value| !value.is_empty())
        };
        Self {
            sys_vendor: text("sys_vendor"),
            product_name: text("product_name"),
            bios_vendor: text("bios_vendor"),
            bios_version: text("bios_version"),
            chassis_asset_tag: text("chassis_asset_tag"),
            chassis_type: text("chassis_type").and_then(|value| value.parse().ok()),
        }
    }

    /// The cloud that the names point to. A hint: it says neither region nor that a metadata service
    /// answers.
    pub fn cloud_hint(&self) -> Option<CloudHint> {
        let is = |field: &Option<String>, text: &str| field.as_deref() == Some(text);
        let is_aws = is(&self.sys_vendor, "Amazon EC2")
            || is(&self.bios_vendor, "Amazon EC2")
            || self.bios_version.as_ref().is_some_and(|v| v.ends_with(".amazon"));
        if is_aws {
            Some(CloudHint::Aws)
        } else if is(&self.chassis_asset_tag, AZURE_ASSET_TAG) {
            Some(CloudHint::Azure)
        } else if is(&self.product_name, "Google Compute Engine")
            || (is(&self.sys_vendor, "Google") && is(&self.bios_vendor, "Google"))
        {
            Some(CloudHint::Gcp)
        } else {
            None
        }
    }

    /// Whether vendor or product are those of a virtual machine; bare metal of a cloud is none.
    pub fn names_a_hypervisor(&self) -> bool {
        let product = self.product_name.as_deref().unwrap_or_default().to_lowercase();
        if product.contains("metal") {
            return false;
        }
        let vendor = self.sys_vendor.as_deref().unwrap_or_default().to_lowercase();
        HYPERVISOR_WORDS.iter().any(|word| vendor.contains(word) || product.contains(word))
    }

    /// Whether the chassis is a server's (`Some(true)`), a personal machine's, or says nothing.
    pub fn is_server_chassis(&self) -> Option<bool> {
        match self.chassis_type? {
            // Main server chassis, rack mount, multi-system, blade and its enclosure.
            17 | 23 | 25 | 28 | 29 => Some(true),
            // Desktops, towers, portables, all-in-one, tablets, convertibles, mini and stick PCs.
            3..=11 | 13..=16 | 30..=32 | 35 | 36 => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dmi(sys_vendor: &str, product_name: &str) -> DmiFacts {
        DmiFacts {
            sys_vendor: Some(sys_vendor.to_owned()),
            product_name: Some(product_name.to_owned()),
            ..DmiFacts::default()
        }
    }

    #[test]
    fn clouds_are_known_by_their_firmware() {
        assert_eq!(dmi("Amazon EC2", "c7g.large").cloud_hint(), Some(CloudHint::Aws));
        assert_eq!(dmi("Google", "Google Compute Engine").cloud_hint(), Some(CloudHint::Gcp));
        assert_eq!(dmi("Google", "Eve").cloud_hint(), None, "a Chromebook");
        let hyper_v = dmi("Microsoft Corporation", "Virtual Machine");
        assert_eq!(hyper_v.cloud_hint(), None, "any Hyper-V says this");
        let azure = DmiFacts { chassis_asset_tag: Some(AZURE_ASSET_TAG.to_owned()), ..hyper_v };
        assert_eq!(azure.cloud_hint(), Some(CloudHint::Azure));
        let old_aws =
            DmiFacts { bios_version: Some("4.11.amazon".to_owned()), ..dmi("Xen", "HVM domU") };
        assert_eq!(old_aws.cloud_hint(), Some(CloudHint::Aws));
        assert_eq!(dmi("Dell Inc.", "PowerEdge R740").cloud_hint(), None);
    }

    #[test]
    fn bare_metal_of_a_cloud_is_no_virtual_machine() {
        assert!(dmi("Amazon EC2", "c7g.large").names_a_hypervisor());
        assert!(!dmi("Amazon EC2", "c7g.metal").names_a_hypervisor());
        assert!(!dmi("LENOVO", "ThinkPad X1").names_a_hypervisor());
    }
}
