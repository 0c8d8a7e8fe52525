//! Checks of the code that ships: it does not panic, pass on unverified data, show types of other
//! crates or use the terminal.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{
    Field, Ident, ImplItemConst, ImplItemFn, ItemConst, ItemEnum, ItemFn, ItemStatic, ItemStruct,
    ItemTrait, ItemType, ItemUse, TraitItem, Visibility,
};

use super::graph::imports;
use super::source::{each_token, is_mark, shipped};

/// The places outside tests that could panic and never do: file, text of the line, reason.
const MAY_PANIC: [(&str, &str, &str); 8] = [
    (
        "src/cli/wording.rs",
        "const _: () = assert!(",
        "a constant: it would not compile",
    ),
    (
        "src/crypto/schedule.rs",
        ".expect(",
        "lengths that are fixed where they are made",
    ),
    (
        "src/crypto/expand.rs",
        ".expect(",
        "lengths that are fixed where they are made",
    ),
    (
        "src/crypto/seal.rs",
        ".expect(",
        "a blob is far below the limit of the cipher",
    ),
    (
        "src/crypto/group.rs",
        ".expect(",
        "lengths that are fixed where they are made",
    ),
    (
        "src/crypto/group.rs",
        "bytes[0] = 1;",
        "a constant: it would not compile",
    ),
    (
        "src/crypto/dangerous_values.rs",
        "hashes[",
        "an array of three; test hooks only",
    ),
    (
        "src/values/words.rs",
        "[usize::from(byte)]",
        "a list has a word for each byte",
    ),
];

#[test]
fn nothing_panics_outside_tests() {
    let (mut found, mut used) = (Vec::new(), BTreeSet::new());
    for source in shipped() {
        for line in panics(source.tokens()) {
            let shown = source.line(line);
            let allowed =
                |(path, part, _): &(&str, &str, &str)| *path == source.path && shown.contains(part);
            match MAY_PANIC.iter().position(allowed) {
                Some(at) => drop(used.insert(at)),
                None => found.push(format!("{}:{line}: {shown}", source.path)),
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    for (at, (path, part, reason)) in MAY_PANIC.iter().enumerate() {
        assert!(used.contains(&at), "no more in {path}: {part} ({reason})");
    }
}

/// The lines where something may panic: the usual calls and macros, and an index.
fn panics(tokens: TokenStream) -> Vec<usize> {
    let methods = ["unwrap", "expect", "unwrap_err", "expect_err"];
    let macros = [
        "panic",
        "unreachable",
        "todo",
        "unimplemented",
        "assert",
        "assert_eq",
        "assert_ne",
        // They panic when the stream is gone.
        "print",
        "println",
        "eprint",
        "eprintln",
    ];
    let mut lines = Vec::new();
    each_token(tokens, &mut |before, token, after| {
        let panics = match token {
            TokenTree::Ident(word) => {
                let is_one = |words: &[&str]| words.iter().any(|known| word == known);
                let is_method = before.last().is_some_and(|last| is_mark(last, '.'));
                let is_macro = after.first().is_some_and(|next| is_mark(next, '!'));
                is_method && is_one(&methods) || is_macro && is_one(&macros)
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                // `[..]` is always within bounds.
                is_value(before) && group.stream().to_string() != ".."
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        };
        if panics {
            lines.push(token.span().start().line);
        }
    });
    lines
}

/// Whether these tokens end with a value, so that a bracket after them is an index.
fn is_value(tokens: &[TokenTree]) -> bool {
    match tokens {
        // `&'a [u8]`
        [.., mark, TokenTree::Ident(_)] if is_mark(mark, '\'') => false,
        // `mut [u8]`: a keyword is no value, except `self`.
        [.., TokenTree::Ident(word)] => {
            word == "self" || syn::parse_str::<Ident>(&word.to_string()).is_ok()
        }
        [.., TokenTree::Group(group)] => group.delimiter() != Delimiter::Brace,
        [.., TokenTree::Literal(_)] => true,
        [.., mark] => is_mark(mark, '?'),
        [] => false,
    }
}

#[test]
fn what_may_panic_is_found() {
    let panics = |code: &str| panics(code.parse().unwrap()).len();
    assert_eq!(
        panics("a[0] b()[1] c?[2] d[3][4] self[5] f!(g[6]) h.unwrap() panic!()"),
        9
    );
    assert_eq!(
        panics("\"a[0]\" &'a [u8] mut [u8] #[b] vec![1] {} [2] d[..] // e[0]"),
        0
    );
    assert_eq!(panics("debug_assert!(true) unwrap() x.unwrap_or(y)"), 0);
}

// SEAL-9: A client MUST NOT hand over, use or export anything of a sealed message
// before its tag has been verified and its padding checked.
#[test]
fn only_the_cryptography_vouches() {
    for source in shipped()
        .iter()
        .filter(|source| source.module() != "crypto")
    {
        each_token(source.tokens(), &mut |_, token, _| {
            assert!(token.to_string() != "vouch", "{}", source.path);
        });
    }
}

/// Crates whose types an application would then depend on.
const INNER: [&str; 14] = [
    "spake2",
    "curve25519_dalek",
    "hkdf",
    "sha2",
    "chacha20poly1305",
    "hmac",
    "digest",
    "zeroize",
    "subtle",
    "rand_core",
    "getrandom",
    "rustls",
    "ureq",
    "hyper",
];

#[test]
fn no_type_of_another_crate_is_in_the_interface() {
    let mut found = Vec::new();
    for source in shipped() {
        let mut interface = Interface {
            names: INNER.map(str::to_owned).into(),
            found: vec![],
        };
        interface.visit_file(&source.code());
        let shown = |line: usize| format!("{}:{line}: {}", source.path, source.line(line));
        found.extend(interface.found.into_iter().map(shown));
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// A visitor that looks for public signatures that name an inner crate, or something imported from
/// one.
struct Interface {
    names: BTreeSet<String>,
    /// The numbers of the lines that were found.
    found: Vec<usize>,
}

impl Interface {
    fn look(&mut self, visibility: &Visibility, signature: &impl ToTokens) {
        if matches!(visibility, Visibility::Public(_)) {
            each_token(signature.to_token_stream(), &mut |_, token, _| {
                if self.names.contains(&token.to_string()) {
                    self.found.push(token.span().start().line);
                }
            });
        }
    }
}

impl Visit<'_> for Interface {
    fn visit_item_use(&mut self, item: &ItemUse) {
        for (name, path) in imports(&item.tree) {
            if INNER.contains(&path[0].as_str()) {
                self.look(&item.vis, &item.tree);
                self.names
                    .extend(name.filter(|name| name.starts_with(char::is_uppercase)));
            }
        }
    }

    fn visit_item_fn(&mut self, item: &ItemFn) {
        self.look(&item.vis, &item.sig);
    }

    fn visit_impl_item_fn(&mut self, item: &ImplItemFn) {
        self.look(&item.vis, &item.sig);
    }

    fn visit_impl_item_const(&mut self, item: &ImplItemConst) {
        self.look(&item.vis, &item.ty);
    }

    fn visit_item_const(&mut self, item: &ItemConst) {
        self.look(&item.vis, &item.ty);
    }

    fn visit_item_static(&mut self, item: &ItemStatic) {
        self.look(&item.vis, &item.ty);
    }

    fn visit_item_type(&mut self, item: &ItemType) {
        self.look(&item.vis, item);
    }

    fn visit_item_enum(&mut self, item: &ItemEnum) {
        self.look(&item.vis, item);
    }

    fn visit_item_struct(&mut self, item: &ItemStruct) {
        self.look(&item.vis, &item.generics);
        visit::visit_item_struct(self, item);
    }

    fn visit_field(&mut self, field: &Field) {
        self.look(&field.vis, &field.ty);
    }

    fn visit_item_trait(&mut self, item: &ItemTrait) {
        self.look(&item.vis, &item.supertraits);
        for method in &item.items {
            match method {
                TraitItem::Fn(method) => self.look(&item.vis, &method.sig),
                other => self.look(&item.vis, other),
            }
        }
    }
}

#[test]
fn a_type_of_another_crate_is_found() {
    let found = |code: &str| {
        let mut interface = Interface {
            names: INNER.map(str::to_owned).into(),
            found: vec![],
        };
        interface.visit_file(&syn::parse_str(code).unwrap());
        interface.found.len()
    };
    assert_eq!(found("pub fn f(scalar: hkdf::Hkdf) {}"), 1);
    assert_eq!(
        found("use zeroize::Zeroizing; pub struct S { pub secret: Zeroizing<u8> }"),
        1
    );
    assert_eq!(
        found("use zeroize::Zeroizing; pub struct S(Zeroizing<u8>); fn f(_: Zeroizing<u8>) {}"),
        0
    );
    assert_eq!(found("pub trait T { fn f(&self) -> subtle::Choice; }"), 1);
    assert_eq!(found("pub fn f() { subtle::black_box(1) }"), 0);
}

/// Nothing in the library prints, reads or ends the program for itself.
#[test]
fn the_library_leaves_the_terminal_and_the_process_alone() {
    let macros = ["print", "println", "eprint", "eprintln", "dbg"];
    let functions = ["stdin", "stdout", "stderr", "exit", "abort"];
    let mut found = Vec::new();
    for source in shipped()
        .iter()
        .filter(|source| !matches!(source.module(), "cli" | "bin"))
    {
        each_token(source.tokens(), &mut |before, token, after| {
            let word = token.to_string();
            let is_macro = after.first().is_some_and(|next| is_mark(next, '!'));
            let is_path = before.last().is_some_and(|last| is_mark(last, ':'));
            if is_macro && macros.contains(&word.as_str())
                || is_path && functions.contains(&word.as_str())
            {
                let line = token.span().start().line;
                found.push(format!("{}:{line}: {}", source.path, source.line(line)));
            }
        });
    }
    assert!(found.is_empty(), "{found:#?}");
}
