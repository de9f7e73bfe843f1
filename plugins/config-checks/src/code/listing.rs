//! Long lists, cut to what a person reads.
//!
//! Comes in: names, places. Goes out: the first of them, and how many more there are. Never here: what they mean.

/// Places that a finding shows: 200. Ten thousand copies of a file are one problem, and a list of all of them is no help.
pub(crate) const MOST_PLACES: usize = 200;

/// Names that a field shows: 10, about what fits into a line.
const MOST_NAMES: usize = 10;

/// The first names, with commas, and the count of the others.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut text = String::new();
    let mut more = 0_usize;
    for (number, name) in names.into_iter().enumerate() {
        if number >= MOST_NAMES {
            more += 1;
            continue;
        }
        if number > 0 {
            text.push_str(", ");
        }
        text.push_str(name);
    }
    if more > 0 {
        text.push_str(&format!(" and {more} more"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn a_long_list_says_how_many_it_leaves_out() {
        assert_eq!(listed([]), "");
        assert_eq!(listed(["a", "b"]), "a, b");
        assert!(listed(["a"; 12]).ends_with("a, a and 2 more"));
    }
}
