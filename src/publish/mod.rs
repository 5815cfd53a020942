//! Files that leave the register: domain values in, bytes out. No database.

pub mod agency_list;
pub mod case;
pub mod delimited;
pub mod docx;
pub mod export;
pub mod figures;
pub mod similar;
pub mod table;
pub mod template;
#[cfg(test)]
mod tests;
