//! The order at the top of every module: `mod` items, re-exports, and imports from the standard
//! library, from other crates and from its own crate. An empty line is between these groups, and
//! none is within the last four.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Item, ItemMod, ItemUse, UsePath, UseTree, Visibility};

use super::graph::name_of;
use super::source::{Source, workspace};

/// The groups, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Modules,
    Exports,
    Standard,
    OtherCrates,
    OwnCrate,
    Code,
}

#[test]
fn imports_stand_in_one_order() {
    let mut wrong = Vec::new();
    for source in workspace() {
        check(&source, &source.file().items, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}: {wrong:#?}", wrong.len());
}

fn check(source: &Source, items: &[Item], wrong: &mut Vec<String>) {
    let own: Vec<String> = items
        .iter()
        .filter_map(|item| declared(item).or(name_of(item)))
        .collect();
    let mut before: Option<(Group, Span)> = None;
    for item in items {
        let (group, span) = (group(item, &own), item.span());
        if let Some((last, end)) = before.replace((group, span)) {
            let (end, start) = (end.end().line, span.start().line);
            let between = source.text.lines().take(start - 1).skip(end);
            let is_apart = between.map(str::trim).any(str::is_empty);
            let fault = match group {
                _ if group < last => "below what comes after it",
                Group::Modules | Group::Code => continue,
                _ if group == last && is_apart => "apart from its group",
                _ if group != last && !is_apart => "not apart from the group before",
                _ => continue,
            };
            wrong.push(format!(
                "{}:{start}: {fault}: {}",
                source.path,
                source.line(start)
            ));
        }
    }
    for item in items {
        if let Item::Mod(ItemMod {
            content: Some((_, items)),
            ..
        }) = item
        {
            check(source, items, wrong);
        }
    }
}

/// The name of a module whose text is elsewhere.
fn declared(item: &Item) -> Option<String> {
    match item {
        Item::Mod(ItemMod {
            ident,
            content: None,
            ..
        }) => Some(ident.to_string()),
        _ => None,
    }
}

fn group(item: &Item, own: &[String]) -> Group {
    match item {
        Item::Use(ItemUse {
            vis: Visibility::Inherited,
            tree,
            ..
        }) => {
            let UseTree::Path(UsePath { ident, .. }) = tree else {
                return Group::OtherCrates;
            };
            let first = ident.to_string();
            match first.as_str() {
                "std" | "core" | "alloc" => Group::Standard,
                "crate" | "super" | "self" => Group::OwnCrate,
                _ if own.contains(&first) => Group::OwnCrate,
                _ => Group::OtherCrates,
            }
        }
        // The name of a macro exists only below it.
        Item::Use(ItemUse {
            tree: UseTree::Name(_),
            ..
        }) => Group::Code,
        Item::Use(_) => Group::Exports,
        _ if declared(item).is_some() => Group::Modules,
        _ => Group::Code,
    }
}

#[test]
fn another_order_is_found() {
    let faults = |text: &str| {
        let source = Source {
            path: String::new(),
            text: text.to_owned(),
        };
        let mut wrong = Vec::new();
        check(&source, &source.file().items, &mut wrong);
        wrong.len()
    };
    let right =
        "mod a;\n\npub use a::A;\n\nuse std::fmt;\n\nuse http::Uri;\n\nuse a::B;\nuse super::C;\n";
    assert_eq!(faults(right), 0);
    assert_eq!(faults(&right.replace(";\n\n", ";\n")), 4);
    assert_eq!(faults("use std::fmt;\n\nuse std::io;\n"), 1);
    assert_eq!(faults("use super::A;\n\nuse std::io;\n"), 1);
    assert_eq!(
        faults("mod tests {\n    fn f() {}\n    use std::io;\n}\n"),
        1
    );
}
