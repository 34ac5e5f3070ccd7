//! Makes sure that the folder of the built front end exists, so that a checkout without Node builds too, and
//! that the binary is built again when the front end was.

fn main() -> std::io::Result<()> {
    let folder = std::path::Path::new("../../web/dist");
    std::fs::create_dir_all(folder)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(())
}
