//! A new file in `migrations` must rebuild the crate; the macro that embeds them sees only changes
//! of files it has already read.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
