//! How mails are sent: flags, variables, and their names in the settings file.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ocpp_server::access::Secret;
use ocpp_server::domain::MailAddress;
use serde::Deserialize;

use crate::exit::Failure;

/// How the connection to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MailSecurity {
    /// TLS, begun on the connection; refused when the server cannot
    Starttls,
    /// TLS from the first byte on
    Tls,
    /// None: only to a server on the same machine
    None,
}

/// How mails are sent, as it is written.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[group(skip)]
pub(crate) struct MailArgs {
    /// The mail server (SMTP) as HOST or HOST:PORT: lets drivers be told when a place is free
    #[arg(long = "smtp-server", value_name = "HOST[:PORT]", env = "OCPP_SMTP_SERVER")]
    pub(super) server: Option<String>,
    /// How the connection to it is protected [default: starttls]
    #[arg(long = "smtp-security", value_name = "WORD", env = "OCPP_SMTP_SECURITY")]
    pub(super) security: Option<MailSecurity>,
    /// The user that signs in there
    #[arg(long = "smtp-user", value_name = "NAME", env = "OCPP_SMTP_USER")]
    pub(super) user: Option<String>,
    /// A file with the user's password, or the variable OCPP_SMTP_PASSWORD with the password itself
    #[arg(long = "smtp-password-file", value_name = "FILE", env = "OCPP_SMTP_PASSWORD_FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// The address that mails come from
    #[arg(long = "smtp-from", value_name = "ADDRESS", env = "OCPP_SMTP_FROM")]
    pub(super) from: Option<String>,
}

impl std::fmt::Debug for MailArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailArgs").field("server", &self.server).finish_non_exhaustive()
    }
}

/// How mails are sent.
#[derive(Debug, Clone)]
pub(crate) struct MailSettings {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: MailSecurity,
    /// The user and the password.
    pub(crate) login: Option<(String, Secret)>,
    pub(crate) from: MailAddress,
    /// Where drivers see the pages: `https://HOST`.
    pub(crate) public_url: String,
}

impl MailArgs {
    /// These, and where they say nothing, those of the file.
    pub(super) fn over(self, file: MailArgs) -> MailArgs {
        MailArgs {
            server: self.server.or(file.server),
            security: self.security.or(file.security),
            user: self.user.or(file.user),
            password_file: self.password_file.or(file.password_file),
            from: self.from.or(file.from),
        }
    }

    /// What holds; `None` when no server is named.
    ///
    /// # Errors
    /// [`Failure::Usage`] names what is missing or wrong.
    pub(super) fn resolve(self, public_url: Option<String>) -> Result<Option<MailSettings>, Failure> {
        let Some(server) = self.server else { return Ok(None) };
        let usage = |sentence: &str| Failure::Usage(sentence.to_owned());
        let security = self.security.unwrap_or(MailSecurity::Starttls);
        let usual = match security {
            MailSecurity::Starttls => 587,
            MailSecurity::Tls => 465,
            MailSecurity::None => 25,
        };
        let (host, port) = match server.rsplit_once(':') {
            None => (server.clone(), usual),
            Some((host, port)) => {
                let port = port.parse().map_err(|_| usage("smtp-server is to be HOST or HOST:PORT"))?;
                (host.to_owned(), port)
            }
        };
        let from = self
            .from
            .ok_or_else(|| usage("smtp-server needs smtp-from, the address that mails come from"))?;
        let from = MailAddress::new(&from).map_err(|error| Failure::Usage(format!("smtp-from: {error}")))?;
        let public_url = public_url.ok_or_else(|| {
            usage("smtp-server needs public-url, where drivers see the pages, for links in mails")
        })?;
        let login = match self.user {
            Some(user) => Some((user, password(self.password_file.as_deref())?)),
            None => None,
        };
        let public_url = public_url.trim_end_matches('/').to_owned();
        Ok(Some(MailSettings { host, port, security, login, from, public_url }))
    }
}

/// The password of a file, or of the environment. It is on no command line, which others can see.
fn password(file: Option<&Path>) -> Result<Secret, Failure> {
    let text = match file {
        Some(path) => std::fs::read_to_string(path).map_err(|error| {
            Failure::Usage(format!("the password file {} cannot be read: {error}", path.display()))
        })?,
        None => std::env::var("OCPP_SMTP_PASSWORD").map_err(|_| {
            Failure::Usage("smtp-user needs smtp-password-file or the variable OCPP_SMTP_PASSWORD".to_owned())
        })?,
    };
    Ok(Secret::new(text.trim_end_matches(['\r', '\n'])))
}
