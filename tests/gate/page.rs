//! The page of a gate's addresses in a real browser. There is no script in it, and nothing that it fetches.

use std::process::Command;
use std::{env, fs};

use crate::proof::tell;

/// Names of the browser.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A gate with a dot that nobody escaped.
const GATE: &str = "Listen 80\n<VirtualHost *:80>\nServerName photos.example\nRewriteEngine On\n\
    RewriteCond %{REMOTE_ADDR} !^9.\nRewriteRule ^/photos/ - [F]\n</VirtualHost>\n";

#[test]
fn a_browser_shows_the_leak() {
    let path = env::var_os("PATH").unwrap_or_default();
    let browser = env::split_paths(&path)
        .flat_map(|folder| BROWSERS.map(|name| folder.join(name)))
        .find(|file| file.is_file());
    let Some(browser) = browser else {
        tell("skipped: a_browser_shows_the_leak: there is no Chromium here");
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let (conf, page) = (folder.path().join("httpd.conf"), folder.path().join("gate.html"));
    fs::write(&conf, GATE).expect("the configuration is written");
    let told = Command::new(env!("CARGO_BIN_EXE_casebook"))
        .args([
            "gate",
            "addresses",
            "--intended",
            "9.0.0.0/8",
            "--httpd",
            "2.4",
            "--conf",
        ])
        .args([conf.as_os_str(), "--html".as_ref(), page.as_os_str()])
        .output()
        .expect("the command runs");
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    let profile = folder.path().join("profile");
    let shown = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .expect("the browser runs");
    let dom = String::from_utf8_lossy(&shown.stdout);
    for text in [
        "167,772,160 addresses are let in that nobody intended.",
        "90.0.0.0/7",
        "96.0.0.0/6",
        "RewriteCond %{REMOTE_ADDR} !^9.",
    ] {
        assert!(dom.contains(text), "{text} is not shown:\n{dom}");
    }
    // The ten networks /8 too many are drawn, and the count and the legend are in that colour.
    assert_eq!(dom.matches("class=\"over\"").count(), 12);
}
