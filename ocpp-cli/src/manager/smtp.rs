//! Mails by an SMTP server.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use ocpp_server::domain::MailAddress;
use ocpp_server::process::{Mail, Mailer};

use crate::exit::Failure;
use crate::settings::{MailSecurity, MailSettings};

/// How long a step of the conversation may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands mails over to a server.
pub(super) struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Smtp {
    /// Nothing is sent yet.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the settings cannot be used.
    pub(super) fn new(settings: &MailSettings) -> Result<Smtp, Failure> {
        let from = mailbox(&settings.from).map_err(|error| Failure::Usage(format!("smtp-from: {error}")))?;
        let tls = || {
            TlsParameters::new(settings.host.clone())
                .map_err(|error| Failure::Usage(format!("smtp-server {}: {error}", settings.host)))
        };
        let security = match settings.security {
            MailSecurity::None => Tls::None,
            MailSecurity::Starttls => Tls::Required(tls()?),
            MailSecurity::Tls => Tls::Wrapper(tls()?),
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(security)
            .timeout(Some(PATIENCE));
        let builder = match &settings.login {
            Some((user, password)) => {
                builder.credentials(Credentials::new(user.clone(), password.expose().to_owned()))
            }
            None => builder,
        };
        Ok(Smtp { transport: builder.build(), from })
    }
}

fn mailbox(address: &MailAddress) -> Result<Mailbox, String> {
    let address: Address = address.expose().parse().map_err(|_| "this address cannot be used".to_owned())?;
    Ok(Mailbox::new(None, address))
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, mail: Mail) -> Result<(), String> {
        let message = Message::builder()
            .from(self.from.clone())
            .to(mailbox(&mail.to)?)
            .subject(mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text)
            .map_err(|_| "the mail cannot be written".to_owned())?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            // What the server says may name the address; only its kind is told.
            Err(error) => Err(match error.status() {
                Some(code) => format!("the mail server answered {code}"),
                None if error.is_timeout() => "the mail server did not answer in time".to_owned(),
                None => "the mail server cannot be reached".to_owned(),
            }),
        }
    }
}
