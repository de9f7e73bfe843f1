//! stub
use crate::Refusal;
use crate::conf::walk::Applied;
use crate::conf::{Server, VirtualHost};
use crate::decide::Transaction;
use crate::oracle::Undecided;
/// stub
#[derive(Debug)]
pub struct RemoteIp;
#[allow(missing_docs)]
impl RemoteIp {
    pub fn of(_: &Server, _: Option<&VirtualHost>) -> Self {
        Self
    }
    pub fn refusals(&self) -> &[Refusal] {
        &[]
    }
    pub fn apply(&self, _: &mut Transaction) -> Result<(), Undecided> {
        Ok(())
    }
    pub fn address_tests(&self) -> crate::expr::AddressTests {
        Default::default()
    }
}
/// stub
#[derive(Debug)]
pub struct SetEnvIf<'s>(std::marker::PhantomData<&'s ()>);
#[allow(missing_docs)]
impl<'s> SetEnvIf<'s> {
    pub fn of(_: &'s Server, _: Option<&'s VirtualHost>) -> Self {
        Self(std::marker::PhantomData)
    }
    pub fn refusals(&self) -> &[Refusal] {
        &[]
    }
    pub fn early(&self, _: &mut Transaction) -> Result<(), Undecided> {
        Ok(())
    }
    pub fn in_sections(&self, _: &[Applied<'s>], _: &mut Transaction) -> Result<(), Undecided> {
        Ok(())
    }
    pub fn address_tests(&self) -> crate::expr::AddressTests {
        Default::default()
    }
}
