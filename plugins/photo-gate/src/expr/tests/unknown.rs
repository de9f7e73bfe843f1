//! What cannot be known.

use super::*;

#[test]
fn what_is_not_known_is_asked_about_and_only_where_it_matters() {
    let unknown = [("Cookie", None)];
    let both = [Answer::Holds, Answer::Fails];
    let answers = |text: &str| answers(text, "10.1.2.3", &unknown);
    assert_eq!(answers("%{HTTP_COOKIE} =~ /LtpaToken2=/"), both);
    assert_eq!(
        answers("-R '10.0.0.0/8' || %{HTTP_COOKIE} =~ /LtpaToken2=/"),
        [Answer::Holds]
    );
    assert_eq!(answers("-R '11.0.0.0/8' && -n req('Cookie')"), [Answer::Fails]);
    assert_eq!(answers("-f '/srv/x'"), both);
    assert_eq!(answers("%{REMOTE_USER} == 'x'"), both);
    assert_eq!(answers("'10.1' -ipmatch '10.0.0.0/8'"), both);
    assert_eq!(answers("%{HTTP_COOKIE} in { 'x', 'y' }"), both);
    assert_eq!(answers("'x' in { 'y', %{HTTP_COOKIE} }"), both);
    assert_eq!(answers("'x' in { 'x', %{HTTP_COOKIE} }"), [Answer::Holds]);
    // What such a pattern captures is not known either.
    assert_eq!(answers("%{HTTP_COOKIE} =~ /x(.)/ && $1 == 'a'").len(), 3);
    assert_eq!(
        answers("%{HTTP_COOKIE} =~ /x(.)/ || $1 == ''"),
        [Answer::Holds, Answer::Holds]
    );
    // Link-local addresses are written with an interface.
    let text = "%{REMOTE_ADDR} =~ /^fe80/";
    assert_eq!(super::answers(text, "fe80::1", &[]), both);
}

#[test]
fn a_file_that_would_be_read_makes_all_undecided() {
    let expression = Expression::parse("file('/x') == 'y' || true").expect("an expression");
    let request = request(&[]);
    let (mut oracle, mut trace) = (Oracle::default(), Trace::default());
    let answer = with("10.1.2.3", &request, &mut oracle, &mut trace, |tx| {
        expression.holds(PLACE, tx)
    });
    assert_eq!(answer.map_err(|undecided| undecided.place), Err(PLACE));
}

#[test]
fn the_same_part_with_another_value_is_another_question() {
    let expression = Expression::parse("-f %{REQUEST_FILENAME}").expect("an expression");
    let request = request(&[]);
    let (mut oracle, mut trace) = (Oracle::default(), Trace::default());
    let mut seen = Vec::new();
    loop {
        seen.push(with("10.1.2.3", &request, &mut oracle, &mut trace, |tx| {
            let first = expression.holds(PLACE, tx).expect("few questions");
            let again = expression.holds(PLACE, tx).expect("few questions");
            assert_eq!(first, again);
            tx.filename = Some(b"/srv/other".to_vec());
            (first, expression.holds(PLACE, tx).expect("few questions"))
        }));
        if !oracle.advance() {
            break;
        }
    }
    assert_eq!(seen, [(true, true), (true, false), (false, true), (false, false)]);
}
