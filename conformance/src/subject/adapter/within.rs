//! Adapters within this program.

use std::io::{self, BufReader};
use std::thread;
use std::time::Duration;

use super::error::AdapterError;
use super::{AdapterHandle, Operations, serve};

/// Serves operations on a thread, as an adapter of its own process does.
///
/// # Errors
///
/// [`AdapterError::CouldNotStart`].
pub(crate) fn within(
    operations: impl Operations + Send + 'static,
    timeout: Duration,
) -> Result<AdapterHandle, AdapterError> {
    let pipe = || io::pipe().map_err(|error| AdapterError::CouldNotStart(error.to_string()));
    let ((input, to_adapter), (from_adapter, output)) = (pipe()?, pipe()?);
    thread::spawn(move || {
        // The suite goes away when it has its verdict.
        let _ = serve(BufReader::new(input), output, &operations);
    });
    AdapterHandle::over(from_adapter, to_adapter, timeout)
}
