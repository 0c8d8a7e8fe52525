//! The bytes of an input, taken one after the other.

/// The rest of an input.
#[derive(Debug)]
pub(crate) struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        Self(data)
    }

    /// The next byte; `None` when there are no more.
    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next byte, or 0.
    pub(crate) fn or_zero(&mut self) -> u8 {
        self.byte().unwrap_or_default()
    }

    /// Two bytes as a number.
    pub(crate) fn word(&mut self) -> u16 {
        u16::from_be_bytes([self.or_zero(), self.or_zero()])
    }

    /// One of these, chosen by the next byte; the first of them when there are no more bytes.
    pub(crate) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::from(self.or_zero()) % all.len()]
    }

    /// So many bytes, or all that are left if these are fewer.
    pub(crate) fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// All that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        self.take(usize::MAX)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
