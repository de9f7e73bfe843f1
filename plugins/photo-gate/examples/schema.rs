//! Prints the JSON Schema of the pack syntax.

fn main() {
    print!("{}", photo_gate::packs::schema::text());
}
