//! Secrets in addresses and cookies: made from the operating system's chance, kept as digests.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// A new secret of 256 bits, as text for an address, a cookie or a form.
///
/// # Errors
/// The operating system gave no chance.
pub fn new() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// What is kept of a secret: SHA-256, from which a secret of 256 bits cannot be found again.
#[must_use]
pub fn digest(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Whether two secrets are the same, without telling by the time it takes where they differ.
#[must_use]
pub fn same(a: &str, b: &str) -> bool {
    let (a, b) = (Sha256::digest(a.as_bytes()), Sha256::digest(b.as_bytes()));
    a.iter().zip(b.iter()).fold(0u8, |difference, (x, y)| difference | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_are_known_by_their_digest() {
        let (a, b) = (new().expect("chance"), new().expect("chance"));
        assert_eq!(a.len(), 43);
        assert!(!same(&a, &b) && same(&a, &a.clone()));
        assert!(digest(&a) != digest(&b) && digest(&a) != a);
    }
}
