//! The Rust files of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, Block, File, ImplItem, Item, ItemImpl, ItemMod, Stmt};

/// The folders of all Rust files of the workspace.
const FOLDERS: [&str; 4] = ["src", "benches", "conformance", "spec"];

/// One Rust file.
pub(crate) struct Source {
    /// The path from the repository, such as `src/values/hex.rs`.
    pub(crate) path: String,
    pub(crate) text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository, if it is there.
pub(crate) fn find(path: &str) -> Option<String> {
    fs::read_to_string(root().join(path)).ok()
}

pub(crate) fn read(path: &str) -> String {
    find(path).unwrap_or_else(|| panic!("no text in {path}"))
}

/// Every Rust file of the workspace.
pub(crate) fn workspace() -> Vec<Source> {
    let sources: Vec<Source> = FOLDERS.into_iter().flat_map(below).collect();
    assert!(sources.len() > 250, "{} files", sources.len());
    sources
}

/// Every Rust file below this folder of the repository.
fn below(folder: &str) -> Vec<Source> {
    let mut files = Vec::new();
    collect(&root().join(folder), &mut files);
    files.sort();
    let source = |file: PathBuf| {
        let path = file.strip_prefix(root()).unwrap().to_str().unwrap();
        let path = path.replace('\\', "/");
        Source {
            text: read(&path),
            path,
        }
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("target") {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The files of the reference crate that ship: all but the examples and those that are compiled for
/// tests only.
pub(crate) fn shipped() -> Vec<Source> {
    let mut sources = below("src");
    let mut of_tests = vec!["src/tests/".to_owned(), "src/examples/".to_owned()];
    for source in &sources {
        for item in source.file().items {
            if let Item::Mod(ItemMod {
                attrs,
                ident,
                content: None,
                ..
            }) = item
                && is_test(&attrs)
            {
                let places = places(&source.path, &ident.to_string()).into_iter();
                of_tests.extend(places.map(|place| place.trim_end_matches("mod.rs").to_owned()));
            }
        }
    }
    sources.retain(|source| !of_tests.iter().any(|test| source.path.starts_with(test)));
    assert!(sources.len() > 50, "{} files", sources.len());
    sources
}

/// The files that `mod name;` in this file may stand for: `name.rs` or `name/mod.rs`.
pub(crate) fn places(path: &str, name: &str) -> [String; 2] {
    let (folder, file) = path.rsplit_once('/').unwrap();
    let stem = file.trim_end_matches(".rs");
    let folder = match stem {
        "lib" | "main" | "mod" => folder.to_owned(),
        _ => format!("{folder}/{stem}"),
    };
    [
        format!("{folder}/{name}.rs"),
        format!("{folder}/{name}/mod.rs"),
    ]
}

impl Source {
    /// The module that the file belongs to, such as `values`; a file at the top is its own module.
    pub(crate) fn module(&self) -> &str {
        let inner = self.path.trim_start_matches("src/");
        inner.split('/').next().unwrap().trim_end_matches(".rs")
    }

    /// The line of this number, counted from one, without its indentation.
    pub(crate) fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number - 1).unwrap().trim()
    }

    pub(crate) fn file(&self) -> File {
        syn::parse_file(&self.text).unwrap_or_else(|error| panic!("{}: {error}", self.path))
    }

    /// The items of the file that are not compiled for tests only.
    pub(crate) fn code(&self) -> File {
        let mut file = self.file();
        without_tests(&mut file);
        file
    }

    pub(crate) fn tokens(&self) -> TokenStream {
        self.code().to_token_stream()
    }
}

/// Whether an item with these attributes is compiled for tests only: `#[cfg(test)]`.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_cfg = attribute.path().is_ident("cfg");
        is_cfg
            && attribute
                .parse_args::<syn::Ident>()
                .is_ok_and(|condition| condition == "test")
    })
}

/// Removes the items that are compiled for tests only.
pub(crate) fn without_tests(file: &mut File) {
    WithoutTests.visit_file_mut(file);
}

struct WithoutTests;

impl VisitMut for WithoutTests {
    fn visit_file_mut(&mut self, file: &mut File) {
        file.items.retain(|item| !is_test(attributes(item)));
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_item_mod_mut(&mut self, module: &mut ItemMod) {
        if let Some((_, items)) = &mut module.content {
            items.retain(|item| !is_test(attributes(item)));
        }
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_item_impl_mut(&mut self, block: &mut ItemImpl) {
        block.items.retain(|item| match item {
            ImplItem::Fn(item) => !is_test(&item.attrs),
            ImplItem::Const(item) => !is_test(&item.attrs),
            _ => true,
        });
        visit_mut::visit_item_impl_mut(self, block);
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        block.stmts.retain(|statement| match statement {
            Stmt::Local(local) => !is_test(&local.attrs),
            Stmt::Item(item) => !is_test(attributes(item)),
            _ => true,
        });
        visit_mut::visit_block_mut(self, block);
    }
}

pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Calls back for each token, groups before what is in them, with the tokens before it in its
/// group.
pub(crate) fn each_token(
    tokens: TokenStream,
    found: &mut impl FnMut(&[TokenTree], &TokenTree, &[TokenTree]),
) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        found(&tokens[..at], token, &tokens[at + 1..]);
        if let TokenTree::Group(group) = token {
            each_token(group.stream(), found);
        }
    }
}

pub(crate) fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}
