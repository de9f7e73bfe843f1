//! Directives that httpd refuses, and some that look as if it should and that it takes.

use super::draw::Draw;
use super::rule::{Stands, rules};
use super::within;
use super::world::World;

/// A line each. Those that httpd takes are here because somebody would think otherwise.
const LINES: [&str; 52] = [
    "RewriteCond %{REMOTE_ADDR} ^(127\\.20",
    "RewriteCond %{REMOTE_ADDR} !^127\\.[20\\.",
    "RewriteCond %{REMOTE_ADDR} ^127\\.20{2,1}$",
    "RewriteCond %{HTTP_COOKIE} *LtpaToken",
    "RewriteCond %{HTTP_COOKIE} +LtpaToken",
    "RewriteCond %{HTTP_COOKIE} (?<name>Ltpa)(?P=other)",
    "RewriteCond %{HTTP_COOKIE} (?<=Ltpa.*)Token",
    "RewriteCond %{HTTP_COOKIE} \\",
    "RewriteCond %{HTTP_COOKIE} a{,3}",
    "RewriteCond %{HTTP_COOKIE} []",
    "RewriteCond %{HTTP_COOKIE} []a]",
    "RewriteCond %{HTTP_COOKIE} [z-a]",
    "RewriteCond %{HTTP_COOKIE} [[:alpa:]]",
    "RewriteCond %{HTTP_COOKIE} \\p{Nonsense}",
    "RewriteCond %{HTTP_COOKIE} a**",
    "RewriteCond %{HTTP_COOKIE} a++b",
    "RewriteCond %{HTTP_COOKIE} (a)\\2",
    "RewriteCond %{HTTP_COOKIE}",
    "RewriteCond %{HTTP_COOKIE} a b",
    "RewriteCond %{HTTP_COOKIE} a [NC",
    "RewriteCond %{HTTP_COOKIE} a [XX]",
    "RewriteCond %{HTTP_COOKIE} a [NC OR]",
    "RewriteCond %{HTTP_COOKIE} a NC",
    "RewriteCond %{HTTP_COOKIE} a []",
    "RewriteCond %{HTTP_COOKIE} a [NC, OR]",
    "RewriteCond %{HTTP_COOKIE} \"a\\\"b c\"",
    "RewriteCond %{HTTP_COOKIE} \"a",
    "RewriteCond \"%{HTTP_COOKIE}\"a b",
    "RewriteCond expr \"-R '::ffff:10.20.1.5'\"",
    "RewriteCond %{REMOTE_ADDR} -R '127.20.0.0/16'",
    "RewriteCond expr \"-R 'no address'\"",
    "RewriteCond expr \"-R '127.20.0.0/33'\"",
    "RewriteCond expr \"-R \u{2018}127.20.0.0/16\u{2019}\"",
    "RewriteCond expr \"%{REMOTE_ADDR} =~ /(/\"",
    "RewriteCond expr \"%{REMOTE_ADDR} ==\"",
    "RewriteCond %{NO_SUCH_VARIABLE} ^$",
    "RewriteCond %{REMOTE_ADDR ^127",
    "RewriteRule ^(.*$ - [F]",
    "RewriteRule ^(.*)$",
    "RewriteRule ^(.*)$ - [F] more",
    "RewriteRule ^(.*)$ - [R=999]",
    "RewriteRule ^(.*)$ - [R=abc]",
    "RewriteRule ^(.*)$ - [F,Q]",
    "RewriteRule ^(.*)$ - [S=x]",
    "RewriteRule ^(.*)$ - [ F , L ]",
    "RewriteRule ^(.*)$ - [F ,L]",
    "RewriteEngine Maybe",
    "RewriteOptions Everything",
    "RewriteLog /tmp/rewrite.log",
    "SetEnvIf Cookie (Ltpa inside",
    "SetEnvIf Cookie Ltpa",
    "SetEnvIfNoCase ^(X-Photo yes inside",
];

/// The same in a section for access control.
const ACCESS: [&str; 20] = [
    "Require ip 127.20.0.0/33",
    "Require ip 127.20.0.0/16/8",
    "Require ip 127.300",
    "Require ip 127.20.1.5/255.0.255.0",
    "Require ip",
    "Require ip photos.example",
    "Require not ip 127.20",
    "Require all",
    "Require all allowed",
    "Require nobody",
    "Require expr %{REMOTE_ADDR",
    "<RequireAll>\n    Require not ip 127.20\n</RequireAll>",
    "<RequireNone>\n    Require not ip 127.20\n</RequireNone>",
    "<RequireAny>\n</RequireAny>",
    "Order Allow,Deny,Allow",
    "Order Allow, Deny",
    "Allow 127.20",
    "Deny from",
    "Allow from 127.20.0.0/40",
    "Allow from 127.20.0.0/x",
];

/// Such a line among others.
pub fn lines(draw: &mut Draw, world: &World) -> Vec<String> {
    if draw.chance(35) {
        let line = draw.pick(&ACCESS).lines().map(str::to_owned).collect();
        return within("<Directory \"@documents@/photos\">", line);
    }
    let mut lines = rules(draw, world, Stands::Host);
    let at = draw.within(1, lines.len());
    lines.insert(at, draw.pick(&LINES).to_owned());
    if draw.chance(50) {
        lines.push("RewriteRule ^/photos/ - [F]".to_owned());
    }
    lines
}
