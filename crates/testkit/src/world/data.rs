//! The data directory of another world, taken over.

use super::PushDuty;
use crate::copy;

impl PushDuty {
    /// Takes over the data directory of another world, byte for byte; nothing may run there.
    ///
    /// # Panics
    /// When it cannot be copied, or this world has one of its own.
    pub fn take_data_of(&self, other: &Self) {
        copy::tree(&other.data_path(), &self.data_path());
    }
}
