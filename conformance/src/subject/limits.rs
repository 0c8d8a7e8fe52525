//! The number of files and connections that this program may have open at once.

use anyhow::bail;

/// The descriptors of the program itself: its streams, its runtimes, the supervisor, and what the
/// start of a process takes for a moment.
const OWN: u64 = 20;

/// The number of jobs, at most `wanted`, for which there are descriptors, when each takes `each`.
///
/// # Errors
///
/// A sentence when there are not enough for one.
pub(crate) fn jobs(wanted: usize, each: u64) -> anyhow::Result<usize> {
    fitting(wanted, each, allowed())
}

fn fitting(wanted: usize, each: u64, allowed: Option<u64>) -> anyhow::Result<usize> {
    let Some(allowed) = allowed else {
        return Ok(wanted);
    };
    let fit = allowed.saturating_sub(OWN) / each.max(1);
    if fit == 0 {
        bail!(
            "this needs {} open files at once, and only {allowed} are allowed; raise `ulimit -n`",
            OWN + each
        );
    }
    Ok(usize::try_from(fit).map_or(wanted, |fit| fit.min(wanted)))
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
    fn as_many_jobs_as_descriptors_allow() {
        assert_eq!(fitting(16, 6, None).unwrap(), 16);
        assert_eq!(fitting(16, 6, Some(1024)).unwrap(), 16);
        assert_eq!(fitting(16, 6, Some(32)).unwrap(), 2);
        let error = fitting(16, 6, Some(16)).unwrap_err().to_string();
        assert!(
            error.contains("26 open files") && error.contains("ulimit"),
            "{error}"
        );
    }
}
