//! Signatures: literal strings of 12 to 40 bytes, as an author of rules would take them from real messages.
//!
//! They share their words and the prefixes of their message ids with the corpus, because that is what makes a filter
//! work; and none of them can occur in the corpus by accident, because each has a key of a kind that the corpus never
//! writes:
//!
//! | share | shape | key | the corpus |
//! |---|---|---|---|
//! | 6 of 10 | `SECJ7369E: Validation of the token` | message number from 7000 | numbers below 7000 |
//! | 2 of 10 | `nested cause is CWWIM8537E` | the same | the same |
//! | 1 of 10 | `failed with reason 4000017` | reason of seven digits | reasons of six digits at most |
//! | 1 of 10 | `com.acme.wim.Session$Part100017` | nested class named `Part` | has no `$` |
//!
//! No two have the same key and all keys of a kind have the same length, so none stands inside another. Signature `i`
//! depends on nothing but `i`: the first ten of ten thousand are the ten.

/// The first message number that the corpus does not use.
pub const FIRST_NUMBER: u32 = 7000;

/// How many there can be: what the message numbers 7000 to 9999 give with the prefixes below.
pub const MOST: u32 = 100_000;

/// Prefixes of message ids, of the components whose lines the corpus has.
pub const PREFIXES: [&str; 40] = [
    "SRVE", "SECJ", "CWPKI", "CWWIM", "DCSV", "ADMC", "WSVR", "SESN", "HMGR", "TCPC", "SSLC", "TRAS", "CHFW", "DYNA",
    "CNTR", "NMSV", "PLGC", "WTRN", "J2CA", "DSRA", "CWSIS", "CWSID", "CWRLS", "SCHD", "ASYN", "WSWS", "CWXRS", "ADMS",
    "ADMD", "ADMU", "JSAS", "CWSCT", "CLFRW", "CLFNF", "CLFWR", "CWLRB", "WKSP", "CWWJP", "OBPL", "ACWA",
];

/// What stands behind a message id, or before a key.
const PHRASES: [&str; 24] = [
    "Validation of the token",
    "The session was not found",
    "Lost connection to the member",
    "Authentication did not succeed",
    "An exception was caught while",
    "Unable to obtain a connection",
    "The request was refused",
    "Cannot resolve the reference",
    "The server did not answer",
    "Unable to initialize the pool",
    "The view could not be joined",
    "The cache entry was evicted",
    "Synchronization of the node",
    "The principal has no role",
    "The configuration is not valid",
    "A timeout occurred waiting",
    "The channel has been closed",
    "The certificate is unknown",
    "The registry is not available",
    "Application could not start",
    "The thread may be hung",
    "The resource was not bound",
    "No policy permits the target",
    "The attribute is missing",
];

/// Packages and classes of the nested-class kind.
const CLASSES: [&str; 8] = [
    "com.acme.wim.Session",
    "com.acme.portal.Login",
    "com.acme.cache.Entry",
    "com.acme.sip.Proxy",
    "com.acme.news.Feed",
    "com.acme.http.Channel",
    "com.acme.ejb.Timer",
    "com.acme.admin.Sync",
];

/// The longest that a signature may be, in bytes.
const LONGEST: usize = 40;

/// The first `count` signatures.
pub fn all(count: u32) -> Vec<String> {
    (0..count).map(signature).collect()
}

fn signature(index: u32) -> String {
    let phrase = PHRASES[(index as usize * 7 + index as usize / 24) % PHRASES.len()];
    let mut text = match index % 10 {
        0..=5 => format!("{}: {phrase}", message_id(index)),
        6 | 7 => format!(
            "{} is {}",
            if index % 20 < 10 { "nested cause" } else { "exception" },
            message_id(index)
        ),
        8 => format!(
            "{} failed with reason {}",
            if index % 20 < 10 { "login" } else { "request" },
            4_000_000 + index
        ),
        _ => format!(
            "{}$Part{}",
            CLASSES[index as usize / 10 % CLASSES.len()],
            100_000 + index
        ),
    };
    text.truncate(LONGEST);
    text.truncate(text.trim_end().len());
    text
}

/// A different id for each index: the prefixes go round, and with each round the number takes a step of 37, which has no
/// factor in common with the 3000 numbers that there are.
fn message_id(index: u32) -> String {
    let (round, turn) = (index / PREFIXES.len() as u32, index % PREFIXES.len() as u32);
    let number = FIRST_NUMBER + (round * 37 + turn * 113) % 3000;
    let letter = ["E", "W", "I"][index as usize % 3];
    format!("{}{number:04}{letter}", PREFIXES[turn as usize])
}

/// One a line, as `rg -f` and `grep -f` read it.
pub fn as_list(signatures: &[String]) -> String {
    let mut text = signatures.join("\n");
    text.push('\n');
    text
}

/// A rule pack: one rule a signature, in JSON, which is YAML too.
pub fn as_pack(signatures: &[String]) -> String {
    let rules: Vec<String> = signatures
        .iter()
        .enumerate()
        .map(|(index, text)| as_rule(index, text))
        .collect();
    format!(
        "{{\"plugin\": \"log-signatures\", \"rules\": [\n{}\n]}}\n",
        rules.join(",\n")
    )
}

fn as_rule(index: usize, signature: &str) -> String {
    let id = format!("bench-{index:05}");
    let regex = json(&escaped(signature));
    let title = json(&format!("Planted: {signature}"));
    format!(
        "{{\"id\": \"{id}\", \"title\": {title}, \"severity\": \"medium\", \"symptom\": \"The line was planted.\", \
         \"cause\": \"The generator of the corpus.\", \"remedy\": \"None is needed.\", \"references\": [], \
         \"patterns\": {{\"text\": {regex}}}, \"message\": \"Planted line {id}.\", \"group\": []}}"
    )
}

/// The regular expression that matches this text alone.
fn escaped(text: &str) -> String {
    let mut regex = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if !character.is_ascii_alphanumeric() && !matches!(character, ' ' | ':' | '_' | '-') {
            regex.push('\\');
        }
        regex.push(character);
    }
    regex
}

fn json(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_signature_stands_inside_another() {
        let signatures = all(3000);
        let together = as_list(&signatures);
        for signature in &signatures {
            assert_eq!(together.matches(signature.as_str()).count(), 1, "{signature}");
        }
    }

    #[test]
    fn every_signature_is_new_and_of_a_fitting_length() {
        let signatures = all(MOST);
        assert!(signatures.iter().all(|text| (12..=LONGEST).contains(&text.len())));
        let different: std::collections::HashSet<&String> = signatures.iter().collect();
        assert_eq!(different.len(), signatures.len());
    }

    #[test]
    fn fewer_signatures_are_the_first_of_more() {
        assert_eq!(all(10), all(1000)[..10]);
    }
}
