//! A mail as the bytes that travel: headers, and the two parts of which the reader's program shows one.

use std::time::SystemTime;

use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart};

use super::{Rendered, SendError};

/// Whom mail comes from.
#[derive(Debug, Clone)]
pub struct Sender(Mailbox);

impl Sender {
    /// Reads `registret@myndighet.se` or `Insamlingsregistret <registret@myndighet.se>`.
    ///
    /// # Errors
    /// It is neither; in Swedish, naming the key.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = "INSAMLING_MAIL_FROM: adressen kan inte läsas. Skriv till exempel Insamlingsregistret <registret@myndighet.se>.";
        text.parse().map(Self).map_err(|_| wrong.to_owned())
    }

    /// The sender of mail that never leaves the machine.
    pub fn local() -> Self {
        let address = lettre::Address::new_dangerous("insamlingsregistret", "localhost");
        Self(Mailbox::new(Some("Insamlingsregistret".to_owned()), address))
    }

    /// The message of a mail.
    ///
    /// # Errors
    /// `Fail` where the recipient's address is none.
    pub fn message(&self, mail: &Rendered) -> Result<Message, SendError> {
        let fail = |what: &str| SendError::Fail(what.to_owned());
        let recipient: lettre::Address = mail.recipient.trim().parse().map_err(|_| fail("Mottagarens e-postadress är felskriven."))?;
        let answered_by_nobody = HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned());
        Message::builder()
            .from(self.0.clone())
            .to(Mailbox::new(None, recipient))
            .subject(mail.subject.as_str())
            .date(SystemTime::from(mail.written_at))
            .message_id(Some(format!("<{}@{}>", mail.id, self.0.email.domain())))
            .raw_header(answered_by_nobody)
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|_| fail("Meddelandet kunde inte sättas ihop."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Rendered {
        Rendered {
            id: "0198c0de-0000-7000-8000-000000000012".parse().expect("an identity"),
            written_at: "2026-11-22T08:00:00Z".parse().expect("a moment"),
            recipient: "statistik@scb.example".to_owned(),
            subject: "Bekräfta två insamlingar".to_owned(),
            text: "Hej på er, å ä ö".to_owned(),
            html: "<p>Hej på er, å ä ö</p>".to_owned(),
        }
    }

    #[test]
    fn the_same_mail_has_the_same_identity_and_asks_for_no_answer() {
        let sender = Sender::parse("Insamlingsregistret <registret@myndighet.example>").expect("an address");
        let first = String::from_utf8(sender.message(&mail()).expect("a message").formatted()).expect("text");
        for line in [
            "From: Insamlingsregistret <registret@myndighet.example>\r\n",
            "To: statistik@scb.example\r\n",
            "Date: Sun, 22 Nov 2026 08:00:00 +0000\r\n",
            "Message-ID: <0198c0de-0000-7000-8000-000000000012@myndighet.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "Content-Type: multipart/alternative;",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "Content-Type: text/html; charset=utf-8\r\n",
        ] {
            assert!(first.contains(line), "{line} is missing in {first}");
        }
        assert!(first.is_ascii(), "letters beyond ASCII are encoded, so that every server takes them: {first}");
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        let sender = Sender::local();
        for wrong in ["", "statistik", "a@b@c", "a@b.example\r\nBcc: c@d.example", "Namn <a@b.example>"] {
            let refused = sender.message(&Rendered { recipient: wrong.to_owned(), ..mail() });
            assert!(matches!(refused, Err(SendError::Fail(_))), "{wrong:?} was taken");
        }
        assert!(Sender::parse("registret").expect_err("no address").contains("INSAMLING_MAIL_FROM"));
    }

    #[test]
    fn a_subject_cannot_bring_headers_of_its_own() {
        let hostile = Rendered { subject: "Hej\r\nBcc: alla@scb.example".to_owned(), ..mail() };
        let text = String::from_utf8(Sender::local().message(&hostile).expect("a message").formatted()).expect("text");
        assert!(!text.contains("\nBcc:"), "{text}");
    }
}
