//! The graph of a crate: the names that each file takes from each other file.
//!
//! A name counts for the file that defines it, whatever re-exports it came through. `mod x;` and
//! `pub use` alone tie nothing, nor does code that is compiled for tests only. A method called on a
//! value is not seen.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Item, ItemMod, ItemUse, Macro, MetaList, UseTree, Visibility};

use super::source::{each_token, is_mark, places, without_tests};

/// Segments of a path: `crate`, `values`, `Code`.
type Path = Vec<String>;

/// The names that tie the first file of each pair to the second.
pub(crate) type Edges = BTreeMap<(String, String), BTreeSet<String>>;

/// A crate's modules; the first is its root.
pub(crate) struct Crate {
    modules: Vec<Module>,
}

#[derive(Default)]
struct Module {
    file: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    /// The names that the module defines.
    items: BTreeSet<String>,
    /// The names that it imports, for itself or for others, with their paths.
    imports: Vec<(String, Path)>,
    /// The modules of which it imports everything.
    globs: Vec<Path>,
    /// The paths in its code.
    paths: BTreeSet<Path>,
}

/// The thing that a path names.
enum Named {
    Module(usize),
    /// Something that the module defines.
    Item(usize, String),
}

impl Crate {
    /// Reads a crate from its root file on; `read` gives the text of a file that is there.
    pub(crate) fn load(root: &str, read: &impl Fn(&str) -> Option<String>) -> Self {
        let mut modules = Self { modules: vec![] };
        modules.add_file(root, None, read);
        modules
    }

    fn add_file(
        &mut self,
        path: &str,
        parent: Option<usize>,
        read: &impl Fn(&str) -> Option<String>,
    ) -> usize {
        let mut file = syn::parse_file(&read(path).unwrap()).unwrap();
        without_tests(&mut file);
        self.add(path, parent, &file.items, read)
    }

    fn add(
        &mut self,
        file: &str,
        parent: Option<usize>,
        items: &[Item],
        read: &impl Fn(&str) -> Option<String>,
    ) -> usize {
        let this = self.modules.len();
        let mut module = Module {
            file: file.to_owned(),
            parent,
            ..Module::default()
        };
        for item in items {
            module.items.extend(name_of(item));
            module.visit_item(item);
        }
        self.modules.push(module);
        for item in items {
            let Item::Mod(ItemMod { ident, content, .. }) = item else {
                continue;
            };
            let name = ident.to_string();
            let child = match content {
                Some((_, items)) => self.add(file, Some(this), items, read),
                None => {
                    let mut places = places(file, &name).into_iter();
                    let place = places.find(|place| read(place).is_some());
                    let place = place.unwrap_or_else(|| panic!("{file}: no text of {name}"));
                    self.add_file(&place, Some(this), read)
                }
            };
            self.modules[this].children.insert(name, child);
        }
        this
    }

    /// The names that tie files of this crate to each other.
    pub(crate) fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (from, module) in self.modules.iter().enumerate() {
            for path in &module.paths {
                let Some(Named::Item(to, name)) = self.resolve(from, path, 0) else {
                    continue;
                };
                let to = &self.modules[to].file;
                if *to != module.file {
                    let names = edges.entry((module.file.clone(), to.clone())).or_default();
                    names.insert(name);
                }
            }
        }
        edges
    }

    /// The thing that a path within a module names; `None` if it belongs to another crate.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<Named> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.below(0, rest, depth),
            "self" => self.below(from, rest, depth),
            "super" => self.below(self.modules[from].parent?, rest, depth),
            _ => self.member(from, first, rest, depth),
        }
    }

    fn below(&self, module: usize, path: &[String], depth: usize) -> Option<Named> {
        match path.split_first() {
            None => Some(Named::Module(module)),
            Some((first, rest)) if first == "super" => {
                self.below(self.modules[module].parent?, rest, depth)
            }
            // A name of another crate counts for the module that passes it on.
            Some((first, rest)) => self
                .member(module, first, rest, depth)
                .or_else(|| Some(Named::Item(module, first.clone()))),
        }
    }

    fn member(&self, at: usize, name: &str, rest: &[String], depth: usize) -> Option<Named> {
        // Modules may import everything of each other.
        if depth > 8 {
            return None;
        }
        let module = &self.modules[at];
        let child = module.children.get(name);
        // A function may have its module's name.
        if let Some(child) = child.filter(|_| !rest.is_empty()) {
            return self.below(*child, rest, depth);
        }
        if module.items.contains(name) {
            return Some(Named::Item(at, name.to_owned()));
        }
        let imports = module.imports.iter().filter(|(import, _)| import == name);
        let imported = imports.filter_map(|(_, path)| {
            let path = [path, rest].concat();
            self.resolve(at, &path, depth + 1)
        });
        let globs =
            module
                .globs
                .iter()
                .filter_map(|glob| match self.resolve(at, glob, depth + 1)? {
                    Named::Module(module) => self.member(module, name, rest, depth + 1),
                    Named::Item(..) => None,
                });
        let mut found = imported
            .chain(child.map(|child| Named::Module(*child)))
            .chain(globs);
        found.next()
    }
}

/// The name of what an item defines, unless that is a module.
pub(crate) fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

impl Visit<'_> for Module {
    /// A module within the file is read by itself.
    fn visit_item_mod(&mut self, _: &ItemMod) {}

    fn visit_item_use(&mut self, item: &ItemUse) {
        let is_private = matches!(item.vis, Visibility::Inherited);
        for (name, path) in imports(&item.tree) {
            if is_private {
                self.paths.insert(path.clone());
            }
            match name {
                Some(name) => self.imports.push((name, path)),
                None => self.globs.push(path),
            }
        }
    }

    fn visit_path(&mut self, path: &syn::Path) {
        let segments = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        if path.leading_colon.is_none() {
            self.paths.insert(segments.collect());
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &Macro) {
        visit::visit_macro(self, call);
        self.paths_among(&call.tokens);
    }

    fn visit_meta_list(&mut self, list: &MetaList) {
        self.paths_among(&list.tokens);
    }
}

impl Module {
    /// Looks for paths among the tokens of a macro or an attribute, which are not parsed.
    fn paths_among(&mut self, tokens: &TokenStream) {
        each_token(tokens.clone(), &mut |before, token, after| {
            let TokenTree::Ident(first) = token else {
                return;
            };
            let is_after = |marks: &str| {
                let mut pairs = marks.chars().rev().zip(before.iter().rev());
                before.len() >= marks.len() && pairs.all(|(mark, token)| is_mark(token, mark))
            };
            // This is a field or method, a lifetime, or the rest of a path.
            if [".", "'", "::"].into_iter().any(is_after) {
                return;
            }
            let mut path = vec![first.to_string()];
            let mut rest = after;
            while let [a, b, TokenTree::Ident(next), ..] = rest
                && is_mark(a, ':')
                && is_mark(b, ':')
            {
                path.push(next.to_string());
                rest = &rest[3..];
            }
            self.paths.insert(path);
        });
    }
}

/// Each import of a `use`: its name here, unless it is `*`, and its path.
pub(crate) fn imports(tree: &UseTree) -> Vec<(Option<String>, Path)> {
    match tree {
        UseTree::Path(tree) => imports(&tree.tree)
            .into_iter()
            .map(|(name, rest)| {
                let first = tree.ident.to_string();
                // `use wire::{self, Wire}`
                let name = name.map(|name| if name == "self" { first.clone() } else { name });
                let rest = rest.into_iter().filter(|segment| segment != "self");
                (name, [first].into_iter().chain(rest).collect())
            })
            .collect(),
        UseTree::Name(tree) => vec![(Some(tree.ident.to_string()), vec![tree.ident.to_string()])],
        UseTree::Rename(tree) => {
            vec![(Some(tree.rename.to_string()), vec![tree.ident.to_string()])]
        }
        UseTree::Glob(_) => vec![(None, vec![])],
        UseTree::Group(tree) => tree.items.iter().flat_map(imports).collect(),
    }
}

/// The circles: files each of which leads to all others of its circle.
pub(crate) fn circles(edges: &Edges) -> BTreeSet<BTreeSet<&str>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in edges.keys() {
        next.entry(from).or_default().push(to);
    }
    let mut leads_to: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for from in next.keys() {
        let (mut reached, mut open) = (BTreeSet::new(), vec![*from]);
        while let Some(at) = open.pop() {
            let next = next.get(at).into_iter().flatten().copied();
            open.extend(next.filter(|to| reached.insert(*to)));
        }
        leads_to.insert(from, reached);
    }
    let mut circles = BTreeSet::new();
    for (from, reached) in &leads_to {
        let leads_back = |to: &&str| leads_to.get(to).is_some_and(|back| back.contains(from));
        circles.insert(reached.iter().copied().filter(leads_back).collect());
    }
    circles.remove(&BTreeSet::new());
    circles
}
