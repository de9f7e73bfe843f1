//! Prints the JSON Schema of the pack syntax.

fn main() {
    print!("{}", log_signatures::pack::schema::text());
}
