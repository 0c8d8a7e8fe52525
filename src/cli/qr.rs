//! The link of a code as a QR code, for the camera of the other user's machine (`--qr`).

use std::io::{self, IsTerminal};

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};
use zeroize::Zeroizing;

use super::print;
use super::terminal::columns;
use crate::values::Link;

/// Black on white, which a camera reads whatever the terminal's colours are.
const COLOURS: &str = "\x1b[30;107m";
const NO_COLOURS: &str = "\x1b[0m";

/// Shows the link on standard error, if that is a screen and not a log (RAND-2), or else says why
/// not: the code is elsewhere as well.
pub(super) fn show(link: &Link) {
    if !io::stderr().is_terminal() {
        print::tell("No QR code: standard error is no terminal.");
        return;
    }
    let link = Zeroizing::new(link.reveal().to_string());
    let Ok(code) = QrCode::with_error_correction_level(link.as_bytes(), EcLevel::L) else {
        print::tell("No QR code: the link is too long for one.");
        return;
    };
    let picture = Zeroizing::new(code.render::<Dense1x2>().build());
    let width = picture
        .lines()
        .next()
        .map_or(0, |line| line.chars().count());
    if columns().is_some_and(|columns| columns < width) {
        print::tell(format_args!("No QR code: it needs {width} columns."));
        return;
    }
    for line in picture.lines() {
        print::tell(format_args!("{COLOURS}{line}{NO_COLOURS}"));
    }
}
