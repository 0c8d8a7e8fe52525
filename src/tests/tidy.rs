//! What a reviewer would have to remember: checks of the source text, the specification and the
//! lock file. Each names the file and line of what it finds.
#![forbid(unsafe_code)]

#[path = "tidy/code.rs"]
mod code;
#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/interface.rs"]
mod interface;
#[path = "tidy/quotes.rs"]
mod quotes;
#[path = "tidy/source.rs"]
mod source;
#[path = "tidy/specification.rs"]
mod specification;
