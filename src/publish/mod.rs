//! Files that leave the register: domain values in, bytes out. No database.

pub mod template;
#[cfg(test)]
mod tests;
