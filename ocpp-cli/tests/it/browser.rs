//! A browser without scripts: it opens pages and sends forms.

use std::time::Duration;

use super::running::Manager;

pub(crate) struct Browser {
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
}

impl Browser {
    pub(crate) fn of(manager: &Manager) -> Browser {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Browser { http, base: format!("http://{}", manager.http) }
    }

    pub(crate) async fn open(&self, path: &str) -> String {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.expect("a page")
    }

    /// Sends a form; tells the status, where it led, and the page there.
    pub(crate) async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let encoded: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(encoded.join("&"));
        let answer = request.send().await.expect("an answer");
        let (status, led) = (answer.status().as_u16(), answer.url().path().to_owned());
        (status, led, answer.text().await.expect("a page"))
    }

    /// Sends a form; tells the status, and the page that it leads to.
    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let (status, _, page) = self.submit(path, fields).await;
        (status, page)
    }

    /// Asks until a page has a text.
    pub(crate) async fn until(&self, path: &str, text: &str) -> String {
        for _ in 0..200 {
            let page = self.open(path).await;
            if page.contains(text) {
                return page;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} never has {text:?}: {}", self.open(path).await);
    }
}

fn encoded(text: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric();
    let sign = |byte: u8| if is_plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(sign).collect()
}
