//! Counts words: of the files that are named, else of standard input. The most frequent come first.
//!
//!   word-count.wasm [file...]

use std::collections::HashMap;
use std::io::{self, Read, Write};

fn main() -> io::Result<()> {
    let mut text = String::new();
    let files: Vec<String> = std::env::args().skip(1).collect();
    for file in &files {
        std::fs::File::open(file)?.read_to_string(&mut text)?;
        text.push('\n');
    }
    if files.is_empty() {
        io::stdin().read_to_string(&mut text)?;
    }

    let mut counts: HashMap<String, u64> = HashMap::new();
    for word in text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(word.to_lowercase()).or_default() += 1;
    }
    let mut words: Vec<(String, u64)> = counts.into_iter().collect();
    words.sort_by(|left, right| right.1.cmp(&left.1).then(left.0.cmp(&right.0)));

    let mut output = io::BufWriter::new(io::stdout());
    for (word, count) in words {
        writeln!(output, "{:8} {}", count, word)?;
    }
    output.flush()
}
