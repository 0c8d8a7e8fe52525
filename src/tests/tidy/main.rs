//! Checks of the source text, the specification and the lock file, which a reviewer would otherwise
//! have to remember. Each names the file and line of what it finds.
#![forbid(unsafe_code)]

mod code;
mod dependencies;
mod graph;
mod imports;
mod interface;
mod names;
mod public;
mod quotes;
mod source;
mod specification;
mod structure;
mod text;
