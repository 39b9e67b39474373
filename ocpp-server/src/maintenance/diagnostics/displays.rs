//! Messages on displays: set, removed, reported, and put back (O01 to O06).

use jiff::Timestamp;
use ocpp_core::model::{
    Command, DisplayFilter, DisplayMessage, DisplayPart, DisplayPriority, DisplayState, DisplayText, Outcome,
    StationId, Verdict,
};

use super::{Diagnostics, DiagnosticsError, invalid, unknown};
use crate::domain::{EventKind, KeptMessage, MessageState, StationDisplay};
use crate::maintenance::giving::{Given, give};
use crate::store::{ReadError, TypedRecords};

/// A message as an operator wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageForm {
    /// Its number; a free one when absent. One with the number of another takes its place (O06).
    pub id: Option<i64>,
    /// How it ranks.
    pub priority: DisplayPriority,
    /// The state of the station in which it is shown; any when absent.
    pub state: Option<DisplayState>,
    /// From when on it is shown; at once when absent.
    pub from: Option<Timestamp>,
    /// When the station removes it.
    pub until: Option<Timestamp>,
    /// The station's name of the transaction during which it is shown.
    pub transaction: Option<String>,
    /// The display; the main one when absent.
    pub display: Option<DisplayPart>,
    /// The text.
    pub text: DisplayText,
    /// The text in further languages (2.1).
    pub translations: Vec<DisplayText>,
    /// Whether it is put back when the station has lost it, and waits for a station that is not connected.
    pub keep: bool,
}

impl Diagnostics {
    /// What is known of the messages on a station's display.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn display(&self, station: &StationId) -> Result<Option<StationDisplay>, ReadError> {
        let display: Option<StationDisplay> = self.csms.store().get(station.as_str()).await?;
        Ok(display.map(|mut display| {
            display.forget_over(self.csms.now());
            display
        }))
    }

    /// Sets a message. How it stands is told with it: a station may refuse it. One that is to be kept waits for a
    /// station that is not connected.
    ///
    /// # Errors
    /// [`DiagnosticsError`]; nothing is kept then.
    pub async fn set_message(
        &self,
        station: &StationId,
        form: MessageForm,
        by: &str,
    ) -> Result<KeptMessage, DiagnosticsError> {
        self.check(&form)?;
        self.expect_known(station).await?;
        let is_connected = self.csms.stations().is_connected(station);
        if !is_connected && !form.keep {
            return Err(DiagnosticsError::NotConnected);
        }
        let display = self.display(station).await?;
        let free = || display.as_ref().map_or(1, StationDisplay::free_number);
        let message = message_of(&form, form.id.unwrap_or_else(free));
        let is_new = display.as_ref().is_none_or(|display| display.message(message.id).is_none());
        if is_new && display.as_ref().is_some_and(|display| display.messages.len() >= StationDisplay::MAX) {
            let most = format!("A station has at most {} messages here: remove one.", StationDisplay::MAX);
            return Err(invalid("", most));
        }
        let command = Command::SetDisplayMessage(Box::new(message.clone()));
        if is_connected && let Err(why) = self.csms.commands().size_of(station, &command) {
            return Err(DiagnosticsError::CannotSay(why.to_string()));
        }
        let why = if is_connected { "it is being sent" } else { "the station is not connected" };
        let waiting = KeptMessage {
            message,
            keep: form.keep,
            by: Some(by.chars().take(200).collect()),
            state: MessageState::Waiting { why: why.to_owned() },
        };
        self.put(station, &waiting).await?;
        if is_connected { self.send(station, waiting).await } else { Ok(waiting) }
    }

    fn check(&self, form: &MessageForm) -> Result<(), DiagnosticsError> {
        if form.id.is_some_and(|id| !(0..=i64::from(i32::MAX)).contains(&id)) {
            return Err(invalid("/id", "The number of a message is from 0 to 2147483647."));
        }
        if form.until.is_some_and(|until| until <= self.csms.now()) {
            return Err(invalid("/until", "The message would be over already: choose a later moment."));
        }
        if form.until.zip(form.from).is_some_and(|(until, from)| until <= from) {
            return Err(invalid("/until", "The message has to end after it begins."));
        }
        if form.text.content.trim().is_empty() {
            return Err(invalid("/text", "The message has no text."));
        }
        if form.keep && form.transaction.is_some() {
            let why = "A message of one transaction cannot be kept: the station removes it at its end.";
            return Err(invalid("/keep", why));
        }
        Ok(())
    }

    async fn put(&self, station: &StationId, kept: &KeptMessage) -> Result<(), DiagnosticsError> {
        let kind = || EventKind::DisplayChanged {
            message: Some(kept.message.id),
            state: kept.state.name().to_owned(),
        };
        let change = |display: &mut StationDisplay| {
            display.put(kept.clone());
            vec![kind()]
        };
        self.change(station, StationDisplay::unknown, change).await.map(drop)
    }

    /// Tells the station a message that waits.
    async fn send(&self, station: &StationId, waiting: KeptMessage) -> Result<KeptMessage, DiagnosticsError> {
        let command = Command::SetDisplayMessage(Box::new(waiting.message.clone()));
        let by = waiting.by.clone().unwrap_or_else(|| "displays".to_owned());
        let state = match give(&self.csms, station, command.clone(), &by).await {
            Given::Answered(outcome @ Outcome::Display { .. }) => {
                self.note(station, &command, &outcome).await?;
                let kept = self.display(station).await?;
                let kept = kept.as_ref().and_then(|display| display.message(waiting.message.id)).cloned();
                return Ok(kept.unwrap_or(waiting));
            }
            Given::NotConnected if waiting.keep => {
                MessageState::Waiting { why: "the station is not connected".to_owned() }
            }
            Given::Unclear(why) if waiting.keep => MessageState::Waiting { why },
            other => MessageState::Refused { why: other.why() },
        };
        let kept = KeptMessage { state, ..waiting };
        self.put(station, &kept).await?;
        Ok(kept)
    }

    /// Removes a message. One that the station does not have is merely forgotten.
    ///
    /// # Errors
    /// [`DiagnosticsError`].
    pub async fn clear_message(
        &self,
        station: &StationId,
        id: i64,
        by: &str,
    ) -> Result<(), DiagnosticsError> {
        self.expect_known(station).await?;
        let display: Option<StationDisplay> = self.csms.store().get(station.as_str()).await?;
        let known = display.as_ref().and_then(|display| display.message(id));
        let is_there = known.is_none_or(|kept| matches!(kept.state, MessageState::Set { .. }));
        if !is_there {
            return self.forget(station, id).await;
        }
        let command = Command::ClearDisplayMessage { id };
        match give(&self.csms, station, command.clone(), by).await {
            Given::Answered(Outcome::Verdict(Verdict::NothingFits)) if known.is_none() => {
                Err(unknown("message", &id.to_string()))
            }
            Given::Answered(outcome @ Outcome::Verdict(Verdict::Accepted | Verdict::NothingFits)) => {
                self.note(station, &command, &outcome).await
            }
            Given::NotConnected => Err(DiagnosticsError::NotConnected),
            other => Err(DiagnosticsError::NotTaken(other.why())),
        }
    }

    async fn forget(&self, station: &StationId, id: i64) -> Result<(), DiagnosticsError> {
        let change = |display: &mut StationDisplay| {
            display.remove(id);
            vec![EventKind::DisplayChanged { message: Some(id), state: "removed".to_owned() }]
        };
        self.change(station, StationDisplay::unknown, change).await.map(drop)
    }

    /// Asks a station which messages are set, and waits for what it tells. When that does not come in time, it is
    /// taken over when it comes; what is known is told all the same.
    ///
    /// # Errors
    /// [`DiagnosticsError`].
    pub async fn read_messages(
        &self,
        station: &StationId,
        filter: DisplayFilter,
        by: &str,
    ) -> Result<StationDisplay, DiagnosticsError> {
        self.expect_known(station).await?;
        if !self.csms.stations().is_connected(station) {
            return Err(DiagnosticsError::NotConnected);
        }
        let whole = filter == DisplayFilter::default();
        let told = self.csms.bus().listen();
        let now = self.csms.now();
        let kept = self
            .change(station, StationDisplay::unknown, |display| {
                display.await_report(whole, now);
                vec![EventKind::DisplayChanged { message: None, state: "asked".to_owned() }]
            })
            .await?;
        let request = kept.last_request;
        let command = Command::GetDisplayMessages { request, filter };
        match give(&self.csms, station, command.clone(), by).await {
            Given::Answered(Outcome::Verdict(verdict)) => {
                self.note(station, &command, &Outcome::Verdict(verdict)).await?;
                match verdict {
                    Verdict::Accepted => {}
                    Verdict::NothingFits => return self.kept_display(station).await,
                    refused => return Err(DiagnosticsError::NotTaken(refused.word().to_owned())),
                }
            }
            Given::NotConnected => return Err(DiagnosticsError::NotConnected),
            other => return Err(DiagnosticsError::NotTaken(other.why())),
        }
        let is_told: fn(&EventKind) -> bool =
            |kind| matches!(kind, EventKind::DisplayChanged { message: None, state } if state == "told");
        let is_complete = || async {
            let kept = self.kept_display(station).await;
            kept.is_ok_and(|kept| kept.report.is_none_or(|report| report.request != request))
        };
        self.wait_for(told, station, is_told, is_complete).await;
        self.kept_display(station).await
    }

    async fn kept_display(&self, station: &StationId) -> Result<StationDisplay, DiagnosticsError> {
        Ok(self.display(station).await?.unwrap_or_else(|| StationDisplay::unknown(station.clone())))
    }

    /// Puts back the messages that are to be kept and are not there: those that wait, and after a restart of the
    /// station those that it has lost. Tells how many.
    ///
    /// # Errors
    /// [`DiagnosticsError`].
    pub async fn put_back(&self, station: &StationId) -> Result<usize, DiagnosticsError> {
        let missing = self.kept_display(station).await?.missing(self.csms.now());
        let count = missing.len();
        for waiting in missing {
            self.send(station, waiting).await?;
        }
        Ok(count)
    }
}

fn message_of(form: &MessageForm, id: i64) -> DisplayMessage {
    DisplayMessage {
        id,
        priority: form.priority,
        state: form.state,
        from: form.from,
        until: form.until,
        transaction: form.transaction.as_deref().map(Into::into),
        display: form.display.clone(),
        text: form.text.clone(),
        translations: form.translations.clone(),
    }
}
