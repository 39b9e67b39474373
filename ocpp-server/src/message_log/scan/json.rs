//! What JSON is made of: blanks, strings, digits.

use super::{Broken, Quoted, Scan};

impl Scan<'_, '_> {
    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    #[inline]
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        if self.peek() != Some(byte) {
            return Err(Broken);
        }
        self.at += 1;
        Ok(())
    }

    /// Skips blanks. A line break becomes a blank, because a frame is one line of the log.
    #[inline]
    pub(super) fn blanks(&mut self) {
        while let Some(byte @ (b' ' | b'\n' | b'\r' | b'\t')) = self.peek() {
            if matches!(byte, b'\n' | b'\r') {
                self.replace(self.at..self.at + 1, |out| out.push(b' '));
            }
            self.at += 1;
        }
    }

    /// Whether an empty object or array ends here.
    pub(super) fn ends(&mut self, close: u8) -> bool {
        self.blanks();
        let ends = self.peek() == Some(close);
        self.at += usize::from(ends);
        ends
    }

    /// After a member or element: whether it was the last one.
    #[inline]
    pub(super) fn next_or(&mut self, close: u8) -> Result<bool, Broken> {
        self.blanks();
        let last = match self.peek() {
            Some(b',') => false,
            Some(byte) if byte == close => true,
            _ => return Err(Broken),
        };
        self.at += 1;
        Ok(last)
    }

    /// Reads a string, eight bytes at a time.
    #[inline]
    pub(super) fn quoted(&mut self) -> Result<Quoted, Broken> {
        let start = self.at;
        let mut escaped = false;
        self.at += 1;
        loop {
            while let Some(eight) = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
                let special = special_bytes(u64::from_le_bytes(*eight));
                self.at += special.trailing_zeros() as usize / 8;
                if special != 0 {
                    break;
                }
            }
            match self.peek().ok_or(Broken)? {
                b'"' => {
                    self.at += 1;
                    return Ok(Quoted { start, end: self.at, escaped });
                }
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                0..0x20 => return Err(Broken),
                _ => self.at += 1,
            }
        }
    }

    pub(super) fn escape(&mut self) -> Result<(), Broken> {
        let rest = &self.bytes[self.at + 1..];
        match rest.first().ok_or(Broken)? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 2,
            b'u' if rest.len() > 4 && rest[1..5].iter().all(u8::is_ascii_hexdigit) => self.at += 6,
            _ => return Err(Broken),
        }
        Ok(())
    }

    pub(super) fn digits(&mut self) -> Result<usize, Broken> {
        let count = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 { Err(Broken) } else { Ok(count) }
    }

    pub(super) fn literal(&mut self, word: &[u8]) -> Result<(), Broken> {
        if !self.bytes[self.at..].starts_with(word) {
            return Err(Broken);
        }
        self.at += word.len();
        Ok(())
    }
}

/// Marks the first byte that is a quote, a backslash or a control character by its highest bit; the marks after
/// the first one mean nothing.
#[inline]
const fn special_bytes(eight: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let quote = eight ^ (ONES * b'"' as u64);
    let backslash = eight ^ (ONES * b'\\' as u64);
    let quote = quote.wrapping_sub(ONES) & !quote;
    let backslash = backslash.wrapping_sub(ONES) & !backslash;
    let control = eight.wrapping_sub(ONES * 0x20) & !eight;
    (quote | backslash | control) & HIGH
}
