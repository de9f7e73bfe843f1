//! What the corpus says: texts with gaps, and what goes into the gaps.
//!
//! `{n}` a number of up to six digits, `{s}` a small number, `{x}` eight hexadecimal digits, `{h}` a host, `{u}` a user,
//! `{d}` a distinguished name, `{a}` an application, `{c}` a class, `{m}` a method, `{k}` a node, `{p}` a path. Message
//! numbers stay below `signatures::FIRST_NUMBER`, and no text has a `$`: what is planted cannot be there already.
//! None is a problem that the shipped rules know.

use crate::rng::Rng;

/// A text, taken apart once, so that writing it is copying.
pub struct Template {
    /// The short name of the logger, and its long one.
    pub logger: &'static str,
    pub class: &'static str,
    /// The letter of the event's kind.
    pub letter: u8,
    pieces: Vec<Piece>,
}

enum Piece {
    Text(&'static str),
    Number,
    Small,
    Hex,
    Choice(&'static [&'static str]),
}

impl Template {
    /// All templates of a table.
    pub fn table(rows: &[(&'static str, &'static str, char, &'static str)]) -> Vec<Self> {
        rows.iter()
            .map(|&(logger, class, letter, text)| Self {
                logger,
                class,
                letter: letter as u8,
                pieces: pieces(text),
            })
            .collect()
    }

    /// Writes the text with its gaps filled.
    pub fn fill(&self, out: &mut Vec<u8>, rng: &mut Rng) {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.extend_from_slice(text.as_bytes()),
                Piece::Number => decimal(out, rng.below(1_000_000), 1),
                Piece::Small => decimal(out, rng.below(100), 1),
                Piece::Hex => hexadecimal(out, rng.next() as u32),
                Piece::Choice(choices) => out.extend_from_slice(rng.pick(choices).as_bytes()),
            }
        }
    }
}

fn pieces(text: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, gap, after)) = next_gap(rest) {
        pieces.push(Piece::Text(before));
        pieces.push(gap);
        rest = after;
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The first gap of a text, with what stands before and behind it.
fn next_gap(text: &'static str) -> Option<(&'static str, Piece, &'static str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    let piece = match name {
        "n" => Piece::Number,
        "s" => Piece::Small,
        "x" => Piece::Hex,
        "h" => Piece::Choice(&HOSTS),
        "u" => Piece::Choice(&USERS),
        "d" => Piece::Choice(&NAMES),
        "a" => Piece::Choice(&APPLICATIONS),
        "c" => Piece::Choice(&CLASSES),
        "m" => Piece::Choice(&METHODS),
        "k" => Piece::Choice(&NODES),
        "p" => Piece::Choice(&PATHS),
        _ => return None,
    };
    Some((before, piece, after))
}

/// A number in decimal, with zeros in front up to `width`.
pub fn decimal(out: &mut Vec<u8>, value: u64, width: usize) {
    let mut digits = [b'0'; 20];
    let mut rest = value;
    let mut at = digits.len();
    while rest > 0 || digits.len() - at < width {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits[at..]);
}

/// Eight hexadecimal digits.
pub fn hexadecimal(out: &mut Vec<u8>, value: u32) {
    let digits: [u8; 8] = std::array::from_fn(|at| b"0123456789abcdef"[(value >> (28 - 4 * at)) as usize & 15]);
    out.extend_from_slice(&digits);
}

pub const HOSTS: [&str; 8] = [
    "was1.acme.example",
    "was2.acme.example",
    "stp1.acme.example",
    "meet1.acme.example",
    "domino1.acme.example",
    "db2.acme.example",
    "ldap.acme.example",
    "conn1.acme.example",
];
pub const USERS: [&str; 10] = [
    "bwilliams",
    "akowalski",
    "mrossi",
    "pgarcia",
    "jdupont",
    "slind",
    "tnguyen",
    "ehansen",
    "kmeyer",
    "odaly",
];
const NAMES: [&str; 10] = [
    "CN=Ben Williams,O=ACME",
    "CN=Anna Kowalski,O=ACME",
    "CN=Marco Rossi,OU=Sales,O=ACME",
    "CN=Pilar Garcia,O=ACME",
    "CN=Jean Dupont,OU=Paris,O=ACME",
    "CN=Sara Lind,O=ACME",
    "CN=Tam Nguyen,OU=IT,O=ACME",
    "CN=Eva Hansen,O=ACME",
    "CN=Karl Meyer,OU=IT,O=ACME",
    "CN=Orla Daly,O=ACME",
];
const APPLICATIONS: [&str; 8] = [
    "Communities",
    "Profiles",
    "Activities",
    "STMeetingServer",
    "STProxy",
    "Homepage",
    "WidgetContainer",
    "Files",
];
pub const CLASSES: [&str; 12] = [
    "com.acme.portal.LoginHandler",
    "com.acme.portal.PageBuilder",
    "com.acme.cache.EntryStore",
    "com.acme.wim.SessionRegistry",
    "com.acme.sip.ProxyDispatcher",
    "com.acme.http.ChannelReader",
    "com.acme.admin.SyncTask",
    "com.acme.ejb.TimerService",
    "com.acme.news.FeedWriter",
    "javax.servlet.http.HttpServlet",
    "com.acme.jdbc.PooledConnection",
    "java.util.concurrent.ThreadPoolExecutor",
];
pub const METHODS: [&str; 10] = [
    "service",
    "doFilter",
    "invoke",
    "run",
    "handleRequest",
    "readBytes",
    "dispatch",
    "commit",
    "lookup",
    "close",
];
const NODES: [&str; 4] = ["acmeNode01", "acmeNode02", "hostSTMSPNNode1", "hostSTPPNNode1"];
const PATHS: [&str; 8] = [
    "/communities/service/html/communityview",
    "/profiles/atom/profile.do",
    "/activities/service/atom2/everything",
    "/homepage/web/updates",
    "/stwebclient/index.jsp",
    "/files/basic/api/myuserlibrary",
    "/stmeetings/rooms",
    "/blogs/roller-ui/feed",
];

/// WebSphere: logger, class, letter, text.
pub const WEBSPHERE: [(&str, &str, char, &str); 40] = [
    (
        "ServletWrappe",
        "com.acme.web.ServletWrapper",
        'I',
        "SRVE0242I: [{a}] [{p}] [{c}]: Initialization successful.",
    ),
    (
        "webapp",
        "com.acme.web.WebApp",
        'W',
        "SRVE0292I: Servlet Message - [{a}]:.No session for the request {p}",
    ),
    (
        "webapp",
        "com.acme.web.WebApp",
        'E',
        "SRVE0293E: [Servlet Error]-[{c}]: the server did not answer in {n} ms",
    ),
    (
        "SessionContex",
        "com.acme.session.Context",
        'I',
        "SESN0176I: A session context was created for key {h}{p}",
    ),
    (
        "SessionAffini",
        "com.acme.session.Affinity",
        'W',
        "SESN0066E: The session {x}{x} was not found in {a}.",
    ),
    (
        "LTPAServerObj",
        "com.acme.security.Ltpa",
        'W',
        "SECJ0371W: Validation of the LTPA token failed: it expired {s} s ago.",
    ),
    (
        "FormLoginExte",
        "com.acme.security.FormLogin",
        'I',
        "SECJ0118I: Authentication of {u} from {h} took {n} us",
    ),
    (
        "UserRegistryI",
        "com.acme.security.Registry",
        'A',
        "SECJ0136I: Custom registry {c} has been initialized",
    ),
    (
        "SSLHandshakeE",
        "com.acme.ssl.Handshake",
        'I',
        "SSLC0027I: Handshake with {h} done, session {x}{x}{x}",
    ),
    (
        "WSKeyStore",
        "com.acme.ssl.KeyStore",
        'W',
        "CWPKI0041W: One or more key stores are using the default password.",
    ),
    (
        "SSLConfigMana",
        "com.acme.ssl.ConfigManager",
        'I',
        "CWPKI0027I: Host name verification for {h} is off.",
    ),
    (
        "NodeSyncTask",
        "com.acme.sync.NodeSync",
        'A',
        "ADMS0003I: The configuration synchronization of {k} completed.",
    ),
    (
        "CellSyncTask",
        "com.acme.sync.CellSync",
        'I',
        "ADMS0202I: Automatic synchronization of node {k} took {n} ms",
    ),
    (
        "RoleViewLeade",
        "com.acme.dcs.Role",
        'I',
        "DCSV1032I: DCS Stack DefaultCoreGroup at Member {k}: Connected a defined member {h}.",
    ),
    (
        "ViewReceiver",
        "com.acme.dcs.View",
        'I',
        "DCSV1033I: DCS Stack DefaultCoreGroup at Member {k}: Confirmed all new view members in view identifier ({n}:0.{k}).",
    ),
    (
        "VSyncAlgo1",
        "com.acme.dcs.Sync",
        'I',
        "DCSV2004I: DCS Stack DefaultCoreGroup at Member {k}: View synchronization took {s} ms.",
    ),
    (
        "CoordinatorIm",
        "com.acme.ha.Coordinator",
        'I',
        "HMGR0218I: A new core group view has been installed, with {s} members.",
    ),
    (
        "TCPChannel",
        "com.acme.channel.Tcp",
        'A',
        "TCPC0001I: TCP Channel TCP_{s} is listening on host {h} port {n}.",
    ),
    (
        "WSChannelFram",
        "com.acme.channel.Framework",
        'A',
        "CHFW0019I: The Transport Channel Service has started chain {a}_{s}.",
    ),
    (
        "ServerCache",
        "com.acme.cache.Server",
        'I',
        "DYNA1001I: Dynamic Cache instance named {a}/{s} initialized with {n} entries.",
    ),
    (
        "CacheHook",
        "com.acme.cache.Hook",
        'I',
        "DYNA0053I: The cache entry {x} was evicted after {n} hits.",
    ),
    (
        "ThreadMonitor",
        "com.acme.runtime.Threads",
        'W',
        "WSVR0605W: Thread \"WebContainer : {s}\" ({x}) has been active for {n} ms and may be hung.",
    ),
    (
        "ThreadMonitor",
        "com.acme.runtime.Threads",
        'W',
        "WSVR0606W: Thread \"WebContainer : {s}\" ({x}) completed after {n} ms.",
    ),
    (
        "ApplicationMg",
        "com.acme.runtime.Applications",
        'A',
        "WSVR0221I: Application started: {a}",
    ),
    (
        "ResourceMgrIm",
        "com.acme.resource.Manager",
        'I',
        "WSVR0049I: Binding {a} as jdbc/{u}",
    ),
    (
        "FreePool",
        "com.acme.pool.Free",
        'E',
        "J2CA0045E: Unable to obtain a connection from pool {a} for {c}.{m} within {s} s.",
    ),
    (
        "ConnectionEve",
        "com.acme.pool.Events",
        'W',
        "J2CA0206W: A connection error occurred on {h}: reason {n}",
    ),
    (
        "WSRdbDataSour",
        "com.acme.jdbc.DataSource",
        'W',
        "DSRA0080W: An exception was caught while {c}.{m}: SQL state 08001, code {n}",
    ),
    (
        "RecoveryManag",
        "com.acme.tx.Recovery",
        'I',
        "WTRN0135I: Transaction service recovering {s} transactions.",
    ),
    (
        "AbstractEJBRu",
        "com.acme.ejb.Runtime",
        'I',
        "CNTR0167I: The server is binding {c} of {a} in the namespace as ejb/{x}",
    ),
    (
        "NameServerImp",
        "com.acme.naming.Server",
        'A',
        "NMSV0018I: Name server available on bootstrap port {n}.",
    ),
    (
        "ActivityServi",
        "com.acme.news.Activity",
        'I',
        "CLFRW0412I: Event {x} of {u} in {a} was published after {n} us",
    ),
    (
        "CommunityServ",
        "com.acme.news.Community",
        'I',
        "CLFWR0115I: Membership of {u} in community {x} synchronized",
    ),
    (
        "ProxyServlet",
        "com.acme.proxy.Servlet",
        'W',
        "CLFNF0220W: The request for {p} was answered after {n} ms, policy {s}",
    ),
    (
        "SipContainer",
        "com.acme.sip.Container",
        'I',
        "CWSCT0061I: SIP dialog {x}{x} with {h} established",
    ),
    (
        "SystemOut",
        "SystemOut",
        'O',
        "{c} {m}: user {u} from {h}, {n} bytes, {s} ms",
    ),
    (
        "SystemOut",
        "SystemOut",
        'O',
        "[{a}] login of {d} succeeded, reason {s}",
    ),
    ("SystemErr", "SystemErr", 'R', "{c}: {m} failed with reason {n}"),
    (
        "ConfigService",
        "com.acme.admin.Config",
        'I',
        "ADMU0116I: {a} read {p} in {n} us, configuration {x}",
    ),
    (
        "SibMessage",
        "com.acme.sib.Message",
        'I',
        "[:] CWSID0016I: Messaging engine {k}-{a} is in state Started.",
    ),
];

/// Sametime: component, nothing, nothing, text.
pub const SAMETIME: [(&str, &str, char, &str); 22] = [
    (
        "Users   ",
        "INF",
        ' ',
        "VpUsrAuthenticate::checkedUser: user {d} authenticated in {n} us",
    ),
    ("Users   ", "INF", ' ', "got a request to get the home cluster for {d}"),
    ("LDAP Aut", "FTL", ' ', "authenticating user by tokens"),
    ("LDAP Aut", "INF", ' ', "getting tokens for [{d}]"),
    ("LDAP Aut", "INF", ' ', "Looking up [req -{s}] [{d}] in []"),
    ("LDAP Aut", "INF", ' ', "---- Thread ID: {n}"),
    ("LDAP Aut", "INF", ' ', "User {d} looked up"),
    ("LDAP Aut", "INF", ' ', "Async auth done. [req -{s}]"),
    ("LDAP    ", "INF", ' ', "Entering to isChild"),
    ("LDAP    ", "INF", ' ', "dn = {d}, base = O=ACME"),
    (
        "LDAP    ",
        "INF",
        ' ',
        "Searching [base O=ACME] [filter (&(objectclass=person)(uid={u}))] [scope Subtree]",
    ),
    ("Token Au", "INF", ' ', "Received token with type <{s}>"),
    ("Token Au", "INF", ' ', "Validating LTPA/LTPA2 tokens"),
    ("Token Au", "INF", ' ', "Verify LTPA/LTPA2 token succeeded"),
    (
        "ASYNC   ",
        "INF",
        ' ',
        "VpUsrAuthenticate::getUserDetail: pass to authentication BB",
    ),
    ("CRASH   ", "INF", ' ', "ReqMgr::addAuthReq: got new reqId <0x{x}>"),
    ("CRASH   ", "INF", ' ', "ReqMgr::addAuthReq:added"),
    (
        "Groups  ",
        "INF",
        ' ',
        "VpGrpContent::resolve: group {a} has {n} members, {s} of them online",
    ),
    (
        "Presence",
        "INF",
        ' ',
        "VpPresence::notify: {u} is active at {h}, {s} watchers",
    ),
    ("Channel ", "INF", ' ', "channel {x} to {h} opened after {n} ms"),
    ("Channel ", "INF", ' ', "channel {x} to {h} closed, reason {s}"),
    ("Config  ", "INF", ' ', "reading [{a}] from sametime.ini: {n}"),
];

/// Access logs: what is asked for.
pub const REQUESTS: [(&str, &str, char, &str); 10] = [
    ("", "", ' ', "GET {p} HTTP/1.1"),
    ("", "", ' ', "GET {p}?page={s}&size={s} HTTP/1.1"),
    ("", "", ' ', "POST {p} HTTP/1.1"),
    ("", "", ' ', "GET {p}/resource/{x}.js?etag={n} HTTP/1.1"),
    (
        "",
        "",
        ' ',
        "GET /connections/resources/web/_js?include={a}&etag={n} HTTP/1.1",
    ),
    ("", "", ' ', "GET /images/{a}/{s}.png HTTP/1.1"),
    ("", "", ' ', "PUT {p}?communityUuid={x}-{x} HTTP/1.1"),
    ("", "", ' ', "GET /news/atom/stories/public?lang=en&ps={s} HTTP/1.1"),
    ("", "", ' ', "GET /stwebapi/buddylist?user={u}&cache={n} HTTP/1.1"),
    ("", "", ' ', "HEAD /index.html HTTP/1.0"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signatures::{FIRST_NUMBER, PREFIXES};

    /// What `signatures` relies on: no message number from 7000, no `$`, and nothing of their kind.
    #[test]
    fn no_text_holds_a_key_of_a_signature() {
        for (_, _, _, text) in WEBSPHERE.iter().chain(&SAMETIME).chain(&REQUESTS) {
            assert!(!text.contains('$'), "{text}");
            for prefix in PREFIXES {
                for (at, _) in text.match_indices(prefix) {
                    let digits: String = text[at + prefix.len()..]
                        .chars()
                        .take_while(char::is_ascii_digit)
                        .collect();
                    assert!(
                        digits.parse::<u32>().is_ok_and(|number| number < FIRST_NUMBER) || digits.is_empty(),
                        "{text}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_gap_is_known() {
        for (_, _, _, text) in WEBSPHERE.iter().chain(&SAMETIME).chain(&REQUESTS) {
            let unknown = pieces(text)
                .iter()
                .any(|piece| matches!(piece, Piece::Text(text) if text.contains('{')));
            assert!(!unknown, "{text}");
        }
    }
}
