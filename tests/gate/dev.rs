struct Nothing;
impl Decide for Nothing {
    fn open(&self, _: &std::path::Path) -> Result<Box<dyn Policies + '_>, String> { Ok(Box::new(Nothing)) }
}
impl Policies for Nothing {
    fn decide(&self, _: &str, requests: &[client::Message]) -> Vec<Decision> {
        vec![Decision { outcome: Outcome::Undecided, status: 0, location: None, why: String::new() }; requests.len()]
    }
}
macro_rules! fam { ($($f:ident $n:ident),*) => { $(#[test] fn $n() { prove(Family::$f, &Nothing, 100.0) })* } }
fam!(Article article, Host host, Server server, Directory directory, Require require, Order order, Environment environment, Proxy proxy, Sections sections, Mixture mixture, Broken broken);
