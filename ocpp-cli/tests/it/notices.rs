//! "Tell me when free" against a running manager and a small mail server that only listens.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;

use crate::api::Program;
use crate::places::{Public, published, report};
use crate::running::{Manager, directory};

/// Where mails say that the pages are.
const BASE: &str = "https://charge.example.com";

/// A mail server that takes mails, after it has refused a number of them.
struct MailServer {
    address: String,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    fn start(refuses: u32) -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let (taken, left) = (Arc::clone(&mails), Mutex::new(refuses));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                converse(stream, &taken, &left);
            }
        });
        MailServer { address, mails }
    }

    fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("mails").clone()
    }

    /// Waits until there are so many.
    async fn has(&self, count: usize) -> Vec<String> {
        let start = Instant::now();
        loop {
            let mails = self.mails();
            if mails.len() >= count {
                assert_eq!(mails.len(), count, "{mails:?}");
                return mails;
            }
            assert!(start.elapsed() < Duration::from_secs(40), "{} of {count} mails", mails.len());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// One conversation, as far as a mail needs it (RFC 5321).
fn converse(stream: TcpStream, mails: &Mutex<Vec<String>>, refuses: &Mutex<u32>) {
    let mut answer = stream.try_clone().expect("a stream");
    let mut say = |text: &str| answer.write_all(format!("{text}\r\n").as_bytes()).is_ok();
    if !say("220 stub") {
        return;
    }
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    while let Some(line) = lines.next() {
        let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
        let goes_on = match word.as_str() {
            "DATA" => {
                let mut left = refuses.lock().expect("a number");
                if *left > 0 {
                    *left -= 1;
                    say("451 not now")
                } else {
                    say("354 go on");
                    let mail: Vec<String> = lines.by_ref().take_while(|line| line != ".").collect();
                    // Long lines are broken up on the way (quoted-printable, RFC 2045).
                    let mail = mail.join("\n").replace("=\n", "").replace("=3D", "=");
                    mails.lock().expect("mails").push(mail);
                    say("250 taken")
                }
            }
            "QUIT" => {
                say("221 bye");
                false
            }
            _ => say("250 fine"),
        };
        if !goes_on {
            return;
        }
    }
}

/// The path of the link in a mail.
fn link_in(mail: &str) -> String {
    let link = mail.lines().find_map(|line| line.strip_prefix(BASE)).expect("a link");
    link.trim().to_owned()
}

struct Driver {
    http: Client,
    base: String,
}

impl Driver {
    fn of(manager: &Manager) -> Driver {
        let http = Client::builder().no_proxy().build().expect("a client");
        Driver { http, base: format!("http://{}", manager.http) }
    }

    async fn page(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a page"))
    }

    /// Sends a form of a page with its hidden token.
    async fn send(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> u16 {
        let (status, text) = self.page(page).await;
        assert_eq!(status, 200, "{text}");
        let token = text.split("name=\"form\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let token = token.unwrap_or_else(|| panic!("no form in {text}")).to_owned();
        let all: Vec<(&str, &str)> = fields.iter().copied().chain([("form", token.as_str())]).collect();
        self.post(action, &all).await
    }

    async fn post(&self, action: &str, fields: &[(&str, &str)]) -> u16 {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let request = self
            .http
            .post(format!("{}{action}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.collect::<Vec<_>>().join("&"));
        request.send().await.expect("an answer").status().as_u16()
    }
}

async fn start(data: &std::path::Path, mail: &MailServer) -> (Manager, Program, String) {
    let flags = [
        "--station",
        "CS1",
        "--public-url",
        BASE,
        "--smtp-server",
        &mail.address,
        "--smtp-security",
        "none",
        "--smtp-from",
        "charge@example.com",
    ];
    let manager = Manager::start(data, &flags);
    let program = Program::of(&manager).await;
    let site = published(&program).await;
    (manager, program, site)
}

#[tokio::test]
async fn a_driver_who_confirms_is_told_once_and_then_forgotten() {
    let (data, mail) = (directory(), MailServer::start(1));
    let (manager, _program, site) = start(data.path(), &mail).await;
    let driver = Driver::of(&manager);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    for (evse, connector) in [(1, 1), (1, 2), (2, 1)] {
        report(&mut station, evse, connector, "Occupied").await;
    }
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (page, ask) = (format!("/places/{site}"), format!("/places/{site}/notice"));
    assert_eq!(driver.send(&page, &ask, &[("mail", "driver at example"), ("evse", "")]).await, 422);
    assert_eq!(driver.send(&page, &ask, &[("mail", "driver@example.com"), ("evse", "")]).await, 202);
    assert_eq!(driver.post(&ask, &[("mail", "a@example.com"), ("form", "x")]).await, 403);

    // The first try was refused: it is sent again.
    let asked = mail.has(1).await.remove(0);
    assert!(
        asked.contains("To: driver@example.com") && asked.contains("From: charge@example.com"),
        "{asked}"
    );
    let link = link_in(&asked);
    let (status, text) = driver.page(&link).await;
    assert!(status == 200 && text.contains("Yes, tell me"), "looking confirms nothing: {text}");
    let wrong = format!("{}x", &link[..link.len() - 1]);
    assert_eq!(driver.page(&wrong).await.0, 404);
    assert_eq!(driver.send(&link, &link, &[]).await, 200);
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(mail.mails().len(), 1, "nothing is free yet");

    report(&mut station, 2, 1, "Available").await;
    let told = mail.has(2).await.remove(1);
    assert!(told.contains("A place is free") && told.contains(&format!("{BASE}/places/{site}")), "{told}");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(driver.page(&link).await.0, 404, "it is over");
    report(&mut station, 2, 1, "Occupied").await;
    report(&mut station, 2, 1, "Available").await;
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(mail.mails().len(), 2, "one mail and no more");
    assert!(!manager.log().contains("driver@example.com"), "the address is in no log");
}

#[tokio::test]
async fn who_does_not_want_it_is_forgotten_and_nobody_can_ask_without_end() {
    let (data, mail) = (directory(), MailServer::start(0));
    let (manager, _program, site) = start(data.path(), &mail).await;
    let driver = Driver::of(&manager);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    report(&mut station, 1, 1, "Occupied").await;
    let public = Public::of(&manager);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let (page, ask) = (format!("/places/{site}"), format!("/places/{site}/notice"));
    let uid = public.get(&format!("/public/v1/sites/{site}")).await.json["evses"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for _ in 0..4 {
        // The fourth of one address is noted for nobody, and nobody is told so.
        assert_eq!(driver.send(&page, &ask, &[("mail", "Driver@example.com"), ("evse", &uid)]).await, 202);
    }
    let links: Vec<String> = mail.has(3).await.iter().map(|mail| link_in(mail)).collect();
    assert_eq!(driver.send(&links[0], &format!("{}/forget", links[0]), &[]).await, 200);
    assert_eq!(driver.page(&links[0]).await.0, 404);
    assert_eq!(driver.send(&page, &ask, &[("mail", "other@example.com"), ("evse", &uid)]).await, 202);
    assert_eq!(driver.send(&page, &ask, &[("mail", "third@example.com"), ("evse", &uid)]).await, 429);
    // Nobody has confirmed: nobody is told.
    report(&mut station, 1, 1, "Available").await;
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(mail.has(4).await.len(), 4, "the question to the other address, and no word of a free place");
}

#[test]
fn a_mail_server_needs_all_that_mails_need() {
    for (flags, missing) in [
        (&["--smtp-server", "127.0.0.1:25"][..], "smtp-from"),
        (&["--smtp-server", "127.0.0.1:25", "--smtp-from", "nobody"], "smtp-from"),
        (&["--smtp-server", "127.0.0.1:25", "--smtp-from", "a@example.com"], "public-url"),
        (&["--smtp-server", "host:x", "--smtp-from", "a@example.com"], "HOST:PORT"),
        (
            &[
                "--smtp-server",
                "host",
                "--smtp-from",
                "a@example.com",
                "--public-url",
                BASE,
                "--smtp-user",
                "me",
            ],
            "smtp-password-file",
        ),
    ] {
        let output = crate::command_line::ocpp(&[&["serve"], flags].concat());
        assert_eq!(output.status.code(), Some(2), "{flags:?}");
        let sentence = crate::command_line::stderr(&output);
        assert!(sentence.contains(missing), "{flags:?}: {sentence}");
    }
}
