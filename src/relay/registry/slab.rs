//! A vector with holes: small stable keys for channels and appids.

/// Values under small keys. A key is used again once its value has been removed.
#[derive(Debug)]
pub(super) struct Slab<T> {
    entries: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Slab<T> {
    pub(super) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            free: Vec::new(),
        }
    }

    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0..)
            .zip(&self.entries)
            .filter_map(|(key, entry)| Some((key, entry.as_ref()?)))
    }

    /// Puts a value in; `None` when there are no more keys.
    pub(super) fn insert(&mut self, value: T) -> Option<u32> {
        if let Some(key) = self.free.pop() {
            if let Some(entry) = self.entries.get_mut(key as usize) {
                *entry = Some(value);
            }
            return Some(key);
        }
        let key = u32::try_from(self.entries.len()).ok()?;
        self.entries.push(Some(value));
        Some(key)
    }

    pub(super) fn get(&self, key: u32) -> Option<&T> {
        self.entries.get(key as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, key: u32) -> Option<&mut T> {
        self.entries.get_mut(key as usize)?.as_mut()
    }

    pub(super) fn remove(&mut self, key: u32) -> Option<T> {
        let value = self.entries.get_mut(key as usize)?.take()?;
        self.free.push(key);
        Some(value)
    }
}
