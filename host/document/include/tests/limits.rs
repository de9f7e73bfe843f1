use proptest::prelude::*;

use super::*;

#[test]
fn a_chain_that_is_too_long_is_read_so_far() {
    let files: Vec<(String, String)> = (0..200)
        .map(|n| (format!("conf/{n}.conf"), format!("Include conf/{}.conf\n", n + 1)))
        .collect();
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    let site = Site::reading(&files, 200);
    let confs = site.confs();
    let reading = reading_order(0, &confs, &site.files(), &site.resolution);
    assert_eq!(reading.steps.len(), order::MAX_DEPTH + 1);
    assert_eq!(
        reading.remarks[0].1.what,
        "is included through more than 128 files, where httpd gives up"
    );
}

#[test]
fn files_that_include_each_other_many_times_have_an_end() {
    let text = "Include conf/*.conf\n".repeat(10);
    let names: Vec<String> = (0..30).map(|n| format!("conf/{n}.conf")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    let site = Site::reading(&files, 30);
    let confs = site.confs();
    let reading = reading_order(0, &confs, &site.files(), &site.resolution);
    assert!(reading.steps.len() <= MAX_STEPS);
    assert!(reading.remarks[0].1.what.contains("the rest was not read"));
}

#[test]
fn stars_over_many_files_have_an_end() {
    let text = "Include */*/*.conf\nInclude /a/b/c/*/*.txt\n".repeat(10_000);
    let names: Vec<String> = (0..20_000).map(|n| format!("{}/{}/{n}.conf", n % 50, n % 70)).collect();
    let tree = httpd::parse(&text).tree;
    let files: Vec<&str> = names.iter().map(String::as_str).collect();
    let confs = [Conf {
        file: "httpd.conf",
        tree: &tree,
    }];
    let resolution = resolve(&confs, &files);
    let included: usize = resolution.included.iter().map(|inclusion| inclusion.files.len()).sum();
    assert!(included > 20_000 && included < 4_000_000);
    assert_eq!(resolution.remarks.len(), MAX_REMARKS);
}

/// Names and targets that often meet.
fn part() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "conf", "a", "b.conf", "..", ".", "*", "?", "[ab]*", "", "${x}", "{{ y }}", "C:", "opt", "\\",
    ])
    .prop_map(str::to_owned)
}

fn path() -> impl Strategy<Value = String> {
    proptest::collection::vec(part(), 0..5).prop_map(|parts| parts.join("/"))
}

proptest! {
    #[test]
    fn whatever_is_included_is_a_file_and_what_is_read_has_an_end(
        names in proptest::collection::btree_set(path(), 1..8),
        texts in proptest::collection::vec((path(), proptest::collection::vec(path(), 0..4)), 8),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let trees: Vec<Tree> = texts
            .iter()
            .map(|(root, targets)| {
                let includes: String = targets.iter().map(|target| format!("Include \"{target}\"\nListen 1\n")).collect();
                let root = if root.is_empty() { String::new() } else { format!("ServerRoot \"/{root}\"\n") };
                httpd::parse(&format!("{root}{includes}")).tree
            })
            .collect();
        let confs: Vec<Conf<'_>> = names.iter().zip(&trees).map(|(file, tree)| Conf { file, tree }).collect();
        let resolution = resolve(&confs, &names);
        for inclusion in &resolution.included {
            prop_assert!(!inclusion.files.is_empty());
            prop_assert!(inclusion.files.iter().all(|file| *file < names.len()));
            prop_assert_eq!(confs[inclusion.by].tree.node(inclusion.node).unwrap().name(), "include");
        }
        prop_assert!(resolution.included.is_sorted_by_key(|inclusion| (inclusion.by, inclusion.node)));
        prop_assert!(resolution.remarks.len() <= MAX_REMARKS * confs.len());
        prop_assert_eq!(&resolve(&confs, &names), &resolution);
        let reading = reading_order(0, &confs, &names, &resolution);
        prop_assert!(reading.steps.len() <= MAX_STEPS);
        for (number, step) in reading.steps.iter().enumerate() {
            prop_assert!(step.by.is_none_or(|by| by < number));
            prop_assert!(confs[step.conf].tree.node(step.node).is_some());
        }
        if reading.remarks.is_empty() {
            let own = reading.steps.iter().filter(|step| step.by.is_none()).count();
            prop_assert_eq!(own, confs[0].tree.len() - 1);
        }
    }
}
