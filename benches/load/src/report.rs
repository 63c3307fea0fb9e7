//! Tables and plots of what was measured.

use std::fmt::Write as _;
use std::path::Path;

use plotters::prelude::*;

use crate::Failure;
use crate::suite::{Named, OnDatabase, Results, Storm};

/// Between these lines of the page is what comes from measurements.
const BEGIN: &str = "<!-- figures: begin -->\n";
const END: &str = "<!-- figures: end -->\n";

/// Puts tables into the page, and plots beside it.
pub(crate) fn render(results: &Path, page: &Path) -> Result<(), Failure> {
    let results: Results = serde_json::from_str(&std::fs::read_to_string(results)?)?;
    let text = std::fs::read_to_string(page)?;
    let (before, rest) = text
        .split_once(BEGIN)
        .ok_or("the page has no place for figures")?;
    let (_, after) = rest
        .split_once(END)
        .ok_or("the place for figures has no end")?;
    let figures = tables(&results)?;
    std::fs::write(page, format!("{before}{BEGIN}\n{figures}\n{END}{after}"))?;
    let folder = page.with_extension("");
    std::fs::create_dir_all(&folder)?;
    ramp(&results, &folder.join("ramp.svg"))?;
    storms(&results, &folder.join("storms.svg"))
}

/// What was to be reached, and what was.
struct Target {
    what: String,
    wanted: String,
    found: String,
    is_reached: bool,
}

impl Target {
    fn at_least(what: impl Into<String>, wanted: f64, found: f64) -> Self {
        Self {
            what: what.into(),
            wanted: format!("≥ {:.0} %", wanted * 100.0),
            found: format!("{:.1} %", found * 100.0),
            is_reached: found >= wanted,
        }
    }

    fn at_most(what: impl Into<String>, wanted: f64, unit: &str, found: f64) -> Self {
        let digits = if wanted < 10.0 { 2 } else { 1 };
        Self {
            what: what.into(),
            wanted: format!("≤ {wanted} {unit}"),
            found: format!("{found:.digits$} {unit}"),
            is_reached: found <= wanted,
        }
    }
}

fn targets(results: &Results) -> Vec<Target> {
    let size = results.binary_mib * 1.048_576;
    let mut targets = vec![Target::at_most("Size of the binary", 20.0, "MB", size)];
    for database in &results.databases {
        of_logins(&mut targets, database);
        of_rates(&mut targets, database);
        of_storms(&mut targets, database);
        of_the_rest(&mut targets, database, results.machine.cores);
    }
    targets
}

fn of_logins(targets: &mut Vec<Target>, database: &OnDatabase) {
    let on = |what: &str| format!("{what}, {}", database.name);
    for named in &database.logins {
        if let Some(floor) = named.floor {
            let what = format!("`{}` by {} clients, of bare Argon2", named.name, named.load);
            let found = named.figures.per_second / floor;
            targets.push(Target::at_least(on(&what), 0.95, found));
        }
    }
    let refusal = database.refusal_cpu_us / 1000.0;
    targets.push(Target::at_most(
        on("A refused login, CPU"),
        1.0,
        "ms",
        refusal,
    ));
}

fn of_rates(targets: &mut Vec<Target>, database: &OnDatabase) {
    let on = |what: &str| format!("{what}, {}", database.name);
    let checked = rate(&database.floors, "with token check", None);
    let selected = rate(&database.floors, "with token check and SELECT", None);
    let operation = |name: &str| rate(&database.operations, name, None);
    if let (Some(floor), Some(found)) = (selected, operation("GET /users/me")) {
        let what = on("`GET /users/me`, of the bare operation with token check and `SELECT`");
        targets.push(Target::at_least(what, 0.8, found / floor));
    }
    for name in ["GET /health/live", "GET /.well-known/jwks.json"] {
        if let (Some(floor), Some(found)) = (checked, operation(name)) {
            let what = on(&format!("`{name}`, of the bare operation with token check"));
            targets.push(Target::at_least(what, 0.7, found / floor));
        }
    }
    // With PostgreSQL a refresh has the limit of its address counted there too, which the bare transaction has not.
    let refresh = "POST /auth/refresh";
    if database.name != "SQLite" {
        return;
    }
    for named in database
        .operations
        .iter()
        .filter(|named| named.name == refresh)
    {
        let bare = rate(&database.floors, "SELECT and UPDATE", Some(named.load));
        if let Some(bare) = bare {
            let what = format!(
                "`{refresh}` by {} clients, of bare `SELECT` and `UPDATE`",
                named.load
            );
            targets.push(Target::at_least(
                on(&what),
                0.8,
                named.figures.per_second / bare,
            ));
        }
    }
}

fn of_storms(targets: &mut Vec<Target>, database: &OnDatabase) {
    let on = |what: &str| format!("{what}, {}", database.name);
    for storm in &database.storms {
        let (logins, calm) = (&storm.logins, &storm.calm);
        let during = format!("`{}` while {} log in", storm.operation, storm.clients);
        targets.push(Target::at_most(
            on(&format!("{during}, p50")),
            5.0,
            "ms",
            calm.p50_ms,
        ));
        targets.push(Target::at_most(
            on(&format!("{during}, p99")),
            25.0,
            "ms",
            calm.p99_ms,
        ));
        let what = on(&format!("{during}: logins, of bare Argon2"));
        targets.push(Target::at_least(
            what,
            0.9,
            logins.per_second / storm.hashes_per_second,
        ));
    }
}

fn of_the_rest(targets: &mut Vec<Target>, database: &OnDatabase, cores: usize) {
    let on = |what: &str| format!("{what}, {}", database.name);
    let slowest = database.sizes.iter();
    let slowest = slowest.max_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    if let Some(slowest) = slowest {
        let what = on(&format!(
            "The larger database, where it tells most: `{}`",
            slowest.operation
        ));
        targets.push(Target::at_most(what, 1.2, "×", ratio(slowest)));
    }
    let idle = database.idle_mib * 1.048_576;
    targets.push(Target::at_most(
        on("Memory after the start"),
        20.0,
        "MB",
        idle,
    ));
    let peak = everything(database).map(|named| named.figures.peak_mib);
    let peak = peak.fold(0.0, f64::max) * 1.048_576;
    let cores = f64::from(u32::try_from(cores).unwrap_or(1));
    let most = (64.0 + 19.0 * 1.048_576 * cores).round();
    targets.push(Target::at_most(on("Memory at most"), most, "MB", peak));
    targets.push(Target::at_most(
        on("Start to first answer"),
        100.0,
        "ms",
        database.start_ms,
    ));
}

fn ratio(sizes: &crate::suite::Sizes) -> f64 {
    sizes.large_ms / sizes.small_ms
}

fn everything(database: &OnDatabase) -> impl Iterator<Item = &Named> {
    database
        .operations
        .iter()
        .chain(&database.logins)
        .chain(&database.ramp)
}

fn rate(all: &[Named], name: &str, load: Option<usize>) -> Option<f64> {
    all.iter()
        .find(|named| named.name == name && load.is_none_or(|load| named.load == load))
        .map(|named| named.figures.per_second)
}

fn tables(results: &Results) -> Result<String, Failure> {
    let mut text = String::new();
    let machine = &results.machine;
    let hashes = results.hashes_per_second.iter();
    let (least, most) = (
        hashes.clone().copied().fold(f64::MAX, f64::min),
        hashes.copied().fold(0.0, f64::max),
    );
    writeln!(
        text,
        "Measured on {} on {} cores of {} (Linux {}). All cores hash {least:.0} to {most:.0} passwords a second, as \
         measured again before each group; the disk makes {:.0} small writes a second durable.\n",
        results.at, machine.cores, machine.processor, machine.system, results.syncs_per_second,
    )?;
    writeln!(
        text,
        "### Targets\n\n| what | wanted | found | reached |\n|---|---|---|---|"
    )?;
    for target in targets(results) {
        let reached = if target.is_reached { "yes" } else { "**no**" };
        writeln!(
            text,
            "| {} | {} | {} | {reached} |",
            target.what, target.wanted, target.found
        )?;
    }
    for database in &results.databases {
        of_database(&mut text, database)?;
    }
    Ok(text)
}

fn of_database(text: &mut String, database: &OnDatabase) -> Result<(), Failure> {
    let name = &database.name;
    writeln!(text, "\n### On {name}: floors\n")?;
    rates(text, &database.floors)?;
    writeln!(text, "\n### On {name}: operations\n")?;
    rates(text, &database.operations)?;
    writeln!(text, "\n### On {name}: logins and registrations\n")?;
    rates(text, &database.logins)?;
    writeln!(
        text,
        "\n### On {name}: {} requests a second while others log in\n\n| log in | logins/s | of bare Argon2 | meanwhile | p50 ms \
         | p99 ms | p99.9 ms |\n|---|---|---|---|---|---|---|",
        crate::suite::CALM_PER_SECOND
    )?;
    for Storm {
        clients,
        hashes_per_second,
        logins,
        operation,
        calm,
    } in &database.storms
    {
        writeln!(
            text,
            "| {clients} | {:.1} | {:.0} % | `{operation}` | {:.2} | {:.2} | {:.2} |",
            logins.per_second,
            100.0 * logins.per_second / hashes_per_second,
            calm.p50_ms,
            calm.p99_ms,
            calm.p999_ms,
        )?;
    }
    writeln!(
        text,
        "\n### On {name}: more logins than can be, and fewer again\n\n| offered/s | answered/s | p50 ms | p99 ms | refused \
         |\n|---|---|---|---|---|"
    )?;
    for Named { load, figures, .. } in &database.ramp {
        writeln!(
            text,
            "| {load} | {:.1} | {:.0} | {:.0} | {} |",
            figures.per_second,
            figures.p50_ms,
            figures.p99_ms,
            figures.refused(),
        )?;
    }
    if !database.sizes.is_empty() {
        of_sizes(text, database)?;
    }
    if !database.instances.is_empty() {
        writeln!(
            text,
            "\n### On {name}: several instances on the same cores\n"
        )?;
        rates(text, &database.instances)?;
    }
    Ok(())
}

/// What a hundred times as many accounts make of an operation.
fn of_sizes(text: &mut String, database: &OnDatabase) -> Result<(), Failure> {
    writeln!(
        text,
        "\n### On {}: a small and a large database\n\nMedians of one client's waits.\n\n| operation | small ms | large ms | ratio \
         |\n|---|---|---|---|",
        database.name
    )?;
    for sizes in &database.sizes {
        let (small, large) = (sizes.small_ms, sizes.large_ms);
        let ratio = ratio(sizes);
        writeln!(
            text,
            "| `{}` | {small:.2} | {large:.2} | {ratio:.2} |",
            sizes.operation
        )?;
    }
    Ok(())
}

/// What some load came to, beside what the processor spent on it in the floor.
fn rates(text: &mut String, all: &[Named]) -> Result<(), Failure> {
    writeln!(
        text,
        "| operation | load | answers/s | p50 ms | p99 ms | p99.9 ms | CPU µs | CPU of PostgreSQL µs | refused | MiB |\n\
         |---|---|---|---|---|---|---|---|---|---|"
    )?;
    for Named {
        name,
        load,
        figures,
        database_cpu_us,
        ..
    } in all
    {
        let database = database_cpu_us.map_or_else(|| "–".to_owned(), |cpu| format!("{cpu:.0}"));
        let digits = usize::from(figures.per_second < 1000.0);
        writeln!(
            text,
            "| `{name}` | {load} | {:.digits$} | {:.2} | {:.2} | {:.2} | {:.0} | {database} | {} | {:.0} |",
            figures.per_second,
            figures.p50_ms,
            figures.p99_ms,
            figures.p999_ms,
            figures.cpu_us,
            figures.refused(),
            figures.resident_mib,
        )?;
    }
    Ok(())
}

/// Offered and answered logins, step by step.
fn ramp(results: &Results, path: &Path) -> Result<(), Failure> {
    let root = SVGBackend::new(path, (760, 380)).into_drawing_area();
    root.fill(&WHITE)?;
    let areas = root.split_evenly((1, results.databases.len().max(1)));
    for (area, database) in areas.iter().zip(&results.databases) {
        let steps = database.ramp.len();
        let offered: Vec<(f64, f64)> = points(&database.ramp, |named| {
            f64::from(u32::try_from(named.load).unwrap_or(0))
        });
        let answered = points(&database.ramp, |named| named.figures.per_second);
        let most = offered.iter().map(|point| point.1).fold(1.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .caption(
                format!("Logins a second, {}", database.name),
                ("sans-serif", 16),
            )
            .margin(10)
            .x_label_area_size(34)
            .y_label_area_size(44)
            .build_cartesian_2d(
                1.0..f64::from(u32::try_from(steps.max(2))?),
                0.0..most * 1.1,
            )?;
        chart
            .configure_mesh()
            .x_desc("step of the ramp")
            .x_labels(steps)
            .x_label_formatter(&|step| format!("{step:.0}"))
            .draw()?;
        for (name, line, colour) in [
            ("offered", offered, RGBColor(150, 150, 150)),
            ("answered", answered, RGBColor(0, 90, 170)),
        ] {
            chart
                .draw_series(LineSeries::new(line, colour.stroke_width(2)).point_size(3))?
                .label(name)
                .legend(move |(x, y)| {
                    PathElement::new(vec![(x, y), (x + 16, y)], colour.stroke_width(2))
                });
        }
        chart
            .configure_series_labels()
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK)
            .draw()?;
    }
    root.present()?;
    Ok(())
}

fn points(all: &[Named], value: impl Fn(&Named) -> f64) -> Vec<(f64, f64)> {
    let numbered = all.iter().zip(1_u32..);
    numbered
        .map(|(named, step)| (f64::from(step), value(named)))
        .collect()
}

/// What others wait while many log in, by how many of them wait no longer.
fn storms(results: &Results, path: &Path) -> Result<(), Failure> {
    let root = SVGBackend::new(path, (760, 380)).into_drawing_area();
    root.fill(&WHITE)?;
    let areas = root.split_evenly((1, results.databases.len().max(1)));
    for (area, database) in areas.iter().zip(&results.databases) {
        let most = database
            .storms
            .iter()
            .map(|storm| storm.calm.p999_ms)
            .fold(25.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .caption(
                format!("Wait in ms during logins, {}", database.name),
                ("sans-serif", 16),
            )
            .margin(10)
            .x_label_area_size(34)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..3.2_f64, 0.0..most * 1.1)?;
        chart
            .configure_mesh()
            .x_desc("percentile")
            .x_labels(4)
            .x_label_formatter(&|x| match x.round() {
                x if x < 0.5 => "50".to_owned(),
                x if x < 2.5 => "99".to_owned(),
                _ => "99.9".to_owned(),
            })
            .draw()?;
        let colours = [
            RGBColor(0, 90, 170),
            RGBColor(0, 150, 110),
            RGBColor(200, 80, 0),
            RGBColor(150, 0, 120),
        ];
        for (storm, colour) in database.storms.iter().zip(colours) {
            let calm = &storm.calm;
            let line = [(0.0, calm.p50_ms), (2.0, calm.p99_ms), (3.0, calm.p999_ms)];
            chart
                .draw_series(LineSeries::new(line, colour.stroke_width(2)).point_size(3))?
                .label(format!("{}, {} log in", storm.operation, storm.clients))
                .legend(move |(x, y)| {
                    PathElement::new(vec![(x, y), (x + 16, y)], colour.stroke_width(2))
                });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK)
            .draw()?;
    }
    root.present()?;
    Ok(())
}
