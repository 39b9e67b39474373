//! What is measured: a manager that runs already, or a child of this process.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::http::Uri;

use super::args::LoadArgs;
use super::floor::UNDERSTANDS;
use super::plan::Plan;
use super::{limits, process};
use crate::exit::Failure;

/// How long a child may take until it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(30);
const REACHED_WITHIN: Duration = Duration::from_secs(10);
/// What both children say when they listen; the URL follows.
pub(super) const ANNOUNCEMENT: &str = "Charging stations dial";
/// What stands in the announced URL for a station's identity.
pub(super) const IDENTITY: &str = "<identity>";

/// What is to be measured.
pub(super) enum Wanted {
    /// The floor, as a child.
    Floor,
    /// The durable floor on a temporary directory, as a child.
    DurableFloor,
    /// The understanding floor on a temporary directory, as a child.
    UnderstandingFloor,
    /// A manager on a temporary directory, as a child.
    Serve,
    /// A manager that runs already.
    Running { url: String, pid: Option<u32>, owner: Owner },
}

/// Whose the machine of the manager is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// Nothing was said, so only this machine may be loaded.
    Unsaid,
    /// The user says that it is theirs.
    User,
}

impl Wanted {
    /// What is to be measured, in this order.
    ///
    /// # Errors
    /// [`Failure::Usage`] when nothing is.
    pub(super) fn of(args: &LoadArgs) -> Result<Vec<Wanted>, Failure> {
        let mut all = Vec::new();
        if args.floor {
            all.push(Wanted::Floor);
        }
        if args.durable_floor {
            all.push(Wanted::DurableFloor);
        }
        if args.understanding_floor {
            all.push(Wanted::UnderstandingFloor);
        }
        if args.serve {
            all.push(Wanted::Serve);
        }
        if let Some(url) = &args.url {
            let owner = if args.i_own_this_server { Owner::User } else { Owner::Unsaid };
            all.push(Wanted::Running { url: url.clone(), pid: args.pid, owner });
        }
        if all.is_empty() {
            let sentence =
                "say what to load: --url of a manager, --serve to start one, --floor or --durable-floor";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        Ok(all)
    }
}

/// Something that listens for stations. A child ends when this is dropped.
pub(super) struct Subject {
    pub(super) name: &'static str,
    /// The URL without the identity and without a slash at its end.
    pub(super) url: String,
    pub(super) address: SocketAddr,
    pub(super) pid: Option<u32>,
    _child: Option<Running>,
}

impl Subject {
    /// Starts what has to be started, and makes sure that it can be reached and has room for the stations.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a URL that may not be loaded, [`Failure::Unavailable`] when nobody is there.
    pub(super) async fn start(wanted: &Wanted, plan: &Plan) -> Result<Subject, Failure> {
        let subject = match wanted {
            Wanted::Floor => Subject::child("floor", Running::floor().await?).await?,
            Wanted::DurableFloor => Subject::child("durable_floor", Running::durable_floor().await?).await?,
            Wanted::UnderstandingFloor => {
                Subject::child("understanding_floor", Running::understanding_floor().await?).await?
            }
            Wanted::Serve => Subject::child("server", Running::serve(plan).await?).await?,
            Wanted::Running { url, pid, owner } => Subject::running(url, *pid, *owner).await?,
        };
        if let Some(pid) = subject.pid {
            limits::check_room_of(pid, plan.stations)?;
        }
        let reached = timeout(REACHED_WITHIN, TcpStream::connect(subject.address)).await;
        match reached {
            Ok(Ok(_)) => Ok(subject),
            Ok(Err(error)) => Err(unreachable(subject.address, &error)),
            Err(elapsed) => Err(unreachable(subject.address, &elapsed)),
        }
    }

    async fn child(name: &'static str, running: Running) -> Result<Subject, Failure> {
        let (url, address) = resolve(&running.url).await?;
        Ok(Subject { name, url, address, pid: Some(running.child.id()), _child: Some(running) })
    }

    async fn running(url: &str, pid: Option<u32>, owner: Owner) -> Result<Subject, Failure> {
        let (url, address) = resolve(url).await?;
        if owner == Owner::Unsaid && !address.ip().is_loopback() {
            return Err(Failure::Usage(format!(
                "{address} is not on this machine, and this load can bring a server down: add \
                 --i-own-this-server if it is yours"
            )));
        }
        if let Some(pid) = pid.filter(|pid| process::sample(*pid).is_none()) {
            let sentence =
                format!("--pid {pid}: there is no such process, or its figures in /proc cannot be read");
            return Err(Failure::Unavailable(sentence));
        }
        Ok(Subject { name: "server", url, address, pid, _child: None })
    }
}

fn unreachable(address: SocketAddr, error: &dyn std::error::Error) -> Failure {
    Failure::unavailable(format!("{address} cannot be reached; is the manager running there?"), error)
}

/// The URL without a slash at its end, and where it leads.
async fn resolve(url: &str) -> Result<(String, SocketAddr), Failure> {
    let bad = || Failure::Usage(format!("{url:?} is no address to dial: use ws://HOST:PORT/ocpp"));
    let uri: Uri = url.parse().map_err(|_| bad())?;
    match uri.scheme_str() {
        Some("ws") => {}
        Some("wss") => {
            let sentence = "wss:// is not supported: measure behind the TLS proxy, on ws://";
            return Err(Failure::Usage(sentence.to_owned()));
        }
        _ => return Err(bad()),
    }
    let host = uri.host().ok_or_else(bad)?.trim_start_matches('[').trim_end_matches(']');
    let found = tokio::net::lookup_host((host, uri.port_u16().unwrap_or(80))).await;
    let mut found = found.map_err(|error| Failure::unavailable(format!("{host} cannot be found"), &error))?;
    let address = found.next().ok_or_else(|| Failure::Unavailable(format!("{host} has no address")))?;
    Ok((url.trim_end_matches('/').to_owned(), address))
}

/// A child that listens.
struct Running {
    child: Child,
    url: String,
    /// Its database; removed after the child has ended.
    _directory: Option<TempDir>,
}

impl Running {
    async fn floor() -> Result<Running, Failure> {
        Running::start(&["load", "--floor-server", "127.0.0.1:0"], None, &[]).await
    }

    async fn durable_floor() -> Result<Running, Failure> {
        Running::start(&["load", "--floor-server", "127.0.0.1:0"], Some(directory()?), &[]).await
    }

    async fn understanding_floor() -> Result<Running, Failure> {
        Running::start(&["load", "--floor-server", "127.0.0.1:0"], Some(directory()?), &[UNDERSTANDS]).await
    }

    async fn serve(plan: &Plan) -> Result<Running, Failure> {
        let mut arguments =
            vec!["serve", "--open", "--ocpp-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"];
        if !plan.has_misbehaving() {
            // A few stations in a closed loop send as much as thousands do otherwise.
            arguments.extend(["--messages-per-second", "1000000"]);
        }
        if !plan.is_logged {
            arguments.extend(["--message-log", "false"]);
        }
        arguments.push("--data");
        Running::start(&arguments, Some(directory()?), &[]).await
    }

    /// Starts this program with other arguments and waits until it says where it listens.
    async fn start(
        arguments: &[&str],
        directory: Option<TempDir>,
        behind: &[&str],
    ) -> Result<Running, Failure> {
        let program = std::env::current_exe()
            .map_err(|error| Failure::unavailable("this program cannot find itself", &error))?;
        let mut command = Command::new(program);
        command.args(arguments).args(directory.as_ref().map(TempDir::path).map(Path::as_os_str)).args(behind);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("OCPP_")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        // Ctrl-C is for this process, which ends its children when their stations are done.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let cannot = |error| Failure::unavailable(format!("ocpp {} cannot be started", arguments[0]), &error);
        let child = command.spawn().map_err(cannot)?;
        let mut running = Running { child, url: String::new(), _directory: directory };
        running.url = running.announced().await?;
        Ok(running)
    }

    /// The URL that the child announces. What else it says is read, so that it never waits, and let go.
    async fn announced(&mut self) -> Result<String, Failure> {
        let (tell, told) = oneshot::channel();
        let Some(stderr) = self.child.stderr.take() else {
            return Err(Failure::Unavailable("a child has no standard error".to_owned()));
        };
        std::thread::spawn(move || {
            let mut tell = Some(tell);
            let mut last = String::new();
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if let Some(url) = line.strip_prefix(ANNOUNCEMENT)
                    && let Some(tell) = tell.take()
                {
                    // Whoever waits may have given up, here and below.
                    let _ = tell.send(Ok(url.replace(IDENTITY, "").trim().to_owned()));
                }
                last = line;
            }
            if let Some(tell) = tell {
                let _ = tell.send(Err(last));
            }
        });
        match timeout(STARTS_WITHIN, told).await {
            Ok(Ok(Ok(url))) => Ok(url),
            Ok(Ok(Err(last))) => {
                Err(Failure::Unavailable(format!("what is to be loaded did not start: {last}")))
            }
            Ok(Err(_)) | Err(_) => {
                Err(Failure::Unavailable("what is to be loaded did not start within 30 seconds".to_owned()))
            }
        }
    }
}

fn directory() -> Result<TempDir, Failure> {
    tempfile::tempdir().map_err(|error| Failure::unavailable("a temporary directory cannot be made", &error))
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
