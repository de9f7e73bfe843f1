use super::*;
use crate::conf::servers;
use crate::drawn;

#[test]
#[ignore = "compares with a real httpd"]
fn compare() {
    let dir = std::env::var("COMPARE").expect("a folder");
    let text = std::fs::read_to_string(format!("{dir}/h.conf")).expect("h.conf");
    let site = drawn::site(&[("h.conf", &text)], "{}");
    let servers = servers(&site);
    let mut out = String::new();
    for line in std::fs::read_to_string(format!("{dir}/requests"))
        .expect("requests")
        .lines()
    {
        let [host, uri, file, folder] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let host = servers[0].hosts.iter().find(|known| known.name == host);
        let sections = Sections::of(&servers[0], host);
        let file = File {
            name: file.as_bytes(),
            existing: match folder {
                "1" => Existing::Folder,
                "0" => Existing::File,
                _ => Existing::Nothing,
            },
        };
        let mut oracle = Oracle::default();
        let mut applied = sections.of_file(uri.as_bytes(), file, &mut oracle).expect("decided");
        with_conditions(&mut applied, |directive| Ok::<bool, ()>(directive.args[0] == "true")).expect("decided");
        let marks: Vec<String> = applied
            .iter()
            .flat_map(|applied| {
                applied
                    .scope
                    .directives()
                    .filter(|d| d.name == "header")
                    .map(|d| d.args[3].clone())
            })
            .collect();
        out.push_str(&format!("{line} {}\n", marks.join(",")));
    }
    std::fs::write(format!("{dir}/ours"), out).expect("written");
}
