//! Spans of time as people write them: `10s`, `30m`, `1h30m`.

use serde::de::{Deserialize, Deserializer, Error};

/// A span of time: numbers with `ms`, `s`, `m`, `h` or `d`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    seconds: f64,
}

impl Span {
    /// Its length in seconds, more than 0.
    pub fn seconds(self) -> f64 {
        self.seconds
    }

    /// A span from its text; none if it does not say a length above zero.
    fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut seconds = 0.0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let (number, after) = rest.split_at_checked(digits)?;
            let unit_end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
            let (unit, next) = after.split_at_checked(unit_end)?;
            let scale = match unit {
                "ms" => 0.001,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3_600.0,
                "d" => 86_400.0,
                _ => return None,
            };
            seconds += f64::from(number.parse::<u32>().ok()?) * scale;
            rest = next.trim_start();
        }
        (seconds > 0.0).then_some(Self { seconds })
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is no span of time; expected one such as `10s`, `30m` or `1h30m`"
            ))
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Span {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Span".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A span of time, such as `10s`, `30m` or `1h30m`.",
            "type": "string",
            "pattern": "^\\s*([0-9]+(ms|s|m|h|d)\\s*)+$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn spans_are_read_as_they_are_said() {
        let seconds = |text| Span::parse(text).map(Span::seconds);
        assert_eq!(seconds("30m"), Some(1_800.0));
        assert_eq!(seconds("1h30m"), Some(5_400.0));
        assert_eq!(seconds("1m 500ms"), Some(60.5));
        for wrong in ["", "30", "m", "0s", "-1s", "1 fortnight", "99999999999s", "1é"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
