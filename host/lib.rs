pub mod model;
pub mod plugin;
