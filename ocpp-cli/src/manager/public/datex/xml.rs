//! A tree of elements, and how it is written.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// An element with what is in it.
pub(super) struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    content: Content,
}

enum Content {
    Text(String),
    Children(Vec<Element>),
}

impl Element {
    /// One of this name, with nothing in it.
    pub(super) fn new(name: &str) -> Element {
        Element { name: name.to_owned(), attributes: Vec::new(), content: Content::Children(Vec::new()) }
    }

    /// The same with an attribute.
    pub(super) fn with(mut self, name: &str, value: &str) -> Element {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with this text instead of other elements.
    pub(super) fn content(mut self, text: &str) -> Element {
        self.content = Content::Text(text.to_owned());
        self
    }

    /// The same with one more element.
    pub(super) fn child(mut self, child: Element) -> Element {
        match &mut self.content {
            Content::Children(children) => children.push(child),
            Content::Text(_) => self.content = Content::Children(vec![child]),
        }
        self
    }

    /// The same with more elements.
    pub(super) fn children(self, children: impl IntoIterator<Item = Element>) -> Element {
        children.into_iter().fold(self, Element::child)
    }

    /// The same with an element of text.
    pub(super) fn text(self, name: &str, text: impl AsRef<str>) -> Element {
        self.child(Element::new(name).content(text.as_ref()))
    }

    /// The whole document.
    pub(super) fn document(&self) -> String {
        let mut writer = Writer::new_with_indent(Vec::new(), b' ', 1);
        // Writing to a vector cannot fail; were it to, the document would end early and not be well-formed.
        let declaration = Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None));
        let written = writer.write_event(declaration).and_then(|()| self.write(&mut writer));
        if let Err(error) = written {
            tracing::error!(%error, "a publication could not be written");
        }
        String::from_utf8(writer.into_inner()).unwrap_or_default()
    }

    fn write(&self, writer: &mut Writer<Vec<u8>>) -> std::io::Result<()> {
        let mut start = BytesStart::new(self.name.as_str());
        for (name, value) in &self.attributes {
            start.push_attribute((name.as_str(), value.as_str()));
        }
        match &self.content {
            Content::Children(children) if children.is_empty() => writer.write_event(Event::Empty(start)),
            Content::Children(children) => {
                writer.write_event(Event::Start(start))?;
                children.iter().try_for_each(|child| child.write(writer))?;
                writer.write_event(Event::End(BytesEnd::new(self.name.as_str())))
            }
            Content::Text(text) => {
                writer.write_event(Event::Start(start))?;
                writer.write_event(Event::Text(BytesText::new(text)))?;
                writer.write_event(Event::End(BytesEnd::new(self.name.as_str())))
            }
        }
    }
}
