//! A disagreement, as somebody can try it.

use std::fs;
use std::path::Path;

use crate::generate::{Asked, Gate};
use crate::httpd::Ground;

/// A disagreement.
#[derive(Debug, Clone)]
pub struct Case {
    /// Counted from 1.
    pub number: usize,
    pub gate: Gate,
    /// The request; none where the two do not agree whether httpd starts at all.
    pub asked: Option<Asked>,
    /// What httpd did.
    pub real: String,
    /// What was decided.
    pub decided: String,
}

impl Case {
    /// Writes configuration and request into the folder and says what they are and how to try them.
    pub fn written(&self, ground: &mut Ground) -> String {
        let conf = ground.folder().join(format!("conf/case-{}.conf", self.number));
        let text = ground.configuration(&self.gate.modules, &self.gate.text());
        fs::write(&conf, text).expect("the configuration can be written");
        ground.write(&self.gate.files);
        let Gate { family, seed, .. } = &self.gate;
        let modules = self.gate.modules.join(", ");
        let modules = if modules.is_empty() {
            modules
        } else {
            format!(", with {modules}")
        };
        let mut told = vec![
            format!(
                "case {}: {family:?} gate of seed {seed}{modules}, made smaller",
                self.number
            ),
            self.gate.lines.join("\n"),
            self.files(),
            format!("httpd:   {}", self.real),
            format!("decided: {}", self.decided),
            format!("  CASEBOOK_GATE_SEED={seed} CASEBOOK_GATE_MANY=1 makes the whole gate again"),
            format!("  {} -X -f {}", ground.installation.program.display(), conf.display()),
        ];
        if let Some(asked) = &self.asked {
            told.insert(3, format!("request to {}, {}", asked.host, asked.message.shown()));
            told.extend(self.tries(asked, ground, &conf));
        }
        told.retain(|line| !line.is_empty());
        told.join("\n")
    }

    fn files(&self) -> String {
        let files = self.gate.files.iter();
        let files: Vec<String> = files
            .map(|(name, text)| format!("and in {name}:\n{}", text.trim_end()))
            .collect();
        files.join("\n")
    }

    /// How to send the request, and how to have it explained.
    fn tries(&self, asked: &Asked, ground: &Ground, conf: &Path) -> [String; 2] {
        let message = &asked.message;
        let file = ground.folder().join(format!("request-{}", self.number));
        fs::write(&file, message.bytes()).expect("the request can be written");
        let send = format!(
            "  nc -s {} 127.0.0.1 {} < {}",
            message.address,
            ground.port,
            file.display()
        );
        let mut explain = vec![
            format!("  casebook gate explain --conf {}", conf.display()),
            format!("--address {}", message.address),
            format!("--path {}", word(&message.target)),
        ];
        for (name, value) in message.fields() {
            let header = [name, b": ", value].concat();
            explain.push(format!("--header {}", word(&header)));
        }
        [send, explain.join(" ")]
    }
}

/// An argument for a shell.
fn word(bytes: &[u8]) -> String {
    if bytes.len() > 2_000 {
        return format!("'{}…' # {} bytes", bytes[..100].escape_ascii(), bytes.len());
    }
    let printable = bytes.iter().all(|byte| matches!(byte, b' '..=b'~') && *byte != b'\'');
    if printable {
        return format!("'{}'", String::from_utf8_lossy(bytes));
    }
    format!("$'{}'", bytes.escape_ascii())
}
