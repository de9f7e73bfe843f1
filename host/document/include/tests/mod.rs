mod limits;

use super::*;
use crate::document::syntax::httpd;

/// An environment, read as a caller reads it: from some files to all that they include.
struct Site {
    names: Vec<String>,
    read: Vec<(String, Tree)>,
    resolution: Resolution,
}

impl Site {
    /// Files with their texts; those that nobody includes need none. The first is read.
    fn new(files: &[(&str, &str)]) -> Self {
        Self::reading(files, 1)
    }

    fn reading(files: &[(&str, &str)], first: usize) -> Self {
        let mut names: Vec<String> = files.iter().map(|(name, _)| (*name).to_owned()).collect();
        names.sort();
        let text = |name: &str| files.iter().find(|(own, _)| *own == name).unwrap().1;
        let read = |name: &str| (name.to_owned(), httpd::parse(text(name)).tree);
        let mut site = Self {
            read: files[..first].iter().map(|(name, _)| read(name)).collect(),
            names,
            resolution: Resolution::default(),
        };
        loop {
            site.resolution = resolve(&site.confs(), &site.files());
            let known: Vec<String> = site.read.iter().map(|(name, _)| name.clone()).collect();
            let included = site.resolution.included.iter().flat_map(|inclusion| &inclusion.files);
            let mut new: Vec<String> = included.map(|file| site.names[*file].clone()).collect();
            new.sort();
            new.dedup();
            new.retain(|name| !known.contains(name));
            if new.is_empty() {
                return site;
            }
            site.read.extend(new.iter().map(|name| read(name)));
        }
    }

    fn confs(&self) -> Vec<Conf<'_>> {
        let read = self.read.iter();
        read.map(|(file, tree)| Conf { file, tree }).collect()
    }

    fn files(&self) -> Vec<&str> {
        self.names.iter().map(String::as_str).collect()
    }

    fn included(&self) -> Vec<&str> {
        let files = self.resolution.included.iter().flat_map(|inclusion| &inclusion.files);
        files.map(|file| self.names[*file].as_str()).collect()
    }

    fn remarks(&self) -> Vec<String> {
        let remarks = self.resolution.remarks.iter();
        remarks
            .map(|(conf, remark)| format!("{}:{} {}", self.read[*conf].0, remark.line.0, remark.what))
            .collect()
    }

    /// The directives with their first argument in httpd's order, each behind a dot for each file around it.
    fn order(&self) -> Vec<String> {
        let confs = self.confs();
        let reading = reading_order(0, &confs, &self.files(), &self.resolution);
        let mut depths: Vec<usize> = Vec::new();
        let mut shown = Vec::new();
        for step in &reading.steps {
            let depth = step.by.map_or(0, |by| depths[by] + 1);
            depths.push(depth);
            let node = confs[step.conf].tree.node(step.node).unwrap();
            shown.push(format!(
                "{}{} {}",
                ".".repeat(depth),
                node.name(),
                node.attribute("1").unwrap_or("")
            ));
        }
        shown
    }
}

#[test]
fn relative_targets_are_below_the_parent_of_conf() {
    let site = Site::new(&[
        (
            "ihs/conf/httpd.conf",
            "ServerRoot /opt/IBM/HTTPServer\nInclude conf/extra/a.conf\nListen 1\n",
        ),
        ("ihs/conf/extra/a.conf", "Include conf/b.conf\nListen 2"),
        ("ihs/conf/b.conf", "Include conf/missing.conf\nListen 3"),
        ("other/conf/b.conf", ""),
        ("conf/extra/a.conf", ""),
    ]);
    assert_eq!(site.included(), ["ihs/conf/extra/a.conf", "ihs/conf/b.conf"]);
    assert_eq!(
        site.order(),
        [
            "serverroot /opt/IBM/HTTPServer",
            "include conf/extra/a.conf",
            ".include conf/b.conf",
            "..include conf/missing.conf",
            "..listen 3",
            ".listen 2",
            "listen 1",
        ]
    );
    assert_eq!(
        site.remarks(),
        ["ihs/conf/b.conf:1 Include conf/missing.conf: no such file in this environment"]
    );
}

#[test]
fn without_a_folder_conf_the_file_lies_in_the_root_or_in_what_was_conf() {
    let site = Site::new(&[
        (
            "etc/apache2/apache2.conf",
            "ServerRoot \"/etc/apache2\"\nInclude ports.conf\nInclude conf/x.conf",
        ),
        ("etc/apache2/ports.conf", ""),
        ("etc/apache2/x.conf", ""),
    ]);
    assert_eq!(site.included(), ["etc/apache2/ports.conf", "etc/apache2/x.conf"]);
}

#[test]
fn absolute_targets_below_the_root_are_mapped_like_relative_ones() {
    let site = Site::new(&[
        (
            "web1/ihs/conf/httpd.conf",
            "ServerRoot \"/opt/IBM/HTTPServer/\"\nInclude /opt/IBM/HTTPServer/conf/./extra/../a.conf\nInclude \
             /opt/IBM/HTTPServer/conf/b.conf",
        ),
        ("web1/ihs/conf/a.conf", ""),
        ("web2/opt/IBM/HTTPServer/conf/b.conf", ""),
    ]);
    assert_eq!(site.included(), ["web1/ihs/conf/a.conf"]);
    assert_eq!(
        site.remarks(),
        ["web1/ihs/conf/httpd.conf:3 Include /opt/IBM/HTTPServer/conf/b.conf: no such file in this environment"]
    );
}

#[test]
fn absolute_targets_elsewhere_are_found_on_the_same_machine_or_by_their_end() {
    let httpd = "ServerRoot /opt/ihs\nInclude /etc/ihs/a.conf\nInclude /opt/plugins/config/b.conf\nInclude \
                 /srv/c.conf\nInclude /srv/d/e.conf\nInclude /nowhere/httpd.conf\n";
    let site = Site::new(&[
        ("web1/opt/ihs/conf/httpd.conf", httpd),
        ("web1/etc/ihs/a.conf", ""),
        ("web2/etc/ihs/a.conf", ""),
        ("plugins/config/b.conf", ""),
        ("other/config/b.conf", ""),
        ("x/c.conf", ""),
        ("x/d/e.conf", ""),
        ("y/d/e.conf", ""),
    ]);
    assert_eq!(site.included(), ["web1/etc/ihs/a.conf", "plugins/config/b.conf"]);
    assert_eq!(
        site.remarks(),
        [
            "web1/opt/ihs/conf/httpd.conf:4 Include /srv/c.conf: no such file in this environment",
            "web1/opt/ihs/conf/httpd.conf:5 Include /srv/d/e.conf: is in several places of this environment; none was taken",
            "web1/opt/ihs/conf/httpd.conf:6 Include /nowhere/httpd.conf: no such file in this environment",
        ]
    );
}

#[test]
fn paths_of_windows_are_compared_without_case() {
    let site = Site::new(&[
        (
            "IHS/Conf/httpd.conf",
            "ServerRoot \"C:/IBM/HTTPServer\"\nInclude c:\\ibm\\httpserver\\CONF\\A.conf\nInclude \
             \"conf\\b*.CONF\"\nInclude \"D:\\Sites\\vhosts.d\\c.conf\"\n",
        ),
        ("IHS/Conf/a.CONF", ""),
        ("IHS/Conf/B1.conf", ""),
        ("sites/VHOSTS.D/C.conf", ""),
    ]);
    assert_eq!(
        site.included(),
        ["IHS/Conf/a.CONF", "IHS/Conf/B1.conf", "sites/VHOSTS.D/C.conf"]
    );
    assert_eq!(site.remarks(), Vec::<String>::new());
    let unix = Site::new(&[
        (
            "conf/httpd.conf",
            "ServerRoot /opt/ihs\nInclude conf/A.conf\nInclude conf\\a.conf",
        ),
        ("conf/a.conf", ""),
    ]);
    assert_eq!((unix.included().len(), unix.remarks().len()), (0, 2));
}

#[test]
fn stars_and_folders_are_read_part_by_part_in_the_order_of_bytes() {
    let site = Site::new(&[
        (
            "conf/httpd.conf",
            "Include conf/[a-c]*/1*.conf\nInclude conf/all\nIncludeOptional conf/*.none\nIncludeOptional \
             conf/none/x.conf\nInclude conf/*.none\nInclude conf/*/only.conf\n",
        ),
        ("conf/a/1.conf", ""),
        ("conf/a/.1.conf", ""),
        ("conf/a-b/1.conf", ""),
        ("conf/B/1.conf", ""),
        ("conf/c.conf", ""),
        ("conf/all/z/only.conf", ""),
        ("conf/all/only.conf", ""),
        ("conf/all/.x", ""),
        ("conf/all/A~", ""),
    ]);
    assert_eq!(
        site.included(),
        [
            "conf/a/1.conf",
            "conf/a-b/1.conf",
            "conf/all/.x",
            "conf/all/A~",
            "conf/all/only.conf",
            "conf/all/z/only.conf",
            "conf/all/only.conf",
        ]
    );
    assert_eq!(
        site.remarks(),
        [
            "conf/httpd.conf:1 Include conf/[a-c]*/1*.conf: is lacking in some of the folders that match",
            "conf/httpd.conf:5 Include conf/*.none: nothing in this environment matches; Apache 2.4 refuses to start then",
            "conf/httpd.conf:6 Include conf/*/only.conf: is lacking in some of the folders that match",
        ]
    );
}

#[test]
fn variables_and_templates_are_followed_as_far_as_they_are_known() {
    let site = Site::new(&[
        (
            "ihs/conf/httpd.conf.j2",
            "ServerRoot \"{{ root }}\"\nDefine DIR \"conf/my files\"\nInclude \"${DIR}/a.conf\"\nInclude {{ root \
             }}/conf/b.conf\nInclude ${ELSE}/plugins/c.conf\nInclude ${ELSE}/no.conf\nInclude conf/{{ name }}.conf\n",
        ),
        ("ihs/conf/my files/a.conf", ""),
        ("ihs/conf/b.conf", ""),
        ("x/plugins/c.conf", ""),
    ]);
    assert_eq!(
        site.included(),
        ["ihs/conf/my files/a.conf", "ihs/conf/b.conf", "x/plugins/c.conf"]
    );
    assert_eq!(
        site.remarks(),
        [
            "ihs/conf/httpd.conf.j2:6 Include ${ELSE}/no.conf: depends on a variable that is not known here; it was not followed",
            "ihs/conf/httpd.conf.j2:7 Include conf/{{ name }}.conf: depends on a variable that is not known here; it was not \
             followed",
        ]
    );
}

#[test]
fn a_file_without_a_root_has_that_of_the_file_that_includes_it() {
    let site = Site::reading(
        &[
            ("a/fragment.conf", "Include conf/x.conf"),
            (
                "ihs/conf/httpd.conf",
                "ServerRoot /opt/ihs\nInclude /data/a/fragment.conf",
            ),
            ("ihs/conf/x.conf", ""),
            ("a/conf/x.conf", ""),
        ],
        2,
    );
    assert_eq!(site.included(), ["ihs/conf/x.conf", "a/fragment.conf"]);
}

#[test]
fn odd_includes_are_remarked() {
    let site = Site::new(&[(
        "conf/httpd.conf",
        &format!(
            "Include\nInclude a b\nInclude \"\"\nInclude ../../../x\nInclude {}\nInclude \"a\u{7}b\"\nInclude x/{}\n",
            "y".repeat(5000),
            "z".repeat(200)
        ),
    )]);
    let long = format!("Include x/{}…: no such file in this environment", "z".repeat(118));
    let remarks = site.remarks();
    let said: Vec<_> = remarks.iter().map(|remark| remark.split_once(' ').unwrap().1).collect();
    assert_eq!(said[0], "Include has no file; httpd refuses it");
    assert_eq!(said[1], "Include has more than one file; httpd refuses it");
    assert_eq!(said[2], "Include has no file; httpd refuses it");
    assert_eq!(said[3], "Include ../../../x: no such file in this environment");
    assert!(said[4].ends_with("y…: is longer than a path can be"));
    assert_eq!(said[5], "Include a�b: no such file in this environment");
    assert_eq!(said[6], long);
}

#[test]
fn circles_are_remarked_and_read_once() {
    let site = Site::new(&[
        ("conf/httpd.conf", "Include conf/a.conf\nListen 1"),
        (
            "conf/a.conf",
            "Listen 2\nInclude conf/b.conf\nInclude conf/a.conf\nInclude conf/d.conf",
        ),
        ("conf/b.conf", "Include conf/a.conf\nListen 3\nInclude conf/d.conf"),
        ("conf/d.conf", "Listen 4"),
    ]);
    assert_eq!(
        site.order(),
        [
            "include conf/a.conf",
            ".listen 2",
            ".include conf/b.conf",
            "..include conf/a.conf",
            "..listen 3",
            "..include conf/d.conf",
            "...listen 4",
            ".include conf/a.conf",
            ".include conf/d.conf",
            "..listen 4",
            "listen 1",
        ]
    );
    let told = "includes itself, if only by way of other files; httpd gives up after 128 times";
    assert_eq!(
        site.remarks(),
        [format!("conf/a.conf:3 {told}"), format!("conf/b.conf:1 {told}")]
    );
}
