//! The same directives, spelled as people spell them: other cases, broken lines, variables, conditions on modules and
//! versions, macros, files that are included.

use super::Gate;
use super::draw::Draw;

/// Sections that always hold.
const IN_FORCE: [(&str, &str); 8] = [
    ("<IfModule mod_rewrite.c>", "</IfModule>"),
    ("<IfModule rewrite_module>", "</IfModule>"),
    ("<IfModule !mod_nothing.c>", "</IfModule>"),
    ("<IfDefine PHOTOS>", "</IfDefine>"),
    ("<IfDefine !NOTHING>", "</IfDefine>"),
    ("<IfVersion >= 2.4>", "</IfVersion>"),
    ("<IfVersion ~ ^2\\.4\\.>", "</IfVersion>"),
    ("<ifmodule mod_setenvif.c>", "</ifmodule>"),
];

/// Sections that never hold.
const NOT_IN_FORCE: [(&str, &str); 6] = [
    ("<IfModule mod_nothing.c>", "</IfModule>"),
    ("<IfModule !rewrite_module>", "</IfModule>"),
    ("<IfDefine NOTHING>", "</IfDefine>"),
    ("<IfDefine !PHOTOS>", "</IfDefine>"),
    ("<IfVersion < 2.4>", "</IfVersion>"),
    ("<IfVersion 2.2>", "</IfVersion>"),
];

/// What would turn everybody away, or let everybody in, if it counted.
const TEMPTING: [&str; 5] = [
    "RewriteRule ^ - [F]",
    "RewriteEngine Off",
    "RewriteRule ^ - [END]",
    "SetEnvIf Request_URI . inside token=st",
    "RewriteCond %{REMOTE_ADDR} ^10\\.",
];

/// Spells a gate.
pub fn spell(draw: &mut Draw, gate: &mut Gate) {
    let mut lines = Vec::new();
    for line in std::mem::take(&mut gate.lines) {
        // A host's name stays where it is: by it the host is asked for.
        let may_be_wrapped = !line.trim_start().starts_with(['<', 'S']) || line.contains("SetEnv");
        let line = one(draw, &line);
        match draw.below(20) {
            0 if may_be_wrapped => wrapped(draw, &mut lines, &IN_FORCE, line),
            1 => {
                let tempting = format!("    {}", draw.pick(&TEMPTING));
                wrapped(draw, &mut lines, &NOT_IN_FORCE, tempting);
                lines.push(line);
            }
            2 if may_be_wrapped => lines.extend(included(draw, gate, line)),
            3 => lines.extend([comment(draw), line]),
            _ => lines.push(line),
        }
    }
    lines.splice(
        0..0,
        ["Define PHOTOS photos", "Define COOKIE Ltpa", "Define DOTS ."].map(str::to_owned),
    );
    if draw.chance(30) {
        used(draw, &mut lines);
        gate.modules.push("macro");
    }
    if draw.chance(10) {
        lines
            .iter_mut()
            .for_each(|line| *line = line.replace('\n', "\r\n") + "\r");
    }
    gate.lines = lines;
}

fn one(draw: &mut Draw, line: &str) -> String {
    let indent = line.len() - line.trim_start().len();
    let (indent, rest) = line.split_at(indent);
    let (name, rest) = rest
        .split_once(' ')
        .map_or((rest, None), |(name, rest)| (name, Some(rest)));
    let name = match draw.below(8) {
        0 => name.to_lowercase(),
        1 => name.to_uppercase(),
        _ => name.to_owned(),
    };
    let Some(rest) = rest else {
        return format!("{indent}{name}");
    };
    let rest = match draw.below(10) {
        0 => rest.replace("photos", "${PHOTOS}"),
        1 => rest.replace("Ltpa", "${COOKIE}"),
        // What no variable is called stays as it is.
        2 => rest.replace("jpg", "${missing}jpg"),
        _ => rest.to_owned(),
    };
    let between = draw.weighted(&[(12, " "), (1, "   "), (1, "\t"), (1, " \\\n    "), (1, "\\\n  ")]);
    let after = draw.weighted(&[(12, ""), (1, "  "), (1, "\t")]);
    format!("{indent}{name}{between}{rest}{after}")
}

fn wrapped(draw: &mut Draw, lines: &mut Vec<String>, sections: &[(&str, &str)], line: String) {
    let (opening, closing) = *draw.one(sections);
    lines.extend([opening.to_owned(), line, closing.to_owned()]);
}

/// A line in a file of its own, or a file that need not be there before it.
fn included(draw: &mut Draw, gate: &mut Gate, line: String) -> Vec<String> {
    let number = gate.files.len();
    let name = format!("conf/part-{}-{number}.conf", gate.seed);
    match draw.below(4) {
        0 => vec!["IncludeOptional conf/nothing/*.conf".to_owned(), line],
        1 => {
            gate.files.push((name.clone(), line));
            vec![format!("Include {}", name.replace(".conf", ".con?"))]
        }
        _ => {
            gate.files.push((name.clone(), line));
            vec![format!(
                "{} \"{name}\"",
                draw.pick(&["Include", "IncludeOptional", "include"])
            )]
        }
    }
}

fn comment(draw: &mut Draw) -> String {
    match draw.below(3) {
        0 => format!("#{}", draw.pick(&TEMPTING)),
        1 => format!("    # {} \\\n{}", draw.pick(&TEMPTING), draw.pick(&TEMPTING)),
        _ => String::new(),
    }
}

/// A macro, used in the first host.
fn used(draw: &mut Draw, lines: &mut Vec<String>) {
    let Some(end) = lines
        .iter()
        .position(|line| line.trim().eq_ignore_ascii_case("</VirtualHost>"))
    else {
        return;
    };
    let what = draw.pick(&[
        "RewriteRule ^/photos/team/ - [$flags]",
        "RewriteRule ^/$where/ - [$flags]",
        "SetEnvIf Cookie $cookie $where",
    ]);
    lines.insert(
        end,
        format!(
            "    Use shut \"{}\" {} inside",
            draw.pick(&["LtpaToken=", "Ltpa.*=", "x y"]),
            draw.pick(&["F", "G,L"])
        ),
    );
    let shut = format!(
        "<Macro shut $cookie $flags $where>\n    RewriteCond %{{HTTP_COOKIE}} \"$cookie\"\n    {what}\n</Macro>"
    );
    lines.splice(0..0, shut.lines().map(str::to_owned));
}
