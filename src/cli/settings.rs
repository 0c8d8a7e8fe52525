//! The settings of `send` and `receive` that may also stand in a configuration file: an option goes
//! before the environment, that before the file, and the file before what is built in.

use std::env::{home_dir, var_os};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::address::{ChosenAddress, Origin, Setting};
use super::arguments::{APPID, PeerArguments};
use super::failure::Failure;
use crate::client::Proxy;
use crate::protocol::Outcome;
use crate::values::{AppId, hex};

/// The settings, by whoever gave them.
#[derive(Debug)]
pub(super) struct ChosenSettings {
    pub(super) address: ChosenAddress,
    pub(super) appid: Vec<u8>,
    /// The option by which the other user gives the same appid, if that is not the default one.
    pub(super) shared_appid: Option<(&'static str, String)>,
    pub(super) ca_file: Option<PathBuf>,
}

impl ChosenSettings {
    /// Finds the settings, and checks those that need no relay.
    pub(super) fn find(options: &PeerArguments) -> Result<ChosenSettings, Failure> {
        let file = ConfigurationFile::find(options)?;
        let (keys, path) = (file.keys, file.path);
        let from_file = |value: String| Setting {
            value,
            origin: Origin::File(path.clone()),
        };
        let given = |option: Option<&String>, name, key: Option<String>| match option {
            // An empty option does without what the file says.
            Some(text) => Some(text.clone())
                .filter(|text| !text.is_empty())
                .map(|value| {
                    let origin = Origin::Option(name);
                    Setting { value, origin }
                }),
            None => key.map(from_file),
        };
        let proxy = given(options.proxy.as_ref(), "--proxy", keys.proxy);
        let proxy = proxy.map(read_proxy).transpose()?;
        let rendezvous = keys.rendezvous.map(from_file);
        let appid = match &options.appid_hex {
            Some(text) => AppIdSetting::in_hex(text)?,
            None => match options.appid.clone() {
                Some(text) => AppIdSetting::text(text, Origin::Option("--appid")),
                None => match keys.appid {
                    Some(text) => AppIdSetting::text(text.into(), Origin::File(path.clone())),
                    None => AppIdSetting::text(APPID.into(), Origin::Default),
                },
            },
        };
        AppId::new(&appid.bytes).map_err(|error| {
            Failure::outcome(Outcome::BadAppid, format!("{error} ({})", appid.origin))
        })?;
        let beside_file = |name: String| path.parent().unwrap_or(&path).join(name);
        Ok(ChosenSettings {
            address: ChosenAddress::choose(options.rendezvous.clone(), rendezvous, proxy),
            shared_appid: appid.shared(),
            appid: appid.bytes,
            ca_file: options.ca_file.clone().or(keys.ca_file.map(beside_file)),
        })
    }
}

fn read_proxy(setting: Setting<String>) -> Result<Setting<Proxy>, Failure> {
    let origin = setting.origin;
    // The text may hold a password.
    let value = setting.value.parse().map_err(|error| {
        Failure::local(
            format!("{error} ({origin})"),
            "Nothing was sent. Give it as http://HOST:PORT or socks5://HOST:PORT.",
        )
    })?;
    Ok(Setting { value, origin })
}

/// An appid, not yet checked (APP-1), and its origin.
struct AppIdSetting {
    bytes: Vec<u8>,
    origin: Origin,
}

impl AppIdSetting {
    fn text(text: OsString, origin: Origin) -> AppIdSetting {
        let bytes = text.into_encoded_bytes();
        AppIdSetting { bytes, origin }
    }

    fn in_hex(text: &str) -> Result<AppIdSetting, Failure> {
        let bytes = hex::decode(text.as_bytes()).map_err(|_| {
            let what = "--appid-hex is not lowercase hexadecimal";
            Failure::outcome(Outcome::BadAppid, what)
        })?;
        let origin = Origin::Option("--appid-hex");
        Ok(AppIdSetting { bytes, origin })
    }

    fn shared(&self) -> Option<(&'static str, String)> {
        let is_in_hex = self.origin == Origin::Option("--appid-hex");
        match std::str::from_utf8(&self.bytes) {
            Ok(APPID) => None,
            Ok(text) if !is_in_hex => Some(("--appid", text.to_owned())),
            _ => Some(("--appid-hex", hex::encode(&self.bytes))),
        }
    }
}

/// The keys of the configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileKeys {
    rendezvous: Option<String>,
    appid: Option<String>,
    proxy: Option<String>,
    ca_file: Option<String>,
}

/// The configuration file, which may be absent from the usual place.
#[derive(Debug, Default)]
struct ConfigurationFile {
    keys: FileKeys,
    path: PathBuf,
}

impl ConfigurationFile {
    fn find(options: &PeerArguments) -> Result<ConfigurationFile, Failure> {
        if options.no_config {
            return Ok(ConfigurationFile::default());
        }
        let (path, must_exist) = match &options.config {
            Some(path) => (path.clone(), true),
            None => match usual_place() {
                Some(path) => (path, false),
                None => return Ok(ConfigurationFile::default()),
            },
        };
        match read(&path) {
            Ok(text) => Ok(ConfigurationFile {
                keys: keys(&text, &path)?,
                path,
            }),
            Err(error) if error.kind() == ErrorKind::NotFound && !must_exist => {
                Ok(ConfigurationFile::default())
            }
            Err(error) => Err(Failure::local(
                format!(
                    "cannot read the configuration file {}: {error}",
                    path.display()
                ),
                "Nothing was sent. Name another with --config, or do without one with --no-config.",
            )),
        }
    }
}

/// `$XDG_CONFIG_HOME/wormhole-sync/config.toml`, or under `~/.config`.
fn usual_place() -> Option<PathBuf> {
    let named = var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    // A relative path there counts for nothing (XDG Base Directory Specification).
    let folder = named.filter(|folder| folder.is_absolute());
    let folder = folder.or_else(|| Some(home_dir()?.join(".config")))?;
    Some(folder.join("wormhole-sync").join("config.toml"))
}

/// The most bytes of a configuration file.
const MOST: u64 = 64 * 1024;

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let length = File::open(path)?.take(MOST + 1).read_to_string(&mut text)?;
    match length as u64 > MOST {
        true => Err(io::Error::other(format!("it has more than {MOST} bytes"))),
        false => Ok(text),
    }
}

fn keys(text: &str, path: &Path) -> Result<FileKeys, Failure> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(1, |before| before.matches('\n').count() + 1);
        // The message goes over several lines for some faults; a value is in none of them.
        let said: Vec<&str> = error.message().lines().collect();
        let said = said.join(", ").escape_debug().to_string();
        Failure::local(
            format!("the configuration file {}, line {line}: {said}", path.display()),
            "Nothing was sent. It has one key a line, such as rendezvous = \"https://relay.example.com\"; the keys are rendezvous, appid, proxy and ca-file.",
        )
    })
}
