//! `<Macro>` and `Use`, as mod_macro takes them.
//!
//! Comes in: definitions and uses. Goes out: the nodes of a macro, and the text of each with its parameters replaced. Never
//! here: the reading of what comes out.
//!
//! Parameters are replaced in the whole line, wherever their names stand, the first in the line first, the longest of those
//! that begin there; what was put in is not looked at again. A parameter that begins with `@` is put in quotes. All this
//! comes before `${NAME}`.

use std::collections::BTreeMap;
use std::rc::Rc;

use casebook_plugin_configs::Node;

use super::variables::MOST_OF_LINE;

/// Values for parameters.
#[derive(Debug)]
pub(super) struct Layer {
    parameters: Vec<(String, String)>,
}

/// What is replaced in a line of a macro: a macro that another one defines had the other one's parameters replaced first.
pub(super) type Layers = Vec<Rc<Layer>>;

/// A macro.
#[derive(Debug, Clone)]
pub(super) struct Macro<'s> {
    /// `<Macro>`; what stands in it is its text.
    pub(super) node: Node<'s>,
    parameters: Vec<String>,
    layers: Layers,
}

/// All macros that are defined at some place, by their names in small letters.
#[derive(Debug, Default)]
pub(super) struct Macros<'s>(BTreeMap<String, Macro<'s>>);

/// Parameters of a macro: 64. Each is looked for in each line.
const MOST_PARAMETERS: usize = 64;

impl<'s> Macros<'s> {
    /// Takes in a definition.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn define(&mut self, node: Node<'s>, args: &[String], layers: &Layers) -> Result<(), &'static str> {
        let Some((name, parameters)) = args.split_first() else {
            return Err("defines a macro without a name; httpd refuses it");
        };
        if parameters.len() > MOST_PARAMETERS {
            return Err("defines a macro with more than 64 parameters; it was passed over");
        }
        for (at, parameter) in parameters.iter().enumerate() {
            if parameter.is_empty() || parameters.iter().skip(at + 1).any(|other| other == parameter) {
                return Err("defines a macro with two parameters of one name, or one without; httpd refuses it");
            }
        }
        let defined = Macro {
            node,
            parameters: parameters.to_vec(),
            layers: layers.clone(),
        };
        self.0.insert(name.to_ascii_lowercase(), defined);
        Ok(())
    }

    /// Forgets a macro; whether there was one.
    pub(super) fn undefine(&mut self, name: &str) -> bool {
        self.0.remove(&name.to_ascii_lowercase()).is_some()
    }

    /// The macro of that name, and what is to be replaced in its lines.
    ///
    /// # Errors
    ///
    /// Why it cannot be used.
    pub(super) fn used(&self, name: &str, values: &[String]) -> Result<(Macro<'s>, Layers), &'static str> {
        let Some(found) = self.0.get(&name.to_ascii_lowercase()) else {
            return Err("uses a macro that is not defined before; httpd refuses it");
        };
        if found.parameters.len() != values.len() {
            return Err("uses a macro with too many or too few values; httpd refuses it");
        }
        let mut layers = found.layers.clone();
        let parameters = found.parameters.iter().cloned().zip(values.iter().cloned());
        layers.push(Rc::new(Layer {
            parameters: parameters.collect(),
        }));
        Ok((found.clone(), layers))
    }
}

/// A line of a macro with its parameters replaced; `None`: it would become too long.
pub(super) fn replaced(line: &str, layers: &Layers) -> Option<String> {
    let mut line = line.to_owned();
    for layer in layers {
        line = layer.replace(&line)?;
    }
    Some(line)
}

impl Layer {
    fn replace(&self, line: &str) -> Option<String> {
        let mut replaced = String::with_capacity(line.len());
        // Where each parameter is found next: so each is searched once over the line, not once for each of the others.
        let mut found: Vec<Option<usize>> = self
            .parameters
            .iter()
            .map(|(name, _)| line.find(name.as_str()))
            .collect();
        let mut from = 0;
        loop {
            let named = self.parameters.iter().zip(&found);
            let next = named.filter_map(|((name, value), at)| Some(((*at)?, name, value)));
            // The first; of those that begin there, the longest.
            let next = next.min_by_key(|(at, name, _)| (*at, usize::MAX - name.len()));
            let Some((at, name, value)) = next else { break };
            replaced.push_str(line.get(from..at).unwrap_or_default());
            put(&mut replaced, name, value);
            if replaced.len() > MOST_OF_LINE {
                return None;
            }
            from = at + name.len();
            for ((name, _), at) in self.parameters.iter().zip(&mut found) {
                if at.is_some_and(|at| at < from) {
                    *at = line
                        .get(from..)
                        .and_then(|rest| rest.find(name.as_str()))
                        .map(|found| from + found);
                }
            }
        }
        replaced.push_str(line.get(from..).unwrap_or_default());
        (replaced.len() <= MOST_OF_LINE).then_some(replaced)
    }
}

/// Puts a value where a parameter stood.
fn put(line: &mut String, name: &str, value: &str) {
    if !name.starts_with('@') || name == value {
        line.push_str(value);
        return;
    }
    line.push('"');
    for c in value.chars() {
        if matches!(c, '"' | '\\') {
            line.push('\\');
        }
        line.push(c);
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(parameters: &[(&str, &str)]) -> Layers {
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        vec![Rc::new(Layer {
            parameters: parameters.collect(),
        })]
    }

    #[test]
    fn parameters_are_replaced_wherever_they_stand() {
        let layers = layer(&[("$a", "1"), ("$ab", "2"), ("@q", "x \"y\"")]);
        assert_eq!(
            replaced("$a/$ab x$ac @q", &layers).as_deref(),
            Some("1/2 x1c \"x \\\"y\\\"\"")
        );
        // What was put in is not looked at again.
        let circle = layer(&[("$a", "$b"), ("$b", "$a")]);
        assert_eq!(replaced("$a$b", &circle).as_deref(), Some("$b$a"));
    }

    #[test]
    fn a_line_that_becomes_too_long_is_refused() {
        let layers = layer(&[("$a", &"x".repeat(1000))]);
        assert_eq!(replaced(&"$a".repeat(100), &layers), None);
    }
}
