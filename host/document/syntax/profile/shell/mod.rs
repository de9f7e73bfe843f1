//! Shell scripts: sh, ksh, bash, and as far as `setenv` goes the C shell.
//!
//! Comes in: a text. Goes out: what its commands assign and export. Never here: running a command, or deciding whether
//! one would run.
//!
//! ```text
//!   characters ──cursor──► constructs ──nesting──► words ──lexer──► commands
//! ```
//!
//! A command is a row of assignments, then perhaps a word that says what it is. Assignments alone last. Before a word they
//! do not, unless the word is `export`, `declare` or their like. Words such as `if` and `then` begin a command anew.

mod cursor;
mod lexer;
mod nesting;
mod word;

use self::lexer::{Lexer, Token};
use self::word::{Setting, Word};
use super::name;
use super::variables::{Assignment, Template, Variables};
use crate::document::At;

/// Assignments before one command: 1024. Real ones have a handful; a `;` or the end of a line ends them.
const MAX_PENDING: usize = 1024;

/// What a word behind an assignment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// The command for which alone the assignment is made, as in a script.
    Command,
    /// More of the value, as in files that no shell reads.
    Value,
}

/// Tells `variables` what a text assigns.
pub fn read(text: &str, behind: Behind, variables: &mut Variables) {
    let mut lexer = Lexer::of(text);
    let mut command = Command {
        variables,
        behind,
        state: State::Start,
        pending: Vec::new(),
        subshells: 0,
    };
    while let Some(token) = lexer.next(&mut command.variables.remarks) {
        command.token(token);
        if command.variables.is_full() {
            return;
        }
    }
    command.end();
}

struct Command<'t, 'v> {
    variables: &'v mut Variables,
    behind: Behind,
    state: State<'t>,
    /// Assignments of which it is not yet known whether a command follows.
    pending: Vec<Word<'t>>,
    /// Parentheses that are open: nothing in them lasts.
    subshells: u32,
}

enum State<'t> {
    /// An assignment may come, or what the command is.
    Start,
    /// Nothing of interest until the command ends.
    Skip,
    /// Behind `export` (true), `declare` and their like.
    Declare { exports: bool },
    /// Behind `setenv`, perhaps with the name.
    SetEnv(Option<Word<'t>>),
    /// Behind `unset`.
    Unset,
    /// Behind `function`: a name comes, and then another command.
    Function,
}

impl<'t> Command<'t, '_> {
    fn token(&mut self, token: Token<'t>) {
        match token {
            Token::Word(word) => self.word(word),
            Token::End => self.end(),
            Token::Detached => self.detach(),
            Token::Open => {
                self.detach();
                self.subshells = self.subshells.saturating_add(1);
            }
            // Patterns of `case` close what they did not open.
            Token::Close => {
                self.detach();
                self.subshells = self.subshells.saturating_sub(1);
            }
        }
    }

    /// The command ends and what it did lasts.
    fn end(&mut self) {
        match std::mem::replace(&mut self.state, State::Start) {
            State::Start => self.settle(),
            State::SetEnv(Some(name)) => self.set_env(&name, Template::default()),
            _ => {}
        }
        self.variables.learn();
        self.pending.clear();
    }

    /// The command ends and what it did was done elsewhere.
    fn detach(&mut self) {
        self.variables.learn();
        self.pending.clear();
        self.state = State::Start;
    }

    fn word(&mut self, word: Word<'t>) {
        self.state = match std::mem::replace(&mut self.state, State::Skip) {
            State::Start => self.start(word),
            State::Skip => State::Skip,
            State::Declare { exports } => self.declared(word, exports),
            State::SetEnv(None) => State::SetEnv(Some(word)),
            State::SetEnv(Some(name)) => {
                self.set_env(&name, word.value);
                State::Skip
            }
            State::Unset => {
                self.variables.forget(&word.value.text);
                State::Unset
            }
            State::Function => State::Start,
        };
    }

    fn start(&mut self, word: Word<'t>) -> State<'t> {
        if word.assigns() {
            if self.pending.len() < MAX_PENDING {
                self.pending.push(word);
            } else {
                self.variables.remarks.say(
                    word.at.line,
                    "has more than 1,024 assignments in one command; those behind are ignored",
                );
            }
            return State::Start;
        }
        if self.behind == Behind::Value
            && let Some(last) = self.pending.last_mut()
        {
            last.value.extend(&word.value);
            return State::Start;
        }
        match word.raw {
            "if" | "then" | "else" | "elif" | "fi" | "while" | "until" | "do" | "done" | "esac" | "{" | "}" | "!"
            | "time" | "command" | "builtin" => State::Start,
            "export" => self.declare(true),
            "declare" | "typeset" | "readonly" => self.declare(false),
            "setenv" => State::SetEnv(None),
            "unset" | "unsetenv" => State::Unset,
            "function" => State::Function,
            _ => State::Skip,
        }
    }

    fn declare(&mut self, exports: bool) -> State<'t> {
        self.settle();
        State::Declare { exports }
    }

    fn declared(&mut self, word: Word<'t>, exports: bool) -> State<'t> {
        let text = word.value.text.as_str();
        if let Some(options) = text.strip_prefix('-') {
            // Functions are no variables, and `export -n` takes back.
            let others = options.contains('f') || (exports && options.contains('n'));
            let exports = exports || options.contains('x');
            return if others {
                State::Skip
            } else {
                State::Declare { exports }
            };
        }
        let at = word.at;
        if exports && name(text) == text && !text.is_empty() {
            if self.lasts() {
                self.variables.export(text, at);
            }
        } else if let Some(setting) = word.setting() {
            self.assign(setting, at, exports);
        }
        State::Declare { exports }
    }

    /// Makes the assignments that waited.
    fn settle(&mut self) {
        for word in std::mem::take(&mut self.pending) {
            let at = word.at;
            if let Some(setting) = word.setting() {
                self.assign(setting, at, false);
                self.variables.learn();
            }
        }
    }

    fn set_env(&mut self, name: &Word<'t>, value: Template) {
        let setting = Setting {
            name: name.value.text.clone(),
            value,
            append: false,
        };
        self.assign(setting, name.at, true);
    }

    fn assign(&mut self, setting: Setting, at: At, exported: bool) {
        let Setting { name, value, append } = setting;
        if self.lasts() {
            self.variables.assign(Assignment {
                name: &name,
                value,
                at,
                exported,
                append,
            });
        }
    }

    fn lasts(&self) -> bool {
        self.subshells == 0
    }
}
