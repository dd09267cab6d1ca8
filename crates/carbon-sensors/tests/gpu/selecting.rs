//! Which GPUs a list or an environment variable selects, on devices as discovery describes them.

use carbon_sensors::gpu::{
    GpuDevice, GpuSelection, GpuVendor, MigInstance, Selected, describe, select,
};

fn gpu(index: u32, vendor: GpuVendor, name: &str, uuid: &str) -> GpuDevice {
    GpuDevice {
        index,
        vendor,
        name: name.to_owned(),
        uuid: Some(uuid.to_owned()),
        memory_bytes: None,
        power_limit_w: None,
        mig: Vec::new(),
        pci_bus_id: None,
        energy_within: None,
    }
}

/// Two of NVIDIA's, of which the second is cut up, and two of AMD's.
fn mixed() -> Vec<GpuDevice> {
    let mut devices = vec![
        gpu(0, GpuVendor::Nvidia, "NVIDIA H100", "GPU-4e8f0001"),
        gpu(1, GpuVendor::Nvidia, "NVIDIA H100", "GPU-4e900002"),
        gpu(2, GpuVendor::Amd, "AMD Instinct MI300X", "GPU-9ee5bdfa"),
        gpu(3, GpuVendor::Amd, "AMD Instinct MI300X", "GPU-c0ffee00"),
    ];
    devices[1].mig = vec![MigInstance { uuid: "MIG-f1e20000".to_owned() }];
    devices
}

fn listed(text: &str) -> Selected {
    select(&mixed(), &GpuSelection::parse(text))
}

fn by_environment(cuda: Option<&str>, rocr: Option<&str>) -> Selected {
    select(&mixed(), &GpuSelection::resolve(None, cuda, rocr))
}

/// The published examples of how lists are cleaned.
#[test]
fn lists_are_cleaned_as_published() {
    let ids = |selection: GpuSelection| selection.ids().unwrap().join(" ");
    assert_eq!(ids(GpuSelection::parse("0,1,2")), "0 1 2");
    assert_eq!(ids(GpuSelection::parse("[0, 1, 2")), "0 1 2");
    assert_eq!(ids(GpuSelection::parse("MIG-f1e$%^")), "MIG-f1e");
    let nested = GpuSelection::from_entries(["0", "MIG-f1e$%^", "1, 2", "GPU-abcd!"]);
    assert_eq!(ids(nested), "0 MIG-f1e 1 2 GPU-abcd");
    assert_eq!(ids(GpuSelection::parse("")), "");
    assert_eq!(GpuSelection::resolve(None, None, None).ids(), None);
}

/// CodeCarbon shows the list of either variable as if the user had given it.
#[test]
fn gpus_are_named_by_the_user_or_by_the_first_variable_that_names_any() {
    let named = |cuda, rocr| GpuSelection::resolve(None, cuda, rocr).named();
    assert_eq!(named(Some("0,1"), Some("2")).unwrap(), ["0", "1"]);
    assert_eq!(named(Some(""), Some("2")).unwrap(), ["2"]);
    assert_eq!(named(Some(""), None).unwrap(), [""; 0]);
    assert_eq!(named(None, None), None);
    assert_eq!(GpuSelection::parse("3").named().unwrap(), ["3"]);
}

/// The published examples of what lists select.
#[test]
fn lists_select_as_published() {
    let devices =
        [gpu(0, GpuVendor::Nvidia, "A", "uuid-1"), gpu(1, GpuVendor::Nvidia, "A", "uuid-2")];
    let indices = |text| select(&devices, &GpuSelection::parse(text)).indices;
    assert_eq!(indices("MIG-uuid-1"), [0]);
    assert_eq!(indices("2"), [0; 0]);
    assert_eq!(indices("uuid-3"), [0; 0]);
}

#[test]
fn a_uuid_matches_by_its_beginning_with_or_without_its_prefix() {
    for id in ["GPU-4e8f", "4e8f0001", "gpu-4E8F0001"] {
        assert_eq!(listed(id).indices, [0], "{id}");
        assert_eq!(listed(id).warnings, [""; 0], "{id}");
    }
    assert_eq!(listed("GPU-9ee5").indices, [2]);
}

#[test]
fn an_instance_stands_for_its_whole_gpu_with_a_warning() {
    for id in ["MIG-f1e2", "MIG-GPU-4e900002/3/0", "MIG-4e90"] {
        let selected = listed(id);
        assert_eq!(selected.indices, [1], "{id}");
        assert!(selected.warnings[0].contains("whole GPU"), "{id}");
    }
}

#[test]
fn an_id_of_several_gpus_selects_them_all_and_says_so() {
    let selected = listed("GPU-4e");
    assert_eq!(selected.indices, [0, 1]);
    assert_eq!(selected.warnings, ["2 GPUs have an id that begins with \"GPU-4e\""]);
}

#[test]
fn an_entry_that_names_nothing_is_warned_about_and_the_rest_is_kept() {
    let selected = listed("3, 9, GPU-, 1, 3");
    assert_eq!(selected.indices, [1, 3]);
    assert_eq!(
        selected.warnings,
        [
            "no GPU is called \"9\"; GPUs are numbered 0 to 3",
            "no GPU is called \"GPU-\"; GPUs are numbered 0 to 3"
        ]
    );
}

#[test]
fn an_empty_list_is_no_gpu_at_all() {
    assert!(GpuSelection::parse("[]").is_none());
    assert_eq!(listed(""), Selected::default());
    assert!(!GpuSelection::resolve(None, Some(""), None).is_none(), "AMD's are still visible");
}

#[test]
fn cuda_hides_only_nvidias_gpus_and_rocr_only_amds() {
    assert_eq!(by_environment(None, None).indices, [0, 1, 2, 3]);
    for none in ["", "-1", "NoDevFiles"] {
        assert_eq!(by_environment(Some(none), None).indices, [2, 3], "{none:?}");
        assert_eq!(by_environment(None, Some(none)).indices, [0, 1], "{none:?}");
        assert_eq!(by_environment(Some(none), Some(none)), Selected::default(), "{none:?}");
    }
    assert_eq!(by_environment(Some("1"), Some("GPU-c0ff,0")).indices, [1, 2, 3]);
}

#[test]
fn cudas_list_ends_at_the_first_entry_that_names_no_gpu() {
    let selected = by_environment(Some("1, 7, 0"), Some("-1"));
    assert_eq!(selected.indices, [1]);
    assert_eq!(selected.warnings, ["CUDA_VISIBLE_DEVICES ends at \"7\", which is no GPU here"]);
    assert_eq!(
        by_environment(Some("0,-1,1"), Some("")),
        Selected { indices: vec![0], warnings: vec![] }
    );
    let selected = by_environment(Some("GPU-4e"), Some(""));
    assert!(selected.indices.is_empty());
    assert!(selected.warnings[0].contains("the id of several GPUs"));
}

#[test]
fn what_the_user_lists_comes_before_the_environment() {
    let selection = GpuSelection::resolve(Some("3"), Some("0"), Some(""));
    assert_eq!(select(&mixed(), &selection).indices, [3]);
}

#[test]
fn cudas_numbers_are_doubted_among_different_models_unless_the_orders_agree() {
    let mut devices = mixed();
    devices[0].name = "NVIDIA T1000".to_owned();
    let selection = GpuSelection::resolve(None, Some("0"), Some(""));
    let doubted = select(&devices, &selection);
    assert_eq!(doubted.indices, [0]);
    assert!(doubted.warnings[0].contains("CUDA_DEVICE_ORDER=PCI_BUS_ID"));
    assert_eq!(select(&devices, &selection.in_pci_order(true)).warnings, [""; 0]);
    let by_uuid = GpuSelection::resolve(None, Some("GPU-4e8f"), Some(""));
    assert_eq!(select(&devices, &by_uuid).warnings, [""; 0]);
}

#[test]
fn a_second_die_without_its_first_has_no_energy_and_says_so() {
    let mut devices = mixed();
    devices[3].energy_within = Some(2);
    let selected = select(&devices, &GpuSelection::parse("3"));
    assert_eq!(selected.indices, [3]);
    assert!(selected.warnings[0].contains("in the counter of GPU 2"));
    assert_eq!(select(&devices, &GpuSelection::parse("2,3")).warnings, [""; 0]);
}

#[test]
fn the_description_is_of_the_selected_gpus_only() {
    let devices = mixed();
    let text = "2 x NVIDIA H100, 1 x AMD Instinct MI300X";
    assert_eq!(describe(&devices, &[0, 1, 3]), (3, text.to_owned()));
    assert_eq!(describe(&devices, &[]), (0, String::new()));
}

proptest::proptest! {
    #[test]
    fn any_text_selects_some_of_the_gpus_each_once_in_order(
        explicit in proptest::option::of("[-0-4a-fGMIPU,/ \\[\\]éx]{0,24}"),
        cuda in proptest::option::of("[-0-4a-fGMIPU, ]{0,12}"),
        rocr in proptest::option::of("[-0-4a-fGMIPU, ]{0,12}"),
    ) {
        let selection = GpuSelection::resolve(explicit.as_deref(), cuda.as_deref(), rocr.as_deref());
        let indices = select(&mixed(), &selection).indices;
        proptest::prop_assert!(indices.is_sorted_by(|a, b| a < b));
        proptest::prop_assert!(indices.iter().all(|&index| index < 4));
        proptest::prop_assert!(!selection.is_none() || indices.is_empty());
    }
}
