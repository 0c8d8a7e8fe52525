//! A JSON reader by RFC 8259 and section 8: the second reading of what the reference makes of a text.

use std::collections::BTreeMap;

/// A JSON value, as far as a message needs it.
#[derive(Debug, PartialEq)]
pub(crate) enum Value {
    /// One of `true`, `false` and `null`.
    Word,
    /// A number, as it was written.
    Number(String),
    String(String),
    Array,
    Object(Object),
}

/// The members of a JSON object.
pub(crate) type Object = BTreeMap<String, Value>;

/// The members of a text; `None` where JSON-1 to JSON-3 call it *malformed*.
pub(crate) fn read(text: &[u8]) -> Option<Object> {
    let mut reader = Reader {
        rest: str::from_utf8(text).ok()?,
    };
    reader.space();
    let Value::Object(object) = reader.value(1)? else {
        return None;
    };
    reader.space();
    reader.rest.is_empty().then_some(object)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Reads a value that stands at this level, counted from 1.
    fn value(&mut self, level: usize) -> Option<Value> {
        match self.rest.chars().next()? {
            '{' => self.object(level).map(Value::Object),
            '[' => self.array(level).map(|()| Value::Array),
            '"' => self.string().map(Value::String),
            '-' | '0'..='9' => self.number().map(Value::Number),
            _ => ["true", "false", "null"]
                .iter()
                .any(|word| self.eat(word))
                .then_some(Value::Word),
        }
    }

    fn object(&mut self, level: usize) -> Option<Object> {
        let mut members = Object::new();
        let mut names = 0;
        self.list(level, '{', '}', |reader| {
            let name = reader.string()?;
            reader.space();
            let colon = reader.eat(":");
            reader.space();
            members.insert(name, reader.value(level + 1).filter(|_| colon)?);
            names += 1;
            Some(())
        })?;
        (members.len() == names).then_some(members)
    }

    fn array(&mut self, level: usize) -> Option<()> {
        self.list(level, '[', ']', |reader| {
            reader.value(level + 1).map(|_| ())
        })
    }

    /// Reads the entries between two brackets, with commas.
    fn list(
        &mut self,
        level: usize,
        open: char,
        close: char,
        mut entry: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        if level > 16 {
            return None;
        }
        self.eat(open.encode_utf8(&mut [0; 4]));
        self.space();
        if self.rest.starts_with(close) {
            self.rest = &self.rest[1..];
            return Some(());
        }
        loop {
            entry(self)?;
            self.space();
            let comma = self.eat(",");
            if !comma {
                let closed = self.rest.strip_prefix(close)?;
                self.rest = closed;
                return Some(());
            }
            self.space();
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat("\"") {
            return None;
        }
        let mut text = String::new();
        loop {
            let c = self.char()?;
            match c {
                '"' => return Some(text),
                '\\' => text.push(self.escaped()?),
                '\0'..='\x1f' => return None,
                _ => text.push(c),
            }
        }
    }

    fn char(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.char()? {
            c @ ('"' | '\\' | '/') => c,
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => match self.unit()? {
                high @ 0xd800..=0xdbff => {
                    let low = self.eat("\\u").then(|| self.unit())??;
                    let low = low.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x10000 + ((high - 0xd800) << 10) + low)?
                }
                unit => char::from_u32(unit)?,
            },
            _ => return None,
        })
    }

    /// Reads four hex digits, in either case.
    fn unit(&mut self) -> Option<u32> {
        (0..4).try_fold(0, |unit, _| Some(unit * 16 + self.char()?.to_digit(16)?))
    }

    fn number(&mut self) -> Option<String> {
        let start = self.rest;
        self.eat("-");
        if !self.eat("0") {
            self.digits()?;
        }
        if self.eat(".") {
            self.digits()?;
        }
        if self.eat("e") || self.eat("E") {
            let _ = self.eat("+") || self.eat("-");
            self.digits()?;
        }
        let text = &start[..start.len() - self.rest.len()];
        let nearest: f64 = text.parse().ok()?;
        nearest.is_finite().then(|| text.to_owned())
    }

    fn digits(&mut self) -> Option<()> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let some = rest.len() < self.rest.len();
        self.rest = rest;
        some.then_some(())
    }
}
