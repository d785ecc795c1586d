//! Whole runs through the built binary, and the layering of the workspace.

mod build_once;
mod cli;
mod layering;
mod link;
mod next_door;
mod night;
mod plan;
mod state;
mod territories;
mod verdicts;
mod witnesses;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The built program, deaf to the terminal's and the shell's settings.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_padan"));
    command.args(arguments).env("NO_COLOR", "1").env_remove("POLARS_MAX_THREADS");
    command
}

/// What it says to these arguments.
fn padan(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the built program starts")
}

/// Its stdout, where it must end well.
fn succeeds(arguments: &[&str]) -> String {
    let output = padan(arguments);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "padan {arguments:?}\n{stderr}");
    String::from_utf8(output.stdout).expect("UTF-8 on stdout")
}

/// Its stderr, where the user made a mistake.
fn fails(arguments: &[&str]) -> String {
    let output = padan(arguments);
    let stderr = String::from_utf8(output.stderr).expect("UTF-8 on stderr");
    assert_eq!(output.status.code(), Some(1), "padan {arguments:?}\n{stderr}");
    assert!(output.stdout.is_empty(), "a failure prints no data");
    stderr
}

/// The workspace's folder.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("crates/padan lies two below the workspace").to_owned()
}

/// What cargo prints of this workspace, without the network.
fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).arg("--offline").current_dir(workspace()).output().expect("cargo starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8 of cargo")
}

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().expect("a UTF-8 path")
}
