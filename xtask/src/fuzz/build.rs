//! The fuzz targets, built with the coverage that libFuzzer goes by.

use std::fs;
use std::path::PathBuf;

use super::target::Target;
use crate::process;
use crate::trouble::Trouble;
use crate::workspace::Workspace;

/// What has LLVM count edges and compared values, on a stable compiler. No address sanitizer: no crate of ours has unsafe code.
const COVERAGE: &[&str] = &[
    "--cfg=fuzzing",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Builds `targets`; answers with the folder that their programs are in.
pub fn build(workspace: &Workspace, targets: &[&Target]) -> Result<PathBuf, Trouble> {
    let compiler = ["c++", "g++", "clang++"];
    if !compiler.iter().any(|name| process::probe(name, &["--version"]).is_some()) {
        return Err(Trouble::new(
            "libFuzzer is built from its sources, and there is no C++ compiler",
            "install one (Debian package g++)",
        ));
    }
    let host = process::probe("rustc", &["-vV"])
        .and_then(|text| Some(text.lines().find_map(|l| l.strip_prefix("host: "))?.to_owned()))
        .ok_or_else(|| Trouble::new("rustc does not say what it builds for", "install Rust"))?;
    let folder = workspace.root.join("fuzz");
    // The versions that the product has; cargo adds what the targets take beyond it.
    fs::copy(workspace.root.join("Cargo.lock"), folder.join("Cargo.lock")).map_err(|e| {
        Trouble::new(format!("the lock file cannot be copied: {e}"), "see whether fuzz/ is yours")
    })?;
    let built = workspace.target.join("fuzz");
    let mut cargo = process::cargo();
    // With a target named, what runs at build time is built without these flags.
    cargo
        .args(["build", "--release", "--quiet", "--target", &host])
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&built)
        .args(targets.iter().flat_map(|target| ["--bin", target.name.as_str()]))
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}"));
    process::run(&mut cargo)?;
    Ok(built.join(host).join("release"))
}
