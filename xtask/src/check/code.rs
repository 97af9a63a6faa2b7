//! Reading Rust text just far enough for the laws: code without its comments and literals, and without its tests.

/// The same text with comments, strings and characters blanked out; lines stay where they are.
pub fn bare(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut out = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that starts at `at` ends; `at` itself where none starts.
fn literal_end(chars: &[char], at: usize) -> usize {
    let follows = |text: &str| text.chars().enumerate().all(|(i, c)| chars.get(at + i) == Some(&c));
    let within_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    if follows("//") {
        return find(chars, at, "\n").unwrap_or(chars.len());
    }
    if follows("/*") {
        return block_end(chars, at);
    }
    if chars[at] == '"' {
        return quoted_end(chars, at + 1, '"');
    }
    if chars[at] == 'r' && !within_word {
        let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
        if chars.get(at + 1 + hashes) == Some(&'"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let from = at + 2 + hashes;
            return find(chars, from, &close).map_or(chars.len(), |i| i + close.len());
        }
    }
    let character = chars.get(at + 1) == Some(&'\\') || chars.get(at + 2) == Some(&'\'');
    if chars[at] == '\'' && character {
        return quoted_end(chars, at + 1, '\'');
    }
    at
}

fn find(chars: &[char], from: usize, text: &str) -> Option<usize> {
    let text: Vec<char> = text.chars().collect();
    (from..chars.len()).find(|i| chars[*i..].starts_with(&text))
}

fn block_end(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut i = at;
    while i < chars.len() {
        if chars[i..].starts_with(&['/', '*']) {
            depth += 1;
            i += 2;
        } else if chars[i..].starts_with(&['*', '/']) {
            depth -= 1;
            i += 2;
            if depth == 0 {
                return i;
            }
        } else {
            i += 1;
        }
    }
    chars.len()
}

fn quoted_end(chars: &[char], from: usize, quote: char) -> usize {
    let mut i = from;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            c if c == quote => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

/// The part before the file's own test module; of a file without one, everything.
pub fn before_tests(bare: &str) -> &str {
    let mut start = 0;
    for line in bare.split_inclusive('\n') {
        let rest = bare[start + line.len()..].trim_start();
        let module = rest
            .lines()
            .next()
            .is_some_and(|next| next.starts_with("mod ") && next.trim_end().ends_with('{'));
        if line.trim() == "#[cfg(test)]" && module {
            return &bare[..start];
        }
        start += line.len();
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked_and_lines_kept() {
        let source = "let a = \"x // y\"; // why\n/* a /* b */ c */ let c = '\"'; let r = r#\"q\"q\"#;\nfn f<'a>() {}\n";
        let bare = bare(source);
        assert_eq!(bare.lines().count(), 3);
        assert!(!bare.contains("why") && !bare.contains('x') && !bare.contains('q'));
        assert!(bare.contains("let c =") && bare.contains("fn f<'a>() {}"), "{bare}");
    }

    #[test]
    fn the_test_module_is_cut_and_a_test_file_elsewhere_is_not() {
        assert_eq!(before_tests("a\n#[cfg(test)]\nmod tests {\n b\n}\n"), "a\n");
        let elsewhere = "#[cfg(test)]\nmod tests;\na\n";
        assert_eq!(before_tests(elsewhere), elsewhere);
    }
}
