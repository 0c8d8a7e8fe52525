//! `conformance generate`: writes the vectors, or checks that they come out again.

use std::path::Path;

use anyhow::Error;

use crate::root::Root;
use crate::suites::vectors::generate::{self, Generated};
use crate::terminal::{say, show};

/// Compares the committed files with what the builders make, and gives whether they are the same.
pub(crate) fn check(root: &Root) -> bool {
    match generate::check(root) {
        Ok(generated) => {
            show(format_args!("{}: as committed", summary(&generated)));
            true
        }
        Err(difference) => {
            say(difference);
            false
        }
    }
}

/// Writes the committed files.
///
/// # Errors
///
/// A sentence that says what could not be made or written.
pub(crate) fn write(root: &Root) -> anyhow::Result<()> {
    let generated = generate::write(root).map_err(Error::msg)?;
    tell(root.path(), &generated);
    Ok(())
}

/// Writes a fresh set from a seed into a folder. The repository is not needed.
///
/// # Errors
///
/// A sentence that says what could not be made or written.
pub(crate) fn write_fresh(seed: &str, folder: &Path) -> anyhow::Result<()> {
    let generated = generate::write_fresh(seed, folder).map_err(Error::msg)?;
    tell(folder, &generated);
    Ok(())
}

fn summary(generated: &Generated) -> String {
    format!(
        "{} vectors in {} families, {} files",
        generated.tests, generated.families, generated.files
    )
}

fn tell(folder: &Path, generated: &Generated) {
    for path in &generated.written {
        let shown: &Path = path.strip_prefix(folder).unwrap_or(path);
        show(format_args!("wrote {}", shown.display()));
    }
    show(format_args!(
        "{}, {} of them changed",
        summary(generated),
        generated.written.len()
    ));
}
