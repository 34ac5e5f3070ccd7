//! Text as search sees it: folded characters and words.

/// Lower case, without accents, and without the line feeds that separate fields.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            'A'..='Z' => folded.push(c.to_ascii_lowercase()),
            '\n' | '\r' => folded.push(' '),
            _ if c.is_ascii() => folded.push(c),
            // Combining marks: accents written after their letter.
            '\u{300}'..='\u{36f}' => {}
            _ => c.to_lowercase().for_each(|c| push_plain(&mut folded, c)),
        }
    }
    folded
}

fn push_plain(folded: &mut String, c: char) {
    let plain = match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '’' => "'",
        '\u{300}'..='\u{36f}' => "",
        _ => {
            folded.push(c);
            return;
        }
    };
    folded.push_str(plain);
}

/// The words of folded text. A comma or point between digits belongs to the number (commas are left
/// out), an apostrophe to its word, and the points of an abbreviation are left out: "68,000" is `68000`,
/// "U.S." is `us`, "won't" is `wont`.
pub(super) fn words(folded: &str) -> Words<'_> {
    Words { chars: folded.chars().peekable(), before: [' ', ' '] }
}

/// See [`words`].
pub(super) struct Words<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    /// The two characters last read, latest last.
    before: [char; 2],
}

impl Iterator for Words<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut word = String::new();
        while let Some(c) = self.chars.next() {
            let next = self.chars.peek().copied().unwrap_or(' ');
            let [earlier, last] = self.before;
            self.before = [last, c];
            if c.is_alphanumeric() {
                word.push(c);
                continue;
            }
            let in_number = last.is_ascii_digit() && next.is_ascii_digit();
            let in_word = last.is_alphabetic() && next.is_alphabetic();
            match c {
                '.' if in_number => word.push('.'),
                ',' if in_number => {}
                '.' if in_word && !earlier.is_alphanumeric() => {}
                '\'' if in_word => {}
                _ if !word.is_empty() => return Some(word),
                _ => {}
            }
        }
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        words(&fold(text)).collect()
    }

    #[test]
    fn words_are_what_a_person_would_type() {
        assert_eq!(of("Will Bitcoin hit $68,000?"), ["will", "bitcoin", "hit", "68000"]);
        assert_eq!(of("Fed cut of 0.25%, or 1.5"), ["fed", "cut", "of", "0.25", "or", "1.5"]);
        assert_eq!(of("U.S. won't / México's Peña"), ["us", "wont", "mexicos", "pena"]);
        assert_eq!(of("Łódź—ŁKS e\u{301}te\u{301}"), ["lodz", "lks", "ete"]);
        assert_eq!(of("St. Louis.Blues"), ["st", "louis", "blues"]);
        assert_eq!(of("?! …"), [""; 0]);
    }
}
