//! Reader of `data/sources.toml`: a list of blocks with string fields.
//!
//! It understands exactly what that file uses (comments, `[[name]]`, `key = "value"`) and refuses
//! the rest, so that neither the build nor `cargo xtask` needs a TOML parser for it.

/// One `[[name]]` block with its fields in file order.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    /// The name between the brackets: `package`, `source` or `table`.
    pub(crate) kind: String,
    fields: Vec<(String, String)>,
}

impl Block {
    /// The value of a field; empty when the block does not have it.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.fields.iter().find(|(k, _)| k == key).map_or("", |(_, v)| v)
    }
}

/// The blocks of the file, or the line that could not be understood.
pub(crate) fn parse(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let wrong = || format!("sources.toml, line {}: {line:?}", index + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(kind) = line.strip_prefix("[[").and_then(|l| l.strip_suffix("]]")) {
            blocks.push(Block { kind: kind.to_owned(), fields: Vec::new() });
            continue;
        }
        let (key, value) = line.split_once(" = ").ok_or_else(wrong)?;
        let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).ok_or_else(wrong)?;
        if value.contains(['"', '\\']) {
            return Err(wrong());
        }
        let block = blocks.last_mut().ok_or_else(wrong)?;
        block.fields.push((key.to_owned(), value.to_owned()));
    }
    Ok(blocks)
}
