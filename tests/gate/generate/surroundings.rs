//! Directives that are no gate, and change what one does.

use super::draw::Draw;

/// Directives, and the module that they take beside the usual ones.
type Lines = (&'static str, Option<&'static str>);

/// None for 404: what is not there would then look like something else.
const OF_HOST: [(usize, Lines); 32] = [
    (3, ("ErrorDocument 403 https://login.example.com/", None)),
    (2, ("ErrorDocument 403 /denied.html", None)),
    (2, ("ErrorDocument 403 \"no\"", None)),
    (1, ("ErrorDocument 401 /login.html", None)),
    (1, ("ErrorDocument 403 default", None)),
    (2, ("AllowEncodedSlashes On", None)),
    (2, ("AllowEncodedSlashes NoDecode", None)),
    (2, ("MergeSlashes Off", None)),
    (1, ("DirectoryIndex default.jpg", Some("dir"))),
    (1, ("DirectoryIndex missing.html /login.html", Some("dir"))),
    (1, ("DirectorySlash Off", Some("dir"))),
    (1, ("FallbackResource /login.html", Some("dir"))),
    (2, ("RequestHeader unset Cookie early", Some("headers"))),
    (1, ("RequestHeader set X-Photo yes early", Some("headers"))),
    (1, ("RequestHeader append X-Photo inside early", Some("headers"))),
    (1, ("RequestHeader unset Cookie", Some("headers"))),
    (1, ("UseCanonicalName On", None)),
    (1, ("TraceEnable Off", None)),
    (1, ("AcceptPathInfo On", None)),
    (1, ("AcceptPathInfo Off", None)),
    (1, ("ServerAlias *.example", None)),
    (2, ("<Directory \"@documents@\">\n    Options None\n</Directory>", None)),
    (
        2,
        (
            "<Directory \"@documents@/photos\">\n    Options SymLinksIfOwnerMatch\n</Directory>",
            None,
        ),
    ),
    (
        1,
        (
            "<Directory \"@documents@/photos\">\n    AllowMethods GET HEAD\n</Directory>",
            Some("allowmethods"),
        ),
    ),
    (
        1,
        ("<Directory \"@documents@\">\n    AllowOverride All\n</Directory>", None),
    ),
    (1, ("<Files \".ht*\">\n    Require all denied\n</Files>", None)),
    (1, ("RewriteOptions AllowNoSlash", None)),
    (1, ("RewriteOptions LegacyPrefixDocRoot", None)),
    (
        1,
        (
            "<Directory \"@documents@/photos\">\n    Options -FollowSymLinks\n</Directory>",
            None,
        ),
    ),
    (
        1,
        (
            "<Directory \"@documents@/photos\">\n    Options +Indexes -FollowSymLinks +SymLinksIfOwnerMatch\n</Directory>",
            None,
        ),
    ),
    (
        1,
        ("<Location \"/photos\">\n    Options +FollowSymLinks\n</Location>", None),
    ),
    (1, ("DocumentRoot \"@documents@/photos\"", None)),
];

/// Such directives for a host.
pub fn lines(draw: &mut Draw) -> (Vec<String>, Option<&'static str>) {
    let (lines, module) = draw.weighted(&OF_HOST);
    (lines.lines().map(str::to_owned).collect(), module)
}
