//! A sync that is killed, at any moment, loses nothing, and the next one completes.

#![expect(clippy::unwrap_used, reason = "a test says by panicking what it did not expect")]

use std::process::{Child, Command, Stdio};

use lab::{Lab, World, WorldOptions};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use store::testing::{eventually, fresh_data_dir};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const KILLS: usize = 10;

#[derive(Clone)]
struct Syncer {
    data_dir: std::path::PathBuf,
    gamma_url: String,
}

impl Syncer {
    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cascadian"));
        command
            .arg(name)
            .arg("--data-dir")
            .arg(&self.data_dir)
            .args(["--gamma-url", &self.gamma_url, "--upstream-rate-percent", "100"])
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        command
    }

    fn start(&self) -> Child {
        let mut command = self.command("sync");
        command.args(["--sync-closed", "all"]).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the binary starts")
    }

    fn finish(&self) -> serde_json::Value {
        let output = self.command("sync").args(["--sync-closed", "all"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the log of the sync, as JSON")
    }

    fn held(&self) -> usize {
        let mut command = self.command("markets");
        let output = command.args(["status=all", "--json", "--limit", "100000"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().count()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_killed_at_ten_moments_completes_the_next_time() {
    let now = "2026-11-23T12:00:00Z".parse().unwrap();
    let world = World::generate(&WorldOptions::new(3, now).scale(0.01).markets(2_000));
    let lab = Lab::world(world);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let gamma_url = format!("http://{}/gamma", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    tokio::spawn(lab::serve(listener, lab.clone(), stop.clone()));
    let syncer = Syncer { data_dir: fresh_data_dir(), gamma_url };

    let served = || lab.requests().values().sum::<u64>();
    let undisturbed = Syncer { data_dir: fresh_data_dir(), ..syncer.clone() };
    undisturbed.finish();
    let pages = served();

    let mut rng = StdRng::seed_from_u64(20_261_123);
    for _ in 0..KILLS {
        // Counted in pages, not in time: the moments are spread over the sync on any machine.
        let moment = served() + rng.random_range(1..pages);
        let mut child = syncer.start();
        eventually("the sync reaches the moment", || async { served() >= moment }).await;
        // Within the page, wherever the machine happens to be.
        child.kill().unwrap();
        child.wait().unwrap();
    }

    let ended = syncer.finish();
    assert_eq!(ended["status"], "success", "{ended}");
    assert_eq!(syncer.held(), undisturbed.held());
    let again = syncer.finish();
    assert_eq!((again["inserted"].as_u64(), again["updated"].as_u64()), (Some(0), Some(0)));
    stop.cancel();
}
