//! What an expression looks at.

use super::*;

#[test]
fn tests_of_addresses_are_found() {
    let found = |text: &str| {
        let tests = Expression::parse(text).expect(text).address_tests(PLACE);
        let admitted: Vec<_> = ["10.1.2.3", "10.1.2.4", "2001:db8::1"]
            .iter()
            .map(|address| {
                let address: IpAddr = address.parse().expect("an address");
                tests
                    .tests
                    .iter()
                    .map(|test| test.condition.admits(address))
                    .collect::<Vec<_>>()
            })
            .collect();
        (admitted, tests.otherwise.is_some())
    };
    let (yes, no) = (Some(true), Some(false));
    assert_eq!(
        found("! -R '10.0.0.0/8'"),
        (vec![vec![yes], vec![yes], vec![no]], false)
    );
    assert_eq!(
        found("%{REMOTE_ADDR} !~ /^10\\.1\\.2\\.3$/ || '10.1.2.3' < %{REMOTE_ADDR}"),
        (vec![vec![yes, no], vec![no, yes], vec![no, yes]], false)
    );
    assert_eq!(
        found("%{REMOTE_ADDR} in { '10.1.2.4', '10.1.2.3' } && %{REMOTE_ADDR} -ipmatch '2001:db8::/32'"),
        (vec![vec![yes, no, no], vec![no, yes, no], vec![no, no, yes]], false)
    );
    for text in [
        "tolower(%{REMOTE_ADDR}) == 'x'",
        "%{REMOTE_ADDR} == %{HTTP:X}",
        "-n \"%{REMOTE_ADDR}\"",
        "%{REMOTE_HOST} == 'x'",
        "%{IPV6} == 'on'",
        "%{REMOTE_ADDR} -gt 9",
    ] {
        let (_, otherwise) = found(text);
        assert!(otherwise, "{text}");
    }
    let captured = Expression::parse("%{REMOTE_ADDR} =~ /^(10)/ && $1 == '10'").expect("an expression");
    assert!(captured.address_tests(PLACE).otherwise.is_some());
    assert!(
        Expression::parse("%{HTTP_COOKIE} == ''")
            .expect("one")
            .address_tests(PLACE)
            .otherwise
            .is_none()
    );
}

#[test]
fn subjects_are_found() {
    let subjects = |text: &str| {
        let expression = Expression::parse(text).expect(text);
        expression.subjects().into_iter().collect::<Vec<_>>()
    };
    let header = |name: &str| Subject::Header(name.to_owned());
    assert_eq!(
        subjects("-R '10' && -n %{HTTP_COOKIE}"),
        [Subject::Address, Subject::Cookie]
    );
    assert_eq!(
        subjects("-n req('COOKIE') || -n %{http:X-Foo}"),
        [Subject::Cookie, header("x-foo")]
    );
    assert_eq!(subjects("%{REMOTE_USER} == 'x'"), [Subject::Other]);
    assert!(subjects("'a' == 'b' || true").is_empty());
    assert!(Expression::parse("%{Remote_User} == 'x'").expect("one").names_user());
}

#[test]
fn conditions_of_sections_are_compiled_once_each() {
    use crate::conf::{Directive, Item, Scope};
    let section = |name: &str, node: u32, condition: &str, scope: Scope| {
        let args = if name == "else" {
            vec![]
        } else {
            vec![condition.to_owned()]
        };
        Item::Section {
            directive: Directive {
                place: Place { document: 0, node },
                line: node,
                name: name.to_owned(),
                args,
                value: condition.to_owned(),
            },
            scope,
        }
    };
    let inner = Scope {
        items: vec![section("if", 3, "%{FOO} == ''", Scope::default())],
    };
    // The same place twice, as a macro writes it.
    let items = vec![
        section("if", 1, "-R '10.0.0.0/8'", inner),
        section("elseif", 1, "-R '11.0.0.0/8'", Scope::default()),
        section("else", 2, "", Scope::default()),
    ];
    let scope = Scope { items };
    let conditions = Conditions::of([&scope]);
    assert_eq!(conditions.expressions().count(), 2);
    let faults: Vec<_> = conditions.faults().into_iter().collect();
    assert_eq!(
        faults,
        [(
            Place { document: 0, node: 3 },
            "a variable `FOO`, which httpd does not know"
        )]
    );
    let request = request(&[]);
    let (mut oracle, mut trace) = (Oracle::default(), Trace::default());
    let held = with("10.1.2.3", &request, &mut oracle, &mut trace, |tx| {
        scope
            .items
            .iter()
            .map(|item| match item {
                Item::Section { directive, .. } => conditions.holds(directive, tx),
                Item::Directive(_) => Ok(false),
            })
            .collect::<Vec<_>>()
    });
    assert_eq!(held.first(), Some(&Ok(true)));
    assert_eq!(held.get(1), Some(&Ok(false)));
}
