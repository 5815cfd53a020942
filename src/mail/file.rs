//! Mail as files: for registers without a mail server, where whoever runs it reads them.

use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

use super::compose::Sender;
use super::{Rendered, SendError};

/// A folder of `.eml` files.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    sender: Sender,
}

impl Folder {
    /// The folder at `path`, which is made when the first mail is written.
    pub fn new(path: PathBuf, sender: Sender) -> Self {
        Self { path, sender }
    }

    /// Writes a mail, whole or not at all. The same mail again takes the place of the first.
    ///
    /// # Errors
    /// `Retry` where the file cannot be written.
    pub async fn write(&self, mail: &Rendered) -> Result<(), SendError> {
        let bytes = self.sender.message(mail)?.formatted();
        let name = format!("{}-{}.eml", mail.written_at.format("%Y%m%dT%H%M%S"), mail.id);
        let written = put(&self.path, &name, &bytes).await;
        written.map_err(|error| SendError::Retry(format!("Filen med meddelandet kunde inte skrivas: {error}.")))
    }
}

/// Links to sign in with are secrets: nobody but the owner of the program reads the files.
async fn put(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let unfinished = folder.join(format!(".{name}"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    tokio::fs::rename(&unfinished, folder.join(name)).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[tokio::test]
    async fn a_mail_is_one_file_that_only_the_owner_reads() {
        let dir = tempfile::tempdir().expect("a folder");
        let folder = Folder::new(dir.path().join("mail"), Sender::local());
        let mail = Rendered {
            id: "0198c0de-0000-7000-8000-000000000012".parse().expect("an identity"),
            written_at: "2026-11-22T08:00:00Z".parse().expect("a moment"),
            recipient: "statistik@scb.example".to_owned(),
            subject: "Hej".to_owned(),
            text: "Öppna länken".to_owned(),
            html: "<p>Öppna länken</p>".to_owned(),
        };
        folder.write(&mail).await.expect("written");
        folder.write(&mail).await.expect("written again");
        let names: Vec<String> = std::fs::read_dir(dir.path().join("mail"))
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["20261122T080000-0198c0de-0000-7000-8000-000000000012.eml"]);
        let path = dir.path().join("mail").join(&names[0]);
        let mode = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&dir.path().join("mail"))), (0o600, 0o700));
        assert!(std::fs::read_to_string(&path).expect("text").contains("To: statistik@scb.example"));
        std::fs::remove_dir_all(dir.path().join("mail")).expect("removed");
        std::fs::write(dir.path().join("mail"), "in the way").expect("written");
        assert!(matches!(folder.write(&mail).await, Err(SendError::Retry(_))));
    }
}
