//! The documents that an agency gets back: what each says, built from the record alone.

#[cfg(test)]
pub mod samples;
