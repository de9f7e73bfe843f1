//! Expressions of httpd 2.4 (`expr`, `<If>`, `Require expr`, `SetEnvIfExpr`).

use super::draw::Draw;
use super::pattern;
use super::world::World;

/// How deep expressions are nested. Each level doubles them.
const DEEP: usize = 2;

/// A condition.
pub fn condition(draw: &mut Draw, world: &World) -> String {
    nested(draw, world, DEEP)
}

fn nested(draw: &mut Draw, world: &World, deep: usize) -> String {
    if deep == 0 {
        return single(draw, world);
    }
    let left = nested(draw, world, deep - 1);
    match draw.below(8) {
        0 => format!("{left} && {}", nested(draw, world, deep - 1)),
        1 => format!("{left} || {}", nested(draw, world, deep - 1)),
        2 => format!("({left}) && {}", single(draw, world)),
        3 => format!("!({left})"),
        4 => format!("! ({left}) || {}", single(draw, world)),
        _ => left,
    }
}

fn single(draw: &mut Draw, world: &World) -> String {
    match draw.weighted(&[(5, 0), (4, 1), (2, 2), (2, 3), (1, 4), (1, 5)]) {
        0 => by_address(draw, world),
        1 => by_cookie(draw, world),
        2 => by_header(draw, world),
        3 => by_path(draw),
        4 => by_number(draw),
        _ => odd(draw, world),
    }
}

/// Asks for the client's address.
pub fn by_address(draw: &mut Draw, world: &World) -> String {
    let cidr = world.network(draw).cidr();
    let address = world.network(draw).inside(draw);
    match draw.below(13) {
        0 | 1 => format!("-R '{cidr}'"),
        2 => format!("! -R '{cidr}'"),
        3 => format!("!-R '{address}'"),
        4 => format!("%{{REMOTE_ADDR}} -ipmatch '{cidr}'"),
        5 => format!("%{{REMOTE_ADDR}} =~ /{}/", pattern::address(draw, world)),
        6 => format!("%{{REMOTE_ADDR}} !~ m#{}#", pattern::address(draw, world)),
        7 => format!("%{{REMOTE_ADDR}} == '{address}'"),
        8 => format!(
            "%{{REMOTE_ADDR}} in {{ '{address}', '{}' }}",
            world.network(draw).inside(draw)
        ),
        9 => format!("%{{REMOTE_ADDR}} != \"{address}\""),
        10 => format!(
            "-R '{}'",
            draw.pick(&["2001:db8::/32", "::1", "127.0.0.0/255.0.0.0", "10.20"])
        ),
        11 => "%{REMOTE_ADDR} =~ /^2001:db8:|^::1$/".to_owned(),
        _ => format!("%{{CONN_REMOTE_ADDR}} -ipmatch '{cidr}'"),
    }
}

fn by_cookie(draw: &mut Draw, world: &World) -> String {
    let name = world.cookie(draw);
    let regex = pattern::cookie(draw, world);
    match draw.below(10) {
        0 | 1 => format!("%{{HTTP_COOKIE}} =~ m#{regex}#"),
        2 => format!("%{{HTTP_COOKIE}} !~ m#{regex}#i"),
        3 => format!("req('Cookie') =~ m#{regex}#"),
        4 => "-n %{HTTP_COOKIE}".to_owned(),
        5 => "-z req('Cookie')".to_owned(),
        6 => format!("%{{HTTP_COOKIE}} -strmatch '*{name}=*'"),
        7 => format!("%{{HTTP_COOKIE}} -strcmatch '{name}=?*'"),
        8 => format!("%{{HTTP:cookie}} == '{name}=1'"),
        _ => format!("http('COOKIE') -fnmatch '*{name}*'"),
    }
}

fn by_header(draw: &mut Draw, world: &World) -> String {
    let header = world.header(draw);
    let regex = pattern::header(draw);
    match draw.below(7) {
        0 => format!("%{{HTTP:{header}}} =~ m#{regex}#"),
        1 => format!("req('{header}') == 'yes'"),
        2 => format!("tolower(req('{header}')) == 'inside'"),
        3 => format!("-T req('{header}')"),
        4 => format!("-n %{{HTTP:{}}}", header.to_lowercase()),
        5 => format!("%{{HTTP_USER_AGENT}} =~ m#{regex}#i"),
        _ => format!("req_novary('{header}') in {{'yes', 'no', '1'}}"),
    }
}

fn by_path(draw: &mut Draw) -> String {
    match draw.below(8) {
        0 => "%{REQUEST_URI} =~ m#^/photos/#".to_owned(),
        1 => "%{REQUEST_URI} -strmatch '/photos/*.jpg'".to_owned(),
        2 => "%{REQUEST_URI} -fnmatch '/photos/*'".to_owned(),
        3 => "%{QUERY_STRING} == ''".to_owned(),
        4 => "%{QUERY_STRING} =~ /key=(\\w+)/ && $1 == 'open'".to_owned(),
        5 => "%{REQUEST_METHOD} == 'GET'".to_owned(),
        6 => "unescape(%{REQUEST_URI}) =~ /@example/".to_owned(),
        _ => "%{HTTP_HOST} == %{SERVER_NAME}".to_owned(),
    }
}

fn by_number(draw: &mut Draw) -> String {
    match draw.below(5) {
        0 => "%{SERVER_PORT} -gt 1023".to_owned(),
        1 => "%{HTTP:X-Photo} -eq 1".to_owned(),
        2 => "%{HTTP:X-Photo} -lt 10".to_owned(),
        3 => "%{HTTP:X-Photo} lt '5'".to_owned(),
        _ => "%{QUERY_STRING} ge 'k'".to_owned(),
    }
}

fn odd(draw: &mut Draw, world: &World) -> String {
    match draw.below(7) {
        0 => "true".to_owned(),
        1 => "false".to_owned(),
        2 => format!("%{{REMOTE_ADDR}} . ':' == '{}' . ':'", world.network(draw).inside(draw)),
        3 => "-n reqenv('inside')".to_owned(),
        4 => "%{ENV:inside} == 'yes'".to_owned(),
        5 => "'a' . %{HTTP_COOKIE} == 'a'".to_owned(),
        _ => "%{HTTPS} == 'off'".to_owned(),
    }
}
