//! A command line as a person types it.

/// The words of a line: apart by spaces, kept together by double quotes.
#[must_use]
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (n, part) in line.split('"').enumerate() {
        if n % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(
            words("tag --because \"kick  it\" --yes"),
            ["tag", "--because", "kick  it", "--yes"]
        );
        assert_eq!(words("pick \"\""), ["pick", ""]);
    }
}
