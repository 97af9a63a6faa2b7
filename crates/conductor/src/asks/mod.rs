//! Asks: the picks that people want, as the notes say. Each is tried in the object store, by itself and after the others,
//! whenever main, the tag or the asks are others than before; nobody is asked for it.

mod chosen;
mod gather;
mod mark;
mod trial;
mod wish;
