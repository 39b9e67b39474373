//! A station that misbehaves, for finding out what that does to the others. What becomes of it is no error.

use std::time::Duration;

use clap::ValueEnum;
use futures_util::{SinkExt, StreamExt};
use tokio::io::AsyncWriteExt;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::line;
use super::socket::Plain;
use crate::load::field::{Field, Phase};

/// Between two attempts of a station that is turned away: as soon as can be, but for a moment of the load's own.
const BREATH: Duration = Duration::from_millis(10);
const HEARTBEAT: &str = r#"[2,"flood","Heartbeat",{}]"#;
/// So much garbage, then something that breaks the connection.
const GARBAGE: [&str; 6] = [
    "",
    "{",
    "Heartbeat",
    r#"[2,"garbage"]"#,
    r#"[2,"garbage","MakeCoffee",{}]"#,
    r#"[2,"garbage","BootNotification",{"chargePointVendor":[],"chargingStation":7}]"#,
];
const GARBAGE_ROUNDS: usize = 50;
const BROKEN_FRAME: [u8; 16] = [0xff; 16];
/// How much the data of a huge message has: the message stays within the megabyte that a manager usually takes.
const HUGE_BYTES: usize = 1_000_000;
/// A masked text frame of a gigabyte, of which nothing follows.
const GIGABYTE: [u8; 14] = [0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 1, 2, 3, 4];

/// How a station misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::load) enum Habit {
    /// Calls without waiting for answers.
    Floods,
    /// Sends what is no frame, and at last breaks the protocol.
    Garbage,
    /// Calls and never reads an answer.
    NeverReads,
    /// Never answers a ping, nor says anything.
    NeverAnswers,
    /// Connects and breaks off, over and over.
    Reconnects,
    /// Sends messages of a megabyte without waiting for answers.
    Huge,
    /// Announces a gigabyte.
    Oversized,
}

impl Habit {
    /// What is counted of it.
    const fn misdeed(self) -> &'static str {
        match self {
            Habit::Floods => "calls of floods",
            Habit::Garbage => "frames of garbage",
            Habit::NeverReads => "calls whose answers are not read",
            Habit::NeverAnswers => "connections that never answer a ping",
            Habit::Reconnects => "connections that break off at once",
            Habit::Huge => "messages of a megabyte",
            Habit::Oversized => "frames of a gigabyte announced",
        }
    }
}

/// Misbehaves from the beginning of the running phase until the end.
pub(in crate::load) async fn misbehave(field: &Field, number: u32, nth: u32) {
    if number < field.plan.prepared() {
        field.arrive();
    }
    field.phase(Phase::Connecting).await;
    field.arrive();
    field.phase(Phase::Running).await;
    let habit = field.plan.habit(nth);
    tokio::select! {
        biased;
        () = field.phase(Phase::Ending) => {}
        () = forever(field, number, habit) => {}
    }
}

async fn forever(field: &Field, number: u32, habit: Habit) {
    loop {
        if let Ok(mut socket) = line::dial_uncounted(field, number).await {
            // However it ends, it begins again.
            let _ = visit(field, &mut socket, habit).await;
        }
        sleep(BREATH).await;
    }
}

type Ended = Result<(), tokio_tungstenite::tungstenite::Error>;

async fn visit(field: &Field, socket: &mut Plain, habit: Habit) -> Ended {
    let note = || field.tally.note_misdeed(habit.misdeed());
    match habit {
        Habit::Floods => flood(socket, Message::text(HEARTBEAT), note).await,
        Habit::Huge => {
            let data = "x".repeat(HUGE_BYTES);
            let call = format!(r#"[2,"huge","DataTransfer",{{"vendorId":"load","data":"{data}"}}]"#);
            flood(socket, Message::text(call), note).await
        }
        Habit::Garbage => {
            for _ in 0..GARBAGE_ROUNDS {
                for text in GARBAGE {
                    socket.send(Message::text(text)).await?;
                    note();
                }
                // What is answered is read, so that nothing but the garbage is wrong.
                while let Ok(Some(Ok(_))) = timeout(BREATH, socket.next()).await {}
            }
            socket.get_mut().write_all(&BROKEN_FRAME).await?;
            until_closed(socket).await
        }
        Habit::NeverReads => loop {
            socket.send(Message::text(HEARTBEAT)).await?;
            note();
        },
        Habit::NeverAnswers => {
            note();
            std::future::pending().await
        }
        Habit::Reconnects => {
            note();
            Ok(())
        }
        Habit::Oversized => {
            socket.get_mut().write_all(&GIGABYTE).await?;
            note();
            until_closed(socket).await
        }
    }
}

/// Says the same over and over, and reads what is answered.
async fn flood(socket: &mut Plain, message: Message, note: impl Fn()) -> Ended {
    let (mut says, mut hears) = socket.split();
    let flood = async {
        loop {
            says.send(message.clone()).await?;
            note();
        }
    };
    let listen = async { while let Some(Ok(_)) = hears.next().await {} };
    tokio::select! {
        ended = flood => ended,
        () = listen => Ok(()),
    }
}

async fn until_closed(socket: &mut Plain) -> Ended {
    while let Some(message) = socket.next().await {
        message?;
    }
    Ok(())
}
