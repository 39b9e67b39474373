//! Writes the seeds: `cargo run --example seeds` in this folder fills `corpus/`.

use std::fs;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let seeds = ocpp_fuzz::seeds();
    for seed in &seeds {
        let folder = corpus.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&seed.name), &seed.text)?;
    }
    println!("{} seeds", seeds.len());
    Ok(())
}
