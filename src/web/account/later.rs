//! Addresses that need sign-in and that nothing answers at yet.

use crate::error::Error;
use crate::web::failure::Failure;
use crate::web::user::User;

/// `GET /samrad…`: everyone else is sent to sign in, whoever is signed in is told that there is no such page.
pub async fn not_yet(_: User) -> Failure {
    Error::NotFound.into()
}
