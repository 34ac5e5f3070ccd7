//! Prints the tables of `docs/audit-null.md`: `cargo run --release -p domain --example null_audit`.

#![expect(clippy::print_stdout, reason = "it is what the program is for")]

use std::time::Instant;

use domain::null_audit::{FlagRate, Population, Rankings, SizeTable, Style};

const SEED: u64 = 20_261_123;
const TOP: usize = 300;

fn main() {
    let started = Instant::now();
    let population = Population::without_skill(SEED);
    println!("Seed {SEED}, {} wallets without skill.\n", population.wallets);
    print_sizes(&SizeTable::of(&population));
    println!("\n{:.1} s.\n", started.elapsed().as_secs_f64());

    let started = Instant::now();
    let found = [0.3, 0.6].map(|theta| Rankings::of(&Population::with_skill(SEED, theta), TOP));
    print_rankings(&found);
    println!("\n{:.1} s.\n", started.elapsed().as_secs_f64());

    let started = Instant::now();
    let tables = [0.3, 0.6].map(|theta| SizeTable::of(&Population::with_skill(SEED, theta)));
    print_power(&tables);
    println!("\n{:.1} s.", started.elapsed().as_secs_f64());
}

fn print_sizes(table: &SizeTable) {
    println!(
        "| rule | of all wallets | eligible | of eligible | ~15¢ | ~50¢ | ~85¢ | ~96¢ | \
         ~50¢, more after a fall |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for (rule, row) in &table.rows {
        let of_all = row.all.of_all().map_or(0.0, |share| 100.0 * share.value);
        let styles: Vec<String> =
            Style::ALL.iter().zip(&row.by_style).map(|(_, rate)| percent(rate)).collect();
        println!(
            "| {} | {of_all:.1} | {} | {} | {} |",
            rule.name(),
            row.all.eligible,
            percent(&row.all),
            styles.join(" | ")
        );
    }
}

fn percent(rate: &FlagRate) -> String {
    rate.of_eligible().map_or_else(
        || "–".to_owned(),
        |share| {
            let [value, low, high] = [share.value, share.low, share.high].map(|x| 100.0 * x);
            format!("{value:.1} ({low:.1}–{high:.1})")
        },
    )
}

fn print_rankings(found: &[Rankings; 2]) {
    println!(
        "| rank by | skilled in the first {TOP}, % (θ = 0.3 / 0.6) | later ROI, % (θ = 0.3 / 0.6) | \
         rank correlation with what came later (θ = 0.3 / 0.6) |"
    );
    println!("|---|---|---|---|");
    let [weak, strong] = found;
    for ((ranking, one), (_, other)) in weak.standings.iter().zip(&strong.standings) {
        let skilled = [one, other].map(|standing| {
            standing.skilled.map_or_else(|| "–".to_owned(), |x| format!("{:.1}", 100.0 * x.value))
        });
        let later = [one, other].map(|standing| {
            standing.later_roi.map_or_else(|| "–".to_owned(), |roi| format!("{:+.1}", 100.0 * roi))
        });
        let ranks = [one, other].map(|standing| {
            standing.correlation.map_or_else(|| "–".to_owned(), |rho| format!("{rho:+.3}"))
        });
        let cells = [skilled, later, ranks].map(|pair| pair.join(" / "));
        println!("| {} | {} |", ranking.name(), cells.join(" | "));
    }
    println!();
    for (theta, rankings) in [0.3, 0.6].iter().zip(found) {
        let (exact, signs) = (rankings.by_price_null, rankings.by_signs);
        println!(
            "θ = {theta}: {} skilled, τ² = {:.5}. Benjamini–Hochberg at 10 %: exact test {} found, {} wrong; \
             signs randomised {} found, {} wrong.",
            rankings.skilled, rankings.variance, exact.found, exact.wrong, signs.found, signs.wrong
        );
    }
}

fn print_power(tables: &[SizeTable; 2]) {
    println!(
        "| rule | skilled flagged, % (θ = 0.3 / 0.6) | skilled of the flagged, % (θ = 0.3 / 0.6) |"
    );
    println!("|---|---|---|");
    let [weak, strong] = tables;
    for ((rule, row), (_, other)) in weak.rows.iter().zip(&strong.rows) {
        let power = [row, other].map(|row| percent(&row.skilled)).join(" / ");
        let precision = [row, other].map(|row| {
            row.precision().map_or_else(|| "–".to_owned(), |x| format!("{:.1}", 100.0 * x.value))
        });
        println!("| {} | {power} | {} |", rule.name(), precision.join(" / "));
    }
}
