//! An uptime report on paper: figures, the course of each port as a strip, and the list of outages, as PDF.

use jiff::tz::TimeZone;
use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, TextDirection};
use ocpp_server::availability::PortState;
use ocpp_server::availability::report::{PortReport, Report, Stretch, minutes, shown};

/// A4, in points.
const WIDTH: f32 = 595.0;
const HEIGHT: f32 = 842.0;
const MARGIN: f32 = 42.0;
/// The size of letters, and the height of a line.
const SMALL: f32 = 7.5;
const LINE: f32 = 11.0;
/// How wide a letter of the font is, in parts of its size: all are as wide.
const LETTER: f32 = 0.602;
/// The most ports and outages on paper; the CSV has all of them.
const MAX_PORTS: usize = 2_000;
const MAX_OUTAGES: usize = 5_000;

const BLACK: (u8, u8, u8) = (20, 28, 36);
const FAINT: (u8, u8, u8) = (91, 104, 117);
const UP: (u8, u8, u8) = (76, 165, 110);
const DOWN: (u8, u8, u8) = (200, 50, 42);
const DARK: (u8, u8, u8) = (120, 130, 140);
const EXCUSED: (u8, u8, u8) = (226, 170, 50);

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
#[error("the report cannot be written as PDF: {0}")]
pub(crate) struct NoPaper(String);

/// Something on a page.
enum Mark {
    Text { x: f32, y: f32, size: f32, color: (u8, u8, u8), text: String },
    Bar { x: f32, y: f32, wide: f32, high: f32, color: (u8, u8, u8) },
}

/// Pages that are filled from the top.
struct Paper {
    pages: Vec<Vec<Mark>>,
    y: f32,
}

impl Paper {
    fn new() -> Paper {
        Paper { pages: vec![Vec::new()], y: MARGIN }
    }

    /// Begins another page unless so much is left on this one.
    fn need(&mut self, high: f32) {
        if self.y + high > HEIGHT - MARGIN - LINE {
            self.pages.push(Vec::new());
            self.y = MARGIN;
        }
    }

    fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn text(&mut self, x: f32, size: f32, color: (u8, u8, u8), text: &str) {
        let most = ((WIDTH - MARGIN - x) / (size * LETTER)).max(0.0) as usize;
        let mut text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if text.chars().count() > most {
            text = text.chars().take(most.saturating_sub(1)).chain(['…']).collect();
        }
        let y = self.y + size;
        self.put(Mark::Text { x, y, size, color, text });
    }

    fn heading(&mut self, text: &str) {
        self.need(4.0 * LINE);
        self.y += LINE;
        self.text(MARGIN, 11.0, BLACK, text);
        self.y += 1.6 * LINE;
    }

    fn line(&mut self, color: (u8, u8, u8), text: &str) {
        self.need(LINE);
        self.text(MARGIN, SMALL, color, text);
        self.y += LINE;
    }

    /// A line of columns, each at its place.
    fn columns<T: AsRef<str>>(&mut self, color: (u8, u8, u8), at: &[f32], texts: &[T]) {
        self.need(LINE);
        for (index, (x, text)) in at.iter().zip(texts).enumerate() {
            let end = at.get(index + 1).copied().unwrap_or(WIDTH - 2.0 * MARGIN);
            let most = ((end - x) / (SMALL * LETTER)) as usize;
            let cut: String = text.as_ref().chars().take(most.saturating_sub(1)).collect();
            self.text(MARGIN + x, SMALL, color, &cut);
        }
        self.y += LINE;
    }
}

/// A report as PDF.
///
/// # Errors
/// [`NoPaper`] when the font or the document cannot be made.
pub(crate) fn pdf(report: &Report) -> Result<Vec<u8>, NoPaper> {
    let mut paper = Paper::new();
    head(&mut paper, report);
    figures(&mut paper, report);
    strips(&mut paper, report);
    outages(&mut paper, report);
    rendered(paper, report)
}

fn head(paper: &mut Paper, report: &Report) {
    paper.text(MARGIN, 16.0, BLACK, &format!("Uptime {}", report.period));
    paper.y += 2.2 * LINE;
    let formula = &report.formula;
    let version = report.formula_version.map(|version| format!(", version {version}")).unwrap_or_default();
    paper.line(BLACK, &format!("{} ({}{version})", formula.name, formula.id));
    paper.line(FAINT, &format!("Source: {}", formula.source));
    let site = report.site.as_ref().map_or("all sites", |site| &site.0);
    paper.line(FAINT, &format!("Site: {site}. Computed {}.", moment(report.computed_at, &TimeZone::UTC)));
    if let Some(until) = report.preliminary_until {
        let until = moment(until, &TimeZone::UTC);
        paper.line(DOWN, &format!("Not over yet: preliminary figures of the time until {until}."));
    }
    let asks = if formula.threshold.must_exceed { "more than" } else { "at least" };
    let of = if report.network.is_some() { "of all ports together" } else { "of each port" };
    paper.line(BLACK, &format!("Asked for: {asks} {} % {of}.", formula.threshold.percent));
    if let Some(all) = &report.network {
        let verdict = if all.is_met { "met" } else { "missed" };
        paper.line(BLACK, &format!("All ports together: {} % ({verdict}).", shown(all.percent, 4)));
    }
    let count = |wanted| report.ports.iter().filter(|port| port.is_met == wanted).count();
    let (met, missed, none) = (count(Some(true)), count(Some(false)), count(None));
    paper.line(BLACK, &format!("Ports: {met} met, {missed} missed, {none} without a figure."));
}

fn figures(paper: &mut Paper, report: &Report) {
    const AT: [f32; 6] = [0.0, 170.0, 240.0, 310.0, 380.0, 450.0];
    paper.heading("Figures");
    paper.columns(FAINT, &AT, &["Port", "Uptime %", "True length %", "Outages min", "Excused min", ""]);
    for port in report.ports.iter().take(MAX_PORTS) {
        let percent = |value: Option<rust_decimal::Decimal>| {
            value.map_or_else(|| "–".to_owned(), |percent| shown(percent, 4))
        };
        let (verdict, color) = match port.is_met {
            Some(true) => ("met", BLACK),
            Some(false) => ("missed", DOWN),
            None => ("no figure", FAINT),
        };
        let texts = [
            port.name(),
            percent(port.percent),
            percent(port.percent_of_service),
            minutes(port.outage_s),
            minutes(port.excluded_s),
            verdict.to_owned(),
        ];
        paper.columns(color, &AT, &texts);
    }
    if report.ports.len() > MAX_PORTS {
        paper.line(DOWN, &format!("The first {MAX_PORTS} of {} ports.", report.ports.len()));
    }
}

fn strips(paper: &mut Paper, report: &Report) {
    paper.heading("Courses");
    let legend = [("up", UP), ("outage", DOWN), ("outage: unknown or offline", DARK), ("excused", EXCUSED)];
    let mut x = MARGIN;
    for (text, color) in legend {
        let y = paper.y;
        paper.put(Mark::Bar { x, y, wide: 8.0, high: 8.0, color });
        paper.text(x + 11.0, SMALL, FAINT, text);
        x += 30.0 + text.chars().count() as f32 * SMALL * LETTER;
    }
    paper.y += 1.6 * LINE;
    for port in report.ports.iter().take(MAX_PORTS) {
        strip(paper, port);
    }
}

fn strip(paper: &mut Paper, port: &PortReport) {
    const LEFT: f32 = 120.0;
    paper.need(1.4 * LINE);
    let name: String = port.name().chars().take(25).collect();
    paper.text(MARGIN, SMALL, BLACK, &name);
    let (left, wide) = (MARGIN + LEFT, WIDTH - 2.0 * MARGIN - LEFT);
    let whole = port.window.seconds().max(1) as f32;
    let y = paper.y;
    let mut draw = |when: Stretch, color| {
        let at = |moment: jiff::Timestamp| (moment.as_second() - port.window.from.as_second()) as f32 / whole;
        let (from, to) = (at(when.from).clamp(0.0, 1.0), at(when.until).clamp(0.0, 1.0));
        // What is shorter than a hair is drawn as one, so that no outage is invisible.
        let bar = ((to - from) * wide).max(0.25);
        paper.put(Mark::Bar { x: left + from * wide, y, wide: bar, high: 9.0, color });
    };
    draw(port.service, UP);
    for outage in &port.outages {
        for state in &outage.states {
            let is_dark = matches!(state.state, PortState::Unknown | PortState::Offline);
            draw(state.when, if is_dark { DARK } else { DOWN });
        }
        for excused in &outage.excused {
            draw(excused.when, EXCUSED);
        }
    }
    paper.y += 1.4 * LINE;
}

fn outages(paper: &mut Paper, report: &Report) {
    const AT: [f32; 5] = [0.0, 95.0, 210.0, 325.0, 382.0];
    paper.heading("Outages");
    let all: usize = report.ports.iter().map(|port| port.outages.len()).sum();
    if all == 0 {
        paper.line(FAINT, "None.");
        return;
    }
    paper.columns(FAINT, &AT, &["Port", "From", "Until", "Minutes", "Excused min, states"]);
    let rows = report.ports.iter().flat_map(|port| port.outages.iter().map(move |outage| (port, outage)));
    for (port, outage) in rows.take(MAX_OUTAGES) {
        let zone = TimeZone::get(&port.time_zone).unwrap_or(TimeZone::UTC);
        let mut states: Vec<&str> = outage.states.iter().map(|state| state.state.name()).collect();
        states.dedup();
        let texts = [
            port.name(),
            moment(outage.when.from, &zone),
            moment(outage.when.until, &zone),
            minutes(outage.when.seconds()),
            format!("{}, {}", minutes(outage.excluded_s), states.join(", ")),
        ];
        paper.columns(BLACK, &AT, &texts);
        for excused in &outage.excused {
            let text = format!(
                "    {} from {}, {} min: {}",
                excused.reason.name().replace('_', " "),
                moment(excused.when.from, &zone),
                minutes(excused.when.seconds()),
                excused.evidence
            );
            paper.line(FAINT, &text);
        }
    }
    if all > MAX_OUTAGES {
        paper.line(
            DOWN,
            &format!("The first {MAX_OUTAGES} of {all}: the CSV of the intervals has all of them."),
        );
    }
}

fn moment(at: jiff::Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

fn rendered(paper: Paper, report: &Report) -> Result<Vec<u8>, NoPaper> {
    let font = Font::new(epaint_default_fonts::HACK_REGULAR.into(), 0)
        .ok_or_else(|| NoPaper("its font cannot be read".to_owned()))?;
    let mut document = Document::new();
    let title = format!("Uptime {}, {}", report.period, report.formula.name);
    document.set_metadata(Metadata::new().title(title.clone()).language("en".to_owned()));
    let count = paper.pages.len();
    for (index, marks) in paper.pages.into_iter().enumerate() {
        let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| NoPaper("no page".to_owned()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        for mark in marks {
            draw(&mut surface, &font, mark);
        }
        let text = format!("{title} · page {} of {count}", index + 1);
        draw(
            &mut surface,
            &font,
            Mark::Text { x: MARGIN, y: HEIGHT - MARGIN / 2.0, size: 6.5, color: FAINT, text },
        );
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| NoPaper(format!("{error:?}")))
}

fn draw(surface: &mut Surface<'_>, font: &Font, mark: Mark) {
    let fill = |(red, green, blue): (u8, u8, u8)| {
        let paint = rgb::Color::new(red, green, blue).into();
        Some(Fill { paint, opacity: NormalizedF32::ONE, rule: Default::default() })
    };
    match mark {
        Mark::Text { x, y, size, color, text } => {
            surface.set_fill(fill(color));
            surface.draw_text(Point::from_xy(x, y), font.clone(), size, &text, false, TextDirection::Auto);
        }
        Mark::Bar { x, y, wide, high, color } => {
            let Some(rect) = Rect::from_xywh(x, y, wide, high) else { return };
            let mut path = PathBuilder::new();
            path.push_rect(rect);
            if let Some(path) = path.finish() {
                surface.set_fill(fill(color));
                surface.draw_path(&path);
            }
        }
    }
}
