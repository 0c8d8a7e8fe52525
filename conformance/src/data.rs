//! The data that the suite judges by: specification, vectors and transcripts, as they were when
//! this program was built. They are part of it, so that none can be missing.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use anyhow::Context;
use flate2::read::GzDecoder;

/// The packed files, by their paths in the repository, with `/`.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/data.json.gz"));

/// The files of this program.
#[derive(Debug)]
pub(crate) struct Data(BTreeMap<String, String>);

/// The files of this program, which are unpacked at the first call.
///
/// # Errors
///
/// A sentence, if the program itself is damaged.
pub(crate) fn data() -> anyhow::Result<&'static Data> {
    static UNPACKED: OnceLock<Option<Data>> = OnceLock::new();
    UNPACKED
        .get_or_init(|| {
            serde_json::from_reader(GzDecoder::new(PACKED))
                .ok()
                .map(Data)
        })
        .as_ref()
        .context("this program is damaged: it cannot unpack its own data")
}

impl Data {
    /// The text of a file.
    ///
    /// # Errors
    ///
    /// A sentence, if there is no such file.
    pub(crate) fn text(&self, path: &str) -> anyhow::Result<&str> {
        let text = self.0.get(path).map(String::as_str);
        text.with_context(|| format!("this program has no {path}"))
    }

    /// The files of a folder, by their names, in the order of these; not of the folders in it.
    pub(crate) fn folder<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> + 'a {
        let beside = self.0.range(format!("{folder}/")..);
        beside
            .map_while(move |(path, text)| {
                let name = path.strip_prefix(folder)?.strip_prefix('/')?;
                Some((name, text.as_str()))
            })
            .filter(|(name, _)| !name.contains('/'))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::root::Root;

    /// The files that reports show are packed as well.
    #[test]
    fn reasons_and_planted_faults_are_packed() {
        let root = Root::new(None);
        for name in [
            "conformance/coverage.toml",
            "conformance/mutants/client.toml",
            "conformance/mutants/relay.killers.json",
        ] {
            let here = fs::read_to_string(root.path().join(name)).unwrap();
            assert_eq!(data().unwrap().text(name).unwrap(), here);
        }
    }

    #[test]
    fn the_packed_files_are_those_of_the_repository() {
        let root = Root::new(None);
        let data = data().unwrap();
        for folder in [
            "spec",
            "spec/words",
            "vectors",
            "vectors/schemas",
            "conformance/transcripts",
        ] {
            let packed: Vec<_> = data.folder(folder).collect();
            let mut here = Vec::new();
            for entry in fs::read_dir(root.path().join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                    here.push((name, fs::read_to_string(path).unwrap()));
                }
            }
            here.sort();
            assert!(packed.len() > 1, "{folder}");
            assert!(
                packed
                    .iter()
                    .copied()
                    .eq(here.iter().map(|(name, text)| (&**name, &**text))),
                "{folder}"
            );
        }
    }
}
