//! Mail to a mail server by SMTP.
//!
//! Step by step rather than through the library's transport: what is answered before the mail is handed over is about the server, what is
//! answered about this mail is about this mail, and only silence after the last byte leaves anything uncertain.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use lettre::message::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use percent_encoding::percent_decode_str;
use tokio::time::timeout;
use url::{Host, Url};

use super::compose::Sender;
use super::{Rendered, SendError};

/// How long the mail server may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To let in, recognise and agree to take a mail.
    pub opening: Duration,
    /// To say that it has taken one.
    pub answer: Duration,
}

/// Both together are shorter than the time for which a mail is claimed, so that nobody else takes it up meanwhile.
pub const PATIENCE: Patience = Patience { opening: Duration::from_secs(30), answer: Duration::from_secs(30) };

/// How long the server may take to say good-bye, which nothing depends on.
const FAREWELL: Duration = Duration::from_secs(2);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// From the first byte: `smtps://`.
    Wrapped,
    /// By STARTTLS, or not used at all.
    Required,
    /// By STARTTLS where the server offers it: `?tls=opportunistic`.
    Opportunistic,
    /// Not at all: a server on the same machine.
    None,
}

/// A mail server and how to reach it.
///
/// Its certificate is judged by the certificates that the system trusts. The environment variable `SSL_CERT_FILE` names a file of
/// other ones: so a server whose certificate comes from an organisation's own authority is reached.
pub struct Server {
    host: String,
    port: u16,
    protection: Protection,
    trust: TlsParameters,
    credentials: Option<Credentials>,
    sender: Sender,
    patience: Patience,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({}:{}, {:?})", self.host, self.port, self.protection) // without what may be secret
    }
}

impl Server {
    /// Reads `smtp://` or `smtps://` with host and, where wanted, `user:password@`, port and `?tls=required` or `?tls=opportunistic`.
    ///
    /// Unless the server is on the same machine, `smtp://` without `tls` means `tls=required`.
    ///
    /// # Errors
    /// The address makes no sense; in Swedish, naming the key and never showing the address, which may hold a password.
    pub fn new(address: &str, sender: Sender, patience: Patience) -> Result<Self, String> {
        let wrong = |what: &str| format!("INSAMLING_SMTP_URL: {what} Skriv till exempel smtp://användare:lösenord@epost.myndighet.se:587.");
        let url = Url::parse(address).map_err(|_| wrong("adressen kan inte läsas."))?;
        // the host of an address with a scheme of its own is text: an IP address is told apart here
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(wrong("adressen saknar server.")),
        };
        let is_here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let asked = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let protection = match (url.scheme(), asked.as_deref()) {
            ("smtps", None) => Protection::Wrapped,
            ("smtp", Some("required")) => Protection::Required,
            ("smtp", Some("opportunistic")) => Protection::Opportunistic,
            ("smtp", None) if is_here => Protection::None,
            ("smtp", None) => Protection::Required,
            _ => return Err(wrong("tls ska vara required eller opportunistic, och bara med smtp://.")),
        };
        let port = match protection {
            Protection::Wrapped => 465,
            Protection::Required | Protection::Opportunistic => 587,
            Protection::None => 25,
        };
        let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(std::borrow::Cow::into_owned);
        let credentials = match url.password() {
            Some(password) => {
                let pair = decoded(url.username()).and_then(|name| Ok((name, decoded(password)?)));
                Some(pair.map_err(|_| wrong("användare och lösenord ska vara UTF-8."))?.into())
            }
            None if !url.username().is_empty() => return Err(wrong("lösenordet saknas.")),
            None => None,
        };
        let trust = TlsParameters::new(host.clone()).map_err(|_| wrong("serverns namn duger inte för TLS."))?;
        let port = url.port().unwrap_or(port);
        Ok(Self { host, port, protection, trust, credentials, sender, patience })
    }

    /// Sends one mail over a connection of its own.
    ///
    /// # Errors
    /// As [`SendError`] tells them apart.
    pub async fn send(&self, mail: &Rendered) -> Result<(), SendError> {
        let message = self.sender.message(mail)?;
        let opened = timeout(self.patience.opening, async {
            let mut connection = self.connect().await.map_err(|error| unreached(&error))?;
            match self.offer(&mut connection, &message).await {
                Ok(()) => Ok(connection),
                Err(error) => {
                    farewell(connection).await;
                    Err(error)
                }
            }
        });
        let mut connection = opened.await.unwrap_or_else(|_| Err(SendError::Retry("E-postservern svarade inte i tid.".to_owned())))?;
        let outcome = match timeout(self.patience.answer, connection.message(&message.formatted())).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() || error.is_transient() => Err(refused(&error)),
            Ok(Err(error)) => Err(SendError::Unsure(format!("Förbindelsen bröts innan e-postservern hade svarat ({error})."))),
            Err(_) => Err(SendError::Unsure("E-postservern svarade inte när meddelandet hade lämnats över.".to_owned())),
        };
        farewell(connection).await;
        outcome
    }

    /// A connection over which mail may be sent.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let hello = ClientId::default();
        let wrapped = (self.protection == Protection::Wrapped).then(|| self.trust.clone());
        let place = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(place, Some(self.patience.opening), &hello, wrapped, None).await?;
        let upgrade = match self.protection {
            Protection::Required => true,
            Protection::Opportunistic => connection.can_starttls(),
            Protection::Wrapped | Protection::None => false,
        };
        if upgrade {
            connection.starttls(self.trust.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    /// Says whom the mail is from and to, and that it comes now.
    async fn offer(&self, connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), SendError> {
        let envelope = message.envelope();
        let mut options = Vec::new();
        if envelope.to().iter().chain(envelope.from()).any(|address| !address.to_string().is_ascii()) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(SendError::Fail("E-postservern tar inte emot adresser med å, ä och ö.".to_owned()));
            }
            options.push(MailParameter::SmtpUtfEight);
        }
        // a server that does not take our sender has nothing to say about this mail: the setting can be put right
        connection.command(Mail::new(envelope.from().cloned(), options)).await.map_err(|error| not_now(&error))?;
        for recipient in envelope.to() {
            connection.command(Rcpt::new(recipient.clone(), Vec::new())).await.map_err(|error| refused(&error))?;
        }
        connection.command(Data).await.map_err(|error| refused(&error))?;
        Ok(())
    }
}

/// Whatever keeps the server from letting us in is about the server or its settings: every mail can wait until it is put right.
fn unreached(error: &Error) -> SendError {
    SendError::Retry(format!("E-postservern gick inte att nå ({error})."))
}

/// An answer about this mail: 5xx is for good, everything else is for now.
fn refused(error: &Error) -> SendError {
    if error.is_permanent() { SendError::Fail(refusal(error)) } else { not_now(error) }
}

fn not_now(error: &Error) -> SendError {
    SendError::Retry(refusal(error))
}

fn refusal(error: &Error) -> String {
    format!("E-postservern tog inte emot meddelandet ({error}).")
}

async fn farewell(mut connection: AsyncSmtpConnection) {
    // the mail is taken or not whatever comes of this
    let _said_or_not = timeout(FAREWELL, connection.abort()).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(address: &str) -> Result<Server, String> {
        Server::new(address, Sender::local(), PATIENCE)
    }

    #[test]
    fn the_connection_is_protected_unless_the_server_is_here() {
        let read = |address: &str| {
            let server = server(address).unwrap_or_else(|error| panic!("{address}: {error}"));
            (server.host, server.port, server.protection)
        };
        let host = "epost.example".to_owned();
        assert_eq!(read("smtp://epost.example"), (host.clone(), 587, Protection::Required));
        assert_eq!(read("smtp://epost.example:2525?tls=opportunistic"), (host.clone(), 2525, Protection::Opportunistic));
        assert_eq!(read("smtps://epost.example"), (host, 465, Protection::Wrapped));
        assert_eq!(read("smtp://127.0.0.1:1025"), ("127.0.0.1".to_owned(), 1025, Protection::None));
        assert_eq!(read("smtp://[::1]"), ("::1".to_owned(), 25, Protection::None));
        assert_eq!(read("smtp://localhost?tls=required"), ("localhost".to_owned(), 587, Protection::Required));
        assert_eq!(read("smtp://10.0.0.1").2, Protection::Required);
    }

    #[test]
    fn name_and_password_are_decoded() {
        let server = server("smtps://registret%40epost:l%C3%B6sen%2Ford@epost.example").expect("an address");
        assert_eq!(server.credentials, Some(Credentials::new("registret@epost".to_owned(), "lösen/ord".to_owned())));
    }

    #[test]
    fn what_makes_no_sense_is_refused_without_being_shown() {
        for wrong in [
            "smtp://",
            "smtp://hemlig@epost.example",
            "smtp://u:hemlig@epost.example:99999",
            "smtps://u:hemlig@epost.example?tls=none",
            "smtp://u:hemlig@epost.example?tls=none",
            "smtp://u:%FFhemlig@epost.example",
        ] {
            let error = server(wrong).expect_err(wrong);
            assert!(error.starts_with("INSAMLING_SMTP_URL") && !error.contains("hemlig"), "{wrong}: {error}");
        }
    }
}
