//! stub
use crate::Refusal;
use crate::conf::walk::Applied;
use crate::conf::{Server, VirtualHost};
use crate::decide::{Outcome, Transaction};
use crate::oracle::Undecided;
/// stub
#[derive(Debug)]
pub struct Access<'s>(std::marker::PhantomData<&'s ()>);
#[allow(missing_docs)]
impl<'s> Access<'s> {
    pub fn of(_: &'s Server, _: Option<&'s VirtualHost>) -> Self {
        Self(std::marker::PhantomData)
    }
    pub fn refusals(&self) -> &[Refusal] {
        &[]
    }
    pub fn check(&self, _: &[Applied<'s>], _: &mut Transaction) -> Result<Outcome, Undecided> {
        Ok(Outcome::Declined)
    }
    pub fn address_tests(&self) -> crate::expr::AddressTests {
        Default::default()
    }
}
