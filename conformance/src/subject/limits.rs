//! The number of files and connections that this program may have open at once.

use anyhow::bail;

/// The descriptors that a run takes, and some to spare: it has at most about 300 open at once.
const NEEDED: u64 = 512;

/// Raises the limit of open files as far as the system lets this program.
///
/// # Errors
///
/// A sentence when it stays too low: a connection that cannot be opened would look like a fault of
/// the implementation.
pub(crate) fn raise() -> anyhow::Result<()> {
    check(allowed())
}

fn check(allowed: Option<u64>) -> anyhow::Result<()> {
    match allowed {
        Some(allowed) if allowed < NEEDED => bail!(
            "the suite needs up to {NEEDED} open files at once, and only {allowed} are allowed; \
             raise the limit, as by `ulimit -n {NEEDED}`"
        ),
        _ => Ok(()),
    }
}

/// The limit, once it is as high as it may be; `None` when there is none.
#[cfg(unix)]
fn allowed() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let highest = Rlimit {
        current: maximum,
        maximum,
    };
    // Where that is refused, the old limit stays.
    let _ = setrlimit(Resource::Nofile, highest);
    getrlimit(Resource::Nofile).current
}

#[cfg(not(unix))]
fn allowed() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_few_descriptors_are_told() {
        check(None).unwrap();
        check(Some(512)).unwrap();
        let error = check(Some(511)).unwrap_err().to_string();
        assert!(error.contains("only 511") && error.contains("ulimit -n 512"));
    }
}
