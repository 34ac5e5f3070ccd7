mod support;
use lab::{Lab, World, WorldOptions};
use support::{Running, present};
#[tokio::test]
async fn dump() {
    let started = std::time::Instant::now();
    let world = World::generate(&WorldOptions::new(1, present()).scale(0.1));
    eprintln!(
        "generated {:?} {} fills {} markets",
        started.elapsed(),
        world.fill_count(),
        world.market_count()
    );
    let running = Running::start(Lab::world(world)).await;
    let t = std::time::Instant::now();
    running.json("/gamma/events?limit=1").await;
    eprintln!("catalogue {:?}", t.elapsed());
    let dir = std::path::Path::new("/tmp/gm/out");
    std::fs::create_dir_all(dir).unwrap();
    for (name, path) in
        std::fs::read_to_string("/tmp/gm/paths").unwrap().lines().filter_map(|l| l.split_once(' '))
    {
        let t = std::time::Instant::now();
        let r = running.get(path).await;
        let status = r.status();
        let text = r.text().await.unwrap();
        eprintln!("{name} {status} {:?} {} bytes", t.elapsed(), text.len());
        std::fs::write(dir.join(name), text).unwrap();
    }
    running.stop().await;
}
