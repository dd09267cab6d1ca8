//! CPUs, GPUs, energy sources and equivalents.

use std::collections::BTreeMap;

use crate::Input;
use crate::cpu_name::{ModelName, is_bare};
use crate::gpu_name::model_key;
use crate::layout::Section;
use crate::writer::Writer;

/// Writes every section that is about a thing.
pub(crate) fn write(input: &Input, writer: &mut Writer) {
    cpus(input, writer);
    gpus(input, writer);
    for row in input.table("hand/fuel.tsv").rows() {
        fuel(input, writer, 'i', row);
    }
    for row in input.table("fuel-codecarbon.tsv").rows() {
        fuel(input, writer, 'c', row);
    }
    for row in input.table("hand/equivalents.tsv").rows() {
        let kg = row.number("kg_co2e").expect("a mass");
        let year = row.number("year").unwrap_or(0.0) as u16;
        let fields = writer.fields().text(row.get("label")).millionths(kg).u16(year);
        let fields = fields.u8(input.source(row.get("source"))).finish();
        writer.push(Section::Equivalent, row.get("name"), fields);
    }
}

struct Cpu {
    name: String,
    power_w: f64,
    threads: u16,
    source: u8,
    by_hand: bool,
}

/// Writes the models that one name tells apart. Rows of the collected table that say the same
/// words with another power answer nothing, because nobody can tell which one a machine has; a
/// hand-entered row wins over collected ones, and without a power only adds the threads.
fn cpus(input: &Input, writer: &mut Writer) {
    let mut models: BTreeMap<String, Option<Cpu>> = BTreeMap::new();
    for row in input.table("cpu-power.tsv").rows() {
        let name = row.get("name").to_owned();
        // Linux prints this for every processor of the architecture.
        if name.starts_with("ARMv") {
            continue;
        }
        // Names without a model number cannot be looked up.
        let Some(model) = ModelName::new(&name) else { continue };
        let power_w = row.number("tdp_w").expect("a power");
        let source = input.source(row.get("source"));
        let cpu = Cpu { name, power_w, threads: 0, source, by_hand: false };
        models
            .entry(model.key)
            .and_modify(|known| match known {
                Some(other) if other.power_w != power_w => *known = None,
                // Of two spellings the one with the maker answers to both.
                Some(other) if is_bare(&other.name) => other.name.clone_from(&cpu.name),
                _ => {}
            })
            .or_insert(Some(cpu));
    }
    for row in input.table("hand/cpu.tsv").rows() {
        let threads = row.number("threads").unwrap_or(0.0) as u16;
        for name in row.get("names").split(';') {
            let key = ModelName::new(name).unwrap_or_else(|| panic!("{name:?} has no model")).key;
            let known = models.remove(&key).flatten();
            assert!(!known.as_ref().is_some_and(|k| k.by_hand), "{name:?} is entered twice");
            let cpu = match (row.number("tdp_w"), known) {
                (Some(power_w), _) => Cpu {
                    name: name.to_owned(),
                    power_w,
                    threads,
                    source: input.source(row.get("source")),
                    by_hand: true,
                },
                (None, Some(known)) => Cpu { threads, by_hand: true, ..known },
                (None, None) => panic!("{name:?} has no power in either table"),
            };
            models.insert(key, Some(cpu));
        }
    }
    for (key, cpu) in models {
        let Some(cpu) = cpu else { continue };
        let fields = writer.fields().text(&cpu.name).millionths(cpu.power_w);
        let fields = fields.u16(cpu.threads).u8(cpu.source).finish();
        writer.push(Section::Cpu, &key, fields);
    }
}

fn gpus(input: &Input, writer: &mut Writer) {
    for row in input.table("hand/gpu.tsv").rows() {
        for name in row.get("names").split(';') {
            let idle_w = row.number("idle_w").unwrap_or(0.0);
            let max_w = row.number("max_w").expect("a power");
            let fields = writer.fields().text(name).millionths(idle_w).millionths(max_w);
            let fields = fields.u8(input.source(row.get("source"))).finish();
            writer.push(Section::Gpu, &model_key(name), fields);
        }
    }
}

fn fuel(input: &Input, writer: &mut Writer, set: char, row: crate::tsv::Row<'_>) {
    let g_per_kwh = row.number("g_per_kwh").expect("a value");
    let fields = writer.fields().millionths(g_per_kwh).u8(input.source(row.get("source"))).finish();
    writer.push(Section::Fuel, &format!("{set}:{}", row.get("fuel")), fields);
}
