//! The listing of the public interface, `src/interface.txt`, so that no change of it goes unseen.
//!
//! It names what `src/lib.rs` and `src/relay/mod.rs` pass on, with each public method, field,
//! variant and implementation. The variants of `Outcome` and `CloseReason` come out of macros, and
//! tests of their own list them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, ItemImpl, ItemUse, TraitItem, Type, Visibility};

use super::graph::imports;
use super::source::{attributes, read, shipped};

const LISTING: &str = "src/interface.txt";

/// The public names, each with the folder in which it is defined.
fn exported() -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for (file, inner) in [
        ("src/lib.rs", None),
        ("src/relay/mod.rs", Some("src/relay/")),
    ] {
        for item in syn::parse_file(&read(file)).unwrap().items {
            let Item::Use(item) = item else { continue };
            if !is_public(&item.vis) || is_unstable(&item.attrs) {
                continue;
            }
            for (name, folder) in leaves(&item) {
                let folder = inner.map_or(format!("src/{folder}/"), str::to_owned);
                names.insert(name, folder);
            }
        }
    }
    for name in [
        "Answered", "Client", "Driver", "Holding", "Taking", "Waiting",
    ] {
        names.insert(name.to_owned(), "src/client/".to_owned());
    }
    for name in ["Asynchronous", "Blocking", "Canceller", "Decider", "Events"] {
        names.insert(name.to_owned(), "src/client/".to_owned());
    }
    names
}

/// The names that a `use` passes on, each with the module that the path begins with.
fn leaves(item: &ItemUse) -> Vec<(String, String)> {
    let imports = imports(&item.tree).into_iter();
    imports
        .filter_map(|(name, path)| Some((name?, path[0].clone())))
        .collect()
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Whether an item with these attributes is outside of the interface.
fn is_unstable(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        text.contains("\"unstable-internals\"") && !text.contains("not (feature")
            || text.contains("\"test-hooks-dangerous\"")
    })
}

/// The traits that a type derives, and whether it may grow.
fn derived(attributes: &[Attribute]) -> String {
    let told = ["derive", "non_exhaustive"];
    let told = attributes
        .iter()
        .filter(|attribute| told.iter().any(|name| attribute.path().is_ident(name)));
    told.map(|attribute| format!(", {}", text(&attribute.meta)))
        .collect()
}

/// The text of Rust, without the spaces that nobody writes.
fn text(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" : ", ": "),
        (" , ", ", "),
        (" ,", ","),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" ;", ";"),
        ("->", " ->"),
        ("  ->", " ->"),
        ("' ", "'"),
    ] {
        text = text.replace(from, to);
    }
    text
}

fn listing() -> BTreeSet<String> {
    let exported = exported();
    let mut lines = BTreeSet::new();
    for source in shipped() {
        let here = |name: &str| {
            let folder = exported.get(name);
            folder.is_some_and(|folder| source.path.starts_with(folder.as_str()))
        };
        for item in source.code().items {
            if !is_unstable(attributes(&item)) {
                list(&item, &here, &mut lines);
            }
        }
    }
    lines
}

fn list(item: &Item, here: &impl Fn(&str) -> bool, lines: &mut BTreeSet<String>) {
    match item {
        Item::Struct(item) if here(&item.ident.to_string()) => {
            let (name, generics) = (&item.ident, text(&item.generics));
            let how = derived(&item.attrs);
            lines.insert(format!("{name}: struct{generics}{how}"));
            list_fields(&name.to_string(), &item.fields, lines);
        }
        Item::Enum(item) if here(&item.ident.to_string()) => {
            let name = &item.ident;
            let how = derived(&item.attrs);
            lines.insert(format!("{name}: enum{}{how}", text(&item.generics)));
            for variant in &item.variants {
                let mut fields = variant.fields.clone();
                fields.iter_mut().for_each(|field| field.attrs.clear());
                let line = format!("{name}::{}: variant {}", variant.ident, text(&fields));
                lines.insert(line.trim_end().to_owned());
            }
        }
        Item::Trait(item) if here(&item.ident.to_string()) => {
            let name = &item.ident;
            lines.insert(format!("{name}: trait"));
            for inner in &item.items {
                let inner = match inner {
                    TraitItem::Fn(method) => text(&method.sig),
                    TraitItem::Type(inner) => format!("type {}", inner.ident),
                    other => text(other),
                };
                lines.insert(format!("{name}::{inner}"));
            }
        }
        Item::Const(item) if here(&item.ident.to_string()) && is_public(&item.vis) => {
            lines.insert(format!("{}: const {}", item.ident, text(&item.ty)));
        }
        Item::Fn(item) if here(&item.sig.ident.to_string()) && is_public(&item.vis) => {
            lines.insert(text(&item.sig));
        }
        Item::Impl(item) => list_impl(item, here, lines),
        _ => {}
    }
}

fn list_fields(name: &str, fields: &Fields, lines: &mut BTreeSet<String>) {
    for (at, field) in fields.iter().enumerate() {
        if is_public(&field.vis) && !is_unstable(&field.attrs) {
            let field_name = match &field.ident {
                Some(ident) => ident.to_string(),
                None => at.to_string(),
            };
            lines.insert(format!("{name}.{field_name}: {}", text(&field.ty)));
        }
    }
}

fn list_impl(item: &ItemImpl, here: &impl Fn(&str) -> bool, lines: &mut BTreeSet<String>) {
    let Type::Path(path) = &*item.self_ty else {
        return;
    };
    let Some(last) = path.path.segments.last() else {
        return;
    };
    if !here(&last.ident.to_string()) {
        return;
    }
    let name = text(&item.self_ty);
    if let Some((path, _)) = &item.trait_ {
        lines.insert(format!("{name}: impl {}", text(path)));
        return;
    }
    for inner in &item.items {
        let line = match inner {
            ImplItem::Fn(inner) if is_public(&inner.vis) && !is_unstable(&inner.attrs) => {
                text(&inner.sig)
            }
            ImplItem::Const(inner) if is_public(&inner.vis) && !is_unstable(&inner.attrs) => {
                format!("const {}: {}", inner.ident, text(&inner.ty))
            }
            _ => continue,
        };
        lines.insert(format!("{name}::{line}"));
    }
}

#[test]
fn the_interface_is_the_listing() {
    let listed = listing();
    assert!(listed.len() > 150, "{}", listed.len());
    let text: String = listed.iter().map(|line| format!("{line}\n")).collect();
    let kept = read(LISTING);
    let kept_lines: BTreeSet<String> = kept.lines().map(str::to_owned).collect();
    let added = Vec::from_iter(listed.difference(&kept_lines));
    let gone = Vec::from_iter(kept_lines.difference(&listed));
    if text != kept {
        let made = concat!(env!("CARGO_MANIFEST_DIR"), "/target/interface.txt");
        fs::write(made, &text).unwrap();
        panic!(
            "added {added:#?}, gone {gone:#?}; if that is meant, copy target/interface.txt to {LISTING}"
        );
    }
}
