//! `conformance archive`: all that judges an implementation, in one file for other people's tests.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use wormhole_sync::values::hex;

use crate::data::data;
use crate::spec::Spec;
use crate::terminal::show;
use crate::whole_file;

/// The arguments of `conformance archive`.
#[derive(Debug, Args)]
pub(crate) struct ArchiveArguments {
    /// The folder for the archive
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// The folders whose files are in the archive; not the folders in them.
const FOLDERS: [&str; 5] = [
    "spec",
    "spec/words",
    "vectors",
    "vectors/schemas",
    "conformance/transcripts",
];
/// The other files that are in it.
const FILES: [&str; 2] = ["LICENSE-APACHE", "LICENSE-MIT"];

/// Writes the archive and its hash, and says where they are.
///
/// # Errors
///
/// A sentence about a folder or a file that cannot be written.
pub(crate) fn archive(arguments: &ArchiveArguments) -> anyhow::Result<()> {
    let folder = &arguments.folder;
    fs::create_dir_all(folder)
        .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let name = format!("wormhole-sync-tests-{}", Spec::packed()?.version());
    let (bytes, count) = packed(&name)?;
    let hash = hex::encode(&Sha256::digest(&bytes));
    let file = format!("{name}.tar.gz");
    whole_file::write(&folder.join(&file), &bytes)?;
    // As `sha256sum --check` reads it.
    let sum = format!("{hash}  {file}\n");
    let beside = folder.join(format!("{file}.sha256"));
    whole_file::write(&beside, sum.as_bytes())?;
    show(format_args!(
        "{count} files in {}",
        folder.join(&file).display()
    ));
    show(format_args!("sha256:{hash}"));
    Ok(())
}

/// The archive, whose bytes hang on those of its files alone, and the number of files.
fn packed(name: &str) -> anyhow::Result<(Vec<u8>, usize)> {
    let data = data()?;
    let mut tar = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    let mut count = 0;
    let mut add = |path: &str, text: &str| {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        count += 1;
        tar.append_data(&mut header, format!("{name}/{path}"), text.as_bytes())
    };
    for folder in FOLDERS {
        for (file, text) in data.folder(folder) {
            add(&format!("{folder}/{file}"), text)?;
        }
    }
    for file in FILES {
        add(file, data.text(file)?)?;
    }
    let bytes = tar.into_inner()?.finish()?;
    Ok((bytes, count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_has_every_file_and_its_hash() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ArchiveArguments {
            folder: folder.path().join("new"),
        };
        archive(&arguments).unwrap();
        let mut names: Vec<_> = fs::read_dir(&arguments.folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        let [file, sum] = names.as_slice() else {
            panic!("{names:?}");
        };
        let bytes = fs::read(arguments.folder.join(file)).unwrap();
        let told = fs::read_to_string(arguments.folder.join(sum)).unwrap();
        let hash = hex::encode(&Sha256::digest(&bytes));
        assert_eq!(told, format!("{hash}  {file}\n"));
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&bytes[..]));
        let paths: Vec<String> = tar
            .entries()
            .unwrap()
            .map(|entry| entry.unwrap().path().unwrap().display().to_string())
            .collect();
        for path in [
            "spec/wormhole-sync.md",
            "spec/words/odd.txt",
            "vectors/code.json",
            "vectors/schemas/code.schema.json",
            "conformance/transcripts/transcript.schema.json",
            "LICENSE-MIT",
        ] {
            assert!(paths.iter().any(|it| it.ends_with(path)), "{path}");
        }
        let (again, _) = packed(file.trim_end_matches(".tar.gz")).unwrap();
        assert_eq!(again, bytes);
    }
}
