//! A format as data: what a YAML file under `rules/formats/`, or a rule pack, says about one kind of log.
//!
//! Comes in: YAML text, or a JSON value that a pack reader already made of its own syntax. Goes out: a
//! [`FormatDefinition`], checked for its shape (unknown keys, wrong types) but not yet compiled, or a [`FormatError`]
//! that names the key. Never here: the meaning of a key; [`super::Format`] compiles and checks it.
//!
//! All regular expressions are matched against bytes, from the start of a line without its ending, and without Unicode
//! classes: `\d` is an ASCII digit and `.` is any one byte.

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

/// How records of one format begin, how their time is written, and what their parts are called.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FormatDefinition {
    /// The format's name, in small letters, digits and hyphens: what rules name. A contract once it is published.
    pub name: String,
    /// What the format is, for people.
    pub title: String,
    /// Names that such files usually have, as globs (`SystemOut*.log`), compared without regard to case. A hint: what
    /// stands in the file decides first.
    #[serde(default)]
    pub files: Vec<String>,
    /// Taken only when no other format fits: `line` and its kind.
    #[serde(default)]
    pub last_resort: bool,
    /// A line that this matches begins a record. Without it every line is a record.
    #[serde(default)]
    pub begins: Option<String>,
    /// A line that tells this format from its neighbours, where `begins` alone does not; used to recognise a file.
    #[serde(default)]
    pub marks: Option<String>,
    /// Lines that open a block which is no record: the display of the environment at the top of a log. The block reaches
    /// to the next beginning, or to the next line that one of these matches.
    #[serde(default)]
    pub banner: Vec<String>,
    /// How a record's time is written. Without it records of the format have no time.
    #[serde(default)]
    pub time: Option<TimeDefinition>,
    /// The parts of a record's first line, as named groups; the first expression that matches counts.
    #[serde(default)]
    pub fields: Vec<String>,
    /// The log was written after one of these Apache `LogFormat` strings: instead of `begins`, `time` and `fields`. The
    /// first that fits a whole line counts. `%*` (not Apache's) stands for whatever follows.
    #[serde(default)]
    pub log_format: Vec<String>,
    /// Small logs, and what must come out of them.
    #[serde(default)]
    pub examples: Vec<Example>,
}

/// How a record's time is written.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TimeDefinition {
    /// Expressions with the named groups of [`super::stamp`], tried in this order on a record's first line.
    pub patterns: Vec<String>,
    /// In which order the groups `n1`, `n2` and `n3` stand.
    #[serde(default)]
    pub order: Order,
}

/// The order of the three numbers of a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The writer's locale: found out for each file.
    #[default]
    Locale,
    /// The writer's locale as Java's short date style has it, where American dates are never padded: `5/7/20` is
    /// evidence for month/day, `05/07/20` for day/month.
    JavaLocale,
    /// Month, day, year.
    Mdy,
    /// Day, month, year.
    Dmy,
    /// Year, month, day.
    Ymd,
}

/// A small log and what must come out of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// The log's text.
    pub text: String,
    /// The name of the file, where it matters.
    #[serde(default)]
    pub file: Option<String>,
    /// The environment's time zone, such as `Europe/London`; without it, UTC.
    #[serde(default)]
    pub zone: Option<String>,
    /// When the file was last written (`2016-10-12T00:00:00Z`), where it matters.
    #[serde(default)]
    pub modified: Option<String>,
    /// How many records it has; banners do not count.
    pub records: usize,
    /// The time of the first record that has one (`2016-10-12T09:37:31.278Z`); without it, none may have one.
    #[serde(default)]
    pub first_time: Option<String>,
    /// Values that fields of the first record must have.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

/// Why a format was refused. Each names the format and the key, so that whoever wrote it finds the place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FormatError {
    /// The text is not YAML.
    #[error("the format is not valid YAML: {reason}")]
    Syntax {
        /// What the YAML reader says, with line and column.
        reason: String,
    },
    /// A key is unknown, missing or of another type than expected.
    #[error("format definition, at `{path}`: {reason}")]
    Shape {
        /// The key, such as `time.patterns[0]`; `.` for the definition itself.
        path: String,
        /// What was expected.
        reason: String,
    },
    /// A value has the right type and makes no sense.
    #[error("format `{format}`, at `{path}`: {reason}")]
    Value {
        /// The format's name.
        format: String,
        /// The key, such as `time.patterns[0]`.
        path: String,
        /// What is wrong and what to write instead.
        reason: String,
    },
    /// Two formats have one name.
    #[error("there is already a format `{format}`; choose another name for this one")]
    Duplicate {
        /// The name.
        format: String,
    },
}

impl FormatError {
    /// The key that is to blame, such as `time.patterns[0]`; `.` for the definition as a whole.
    pub fn path(&self) -> &str {
        match self {
            Self::Syntax { .. } => ".",
            Self::Shape { path, .. } | Self::Value { path, .. } => path,
            Self::Duplicate { .. } => "name",
        }
    }
}

impl FormatDefinition {
    /// Reads a definition from a JSON value: what a pack reader hands over.
    ///
    /// # Errors
    /// [`FormatError::Shape`] for a key that is unknown, missing or of the wrong type.
    pub fn from_value(value: &Value) -> Result<Self, FormatError> {
        serde_path_to_error::deserialize(value).map_err(|e| FormatError::Shape {
            path: e.path().to_string(),
            reason: e.inner().to_string(),
        })
    }

    /// Reads a definition from the text of a YAML file that holds one format.
    ///
    /// # Errors
    /// [`FormatError::Syntax`] for text that is not one YAML document, [`FormatError::Shape`] as in [`Self::from_value`].
    pub fn from_yaml(text: &str) -> Result<Self, FormatError> {
        let syntax = |reason: String| FormatError::Syntax { reason };
        let documents = Yaml::load_from_str(text).map_err(|e| syntax(e.to_string()))?;
        match documents.as_slice() {
            [document] => Self::from_value(&value_of(document).map_err(syntax)?),
            others => Err(syntax(format!("expected one document, found {}", others.len()))),
        }
    }
}

/// The JSON value of a YAML node. Keys must be strings; references to anchors come resolved.
fn value_of(node: &Yaml<'_>) -> Result<Value, String> {
    Ok(match node {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(truth)) => Value::Bool(*truth),
        Yaml::Value(Scalar::Integer(number)) => Value::from(*number),
        Yaml::Value(Scalar::FloatingPoint(number)) => {
            Number::from_f64(number.into_inner()).map_or(Value::Null, Value::Number)
        }
        Yaml::Value(Scalar::String(text)) => Value::String(text.to_string()),
        Yaml::Sequence(items) => Value::Array(items.iter().map(value_of).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let key = key.as_str().ok_or("a key is not a string")?;
                object.insert(key.to_owned(), value_of(value)?);
            }
            Value::Object(object)
        }
        other => return Err(format!("a node of a kind that formats do not use: {other:?}")),
    })
}
