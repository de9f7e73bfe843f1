//! Prints the JSON Schema of the pack syntax.

fn main() {
    print!("{}", config_checks::pack::schema::text());
}
