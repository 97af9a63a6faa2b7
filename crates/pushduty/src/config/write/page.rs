//! The look of the written file: tables apart, remarks of a table in one column, examples commented out.

use super::super::plain::safe;

/// Remarks start no further right than this; behind longer lines they go above.
const WIDEST: usize = 64;

/// Lines of a table wait until it is complete, so that their remarks can be put in one column.
#[derive(Debug, Default)]
pub struct Page {
    done: String,
    block: Vec<(String, String)>,
}

impl Page {
    /// Comment lines of their own, after an empty line.
    pub fn prose(&mut self, lines: &[&str]) {
        self.close();
        for line in lines {
            self.done.push_str(&format!("# {line}\n"));
        }
    }

    /// A table's header, after an empty line.
    pub fn table(&mut self, header: &str) {
        self.close();
        self.block.push((header.to_owned(), String::new()));
    }

    /// A line with a remark, or none.
    pub fn line(&mut self, code: impl Into<String>, remark: &str) {
        let remark = if remark.is_empty() { String::new() } else { format!("# {}", safe(remark)) };
        self.block.push((code.into(), remark));
    }

    /// A line that was guessed.
    pub fn guessed(&mut self, code: impl Into<String>, evidence: &str) {
        self.line(code, &format!("guessed: {evidence}"));
    }

    /// A line that is only shown, commented out.
    pub fn example(&mut self, code: impl AsRef<str>, remark: &str) {
        self.line(format!("# {}", code.as_ref()), remark);
    }

    /// Lines that are only shown.
    pub fn examples(&mut self, lines: &[&str]) {
        lines.iter().for_each(|line| self.example(line, ""));
    }

    fn close(&mut self) {
        let width = |code: &str| code.chars().count();
        let short =
            self.block.iter().filter(|(code, remark)| !remark.is_empty() && width(code) <= WIDEST);
        let column = short.map(|(code, _)| width(code)).max().unwrap_or(0);
        for (code, remark) in self.block.drain(..) {
            let line = match remark.as_str() {
                "" => code,
                _ if width(&code) > WIDEST => format!("{remark}\n{code}"),
                _ => format!("{code:column$}  {remark}"),
            };
            self.done.push_str(&line);
            self.done.push('\n');
        }
        if !self.done.is_empty() && !self.done.ends_with("\n\n") {
            self.done.push('\n');
        }
    }

    /// The whole text.
    pub fn finish(mut self) -> String {
        self.close();
        self.done.trim_end().to_owned() + "\n"
    }
}
