//! `corpus seeds TARGET DIR` writes the seeds, one file each, for libFuzzer.
//! `corpus inputs TARGET DIR` writes the seeds and the committed corpus.
//! `corpus dictionary TARGET FILE` writes the words that the inputs are made of.
//! `corpus keep TARGET DIR` makes the committed corpus of the inputs that libFuzzer left in DIR.

use std::error::Error;
use std::path::Path;
use std::{env, fs};
use wormhole_sync_fuzz::{corpus, dictionary, seeds};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["seeds", target, folder] => write_all(seeds(target), Path::new(folder)),
        ["inputs", target, folder] => {
            write_all([seeds(target), corpus::read(target)].concat(), Path::new(folder))
        }
        ["dictionary", target, file] => Ok(fs::write(file, dictionary(target))?),
        ["keep", target, folder] => keep(target, Path::new(folder)),
        _ => Err("corpus seeds TARGET DIR | inputs TARGET DIR | dictionary TARGET FILE | keep TARGET DIR".into()),
    }
}

fn write_all(inputs: Vec<Vec<u8>>, folder: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for (number, input) in inputs.iter().enumerate() {
        fs::write(folder.join(format!("{number:05}")), input)?;
    }
    Ok(())
}

fn keep(target: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder)? {
        inputs.push(fs::read(entry?.path())?);
    }
    let (kept, left) = corpus::write(target, inputs, &seeds(target))?;
    println!("{target}: {kept} inputs kept, {left} left out");
    Ok(())
}
