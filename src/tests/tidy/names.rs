//! The names of types: each stands for one thing.

use std::collections::BTreeMap;

use proc_macro2::Ident;
use syn::visit::Visit;
use syn::{ItemEnum, ItemFn, ItemStruct, ItemTrait, ItemType};

use super::source::shipped;

/// Names that may stand for more than one thing, where, and why.
const SHARED: [(&[&str], &[&str], &str); 2] = [
    (
        &["Initiator", "Receiver", "Answered", "Waiting"],
        &["src/client/"],
        "a builder or a step of an exchange, and its name in each client",
    ),
    (
        &["Holding", "Taking"],
        &["src/client/", "src/protocol/"],
        "a state of section 11.4 or 11.5, and the step of both clients that shows it",
    ),
];

#[test]
fn a_type_name_stands_for_one_thing() {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in shipped() {
        let mut types = Types(vec![]);
        types.visit_file(&source.code());
        for name in types.0 {
            names.entry(name).or_default().push(source.path.clone());
        }
    }
    for (shared, places, reason) in SHARED {
        for name in shared {
            let files = names
                .get_mut(*name)
                .unwrap_or_else(|| panic!("no {name}: {reason}"));
            let is_there = |file: &String| places.iter().any(|place| file.starts_with(place));
            let (there, others): (Vec<_>, Vec<_>) = files.drain(..).partition(is_there);
            assert!(there.len() > 1, "{name} stands for one thing: {reason}");
            files.extend([vec![places.join(", ")], others].concat());
        }
    }
    names.retain(|_, files| files.len() > 1);
    assert!(names.is_empty(), "{}: {names:#?}", names.len());
}

struct Types(Vec<String>);

impl Types {
    fn add(&mut self, name: &Ident) {
        self.0.push(name.to_string());
    }
}

impl Visit<'_> for Types {
    fn visit_item_struct(&mut self, item: &ItemStruct) {
        self.add(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &ItemEnum) {
        self.add(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &ItemTrait) {
        self.add(&item.ident);
    }

    fn visit_item_type(&mut self, item: &ItemType) {
        self.add(&item.ident);
    }

    /// A type within a function is nobody else's.
    fn visit_item_fn(&mut self, _: &ItemFn) {}
}
