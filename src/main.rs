//! The command line.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use insamlingsregister::actions::import::{self, ImportError, Mode, Summary};
use insamlingsregister::actions::overlap_scores::Trial;
use insamlingsregister::actions::overlap_scores::distractors::with_distractors;
use insamlingsregister::actions::overlap_scores::own::Own;
use insamlingsregister::actions::overlaps::{self, DEFAULT_MATCHES};
use insamlingsregister::actions::people::{self, Invitation};
use insamlingsregister::actions::{Origin, copies, demo as demonstration, export, reading};
use insamlingsregister::clock;
use insamlingsregister::config::{Config, KEYS};
use insamlingsregister::domain::access::Role;
use insamlingsregister::domain::overlap::weights::MODEL;
use insamlingsregister::error::Error;
use insamlingsregister::intake::planned::{self, Line};
use insamlingsregister::intake::{MOST_BYTES, Source};
use insamlingsregister::mail::Mailer;
use insamlingsregister::publish::similar::line;
use insamlingsregister::search::Sync;
use insamlingsregister::server::{self, Start};
use insamlingsregister::state::Register;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Insamlingsregistret: vilka uppgifter myndigheter samlar in från kommuner och regioner.
#[derive(Parser)]
#[command(version, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    started: Started,
}

#[derive(Subcommand)]
enum Started {
    #[command(flatten)]
    Register(Command),
    /// Läser texten ur en fil på standard in; registret startar det själv för varje bilaga
    #[command(name = reading::COMMAND, hide = true)]
    ReadText {
        /// Filens slag
        media: String,
    },
}

#[derive(Subcommand)]
enum Command {
    /// Startar ett register med demonstrationsdata i en egen datamapp
    Demo {
        /// Börjar om från början
        #[arg(long)]
        fresh: bool,
    },
    /// Startar registret
    Serve,
    /// Uppdaterar databasens tabeller
    Migrate,
    /// Bjuder in en person och skriver ut en adress att logga in med
    Invite {
        /// E-postadressen
        email: String,
        /// Organisationens kod: organisationsnummer, kommunkod, R- och länskod för en region, SKR eller NNR
        #[arg(long)]
        organisation: String,
        /// Rollen: admin, agency, skr, municipality eller analyst
        #[arg(long)]
        role: String,
        /// Ansvarar för organisationens personer
        #[arg(long)]
        manager: bool,
    },
    /// Läser in en fil
    Import {
        #[command(subcommand)]
        what: ImportWhat,
    },
    /// Bygger om sökindexet
    Reindex,
    /// Säkerhetskopierar registret till en fil, även medan det används
    Backup {
        /// Filen, som inte får finnas
        file: PathBuf,
    },
    /// Återställer registret från en säkerhetskopia
    Restore {
        /// Säkerhetskopian
        file: PathBuf,
    },
    /// Skriver allt som är öppet i registret till filer (csv och jsonl)
    Export {
        /// Mappen, som ska vara ny eller tom
        folder: PathBuf,
    },
    /// Hittar registrerade insamlingar som liknar planerade (jsonl in, jsonl ut)
    Similar {
        /// De planerade insamlingarna
        file: PathBuf,
        /// Hur många svar som ges för varje planerad insamling
        #[arg(long, default_value_t = DEFAULT_MATCHES)]
        top: usize,
        /// Jämför med den här filen i stället för med registret
        #[arg(long)]
        against: Option<PathBuf>,
    },
    /// Kontrollerar inställningarna
    CheckConfig,
    /// Mäter hur bra liknande insamlingar hittas, med insamlingar som människor har bedömt: i två filer (jsonl) eller i registret
    OverlapScores {
        /// De registrerade insamlingarna
        #[arg(required_unless_present = "own", requires = "queries")]
        base: Option<PathBuf>,
        /// De planerade, med vad de liknar
        queries: Option<PathBuf>,
        /// Mäter på registrets egna bedömningar på /liknande i stället för på filer; det behövs minst 200 som gäller
        #[arg(long, conflicts_with_all = ["base", "queries"])]
        own: bool,
        /// Gör registret större med så många insamlingar, hopsatta av dem som ingen planerad liknar
        #[arg(long, value_name = "ANTAL", default_value_t = 0, conflicts_with = "own", value_parser = clap::value_parser!(u32).range(..=100_000))]
        distractors: u32,
        /// Räknar också fram nya vikter, att skriva in i src/domain/overlap/weights.rs
        #[arg(long)]
        fit: bool,
    },
}

#[derive(Subcommand)]
enum ImportWhat {
    /// Läser in insamlingar ur xlsx, ods, csv eller jsonl
    Collections {
        /// Filen
        file: PathBuf,
        /// Organisationsnummer för den myndighet som registrerar, till exempel 202100-0837
        #[arg(long)]
        agency: String,
        /// Prövar filen utan att något sparas
        #[arg(long)]
        dry_run: bool,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = match cli.started {
        Started::Register(command) => command,
        // it knows nothing of the register: no configuration, no log
        Started::ReadText { media } => std::process::exit(reading::child::run(&media)),
    };
    let outcome = Config::from_environment().map_err(|error| error.to_string()).and_then(|config| {
        start_log(&config)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
        runtime.block_on(run(command, config))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Logs go to standard error: as JSON lines, or readable on a terminal.
fn start_log(config: &Config) -> Result<(), String> {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log)
        .map_err(|_| format!("INSAMLING_LOG: ”{}” kan inte tolkas. Skriv till exempel info.", config.log))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::io::stderr().is_terminal() {
        log.compact().init()
    } else {
        log.json().init()
    }
    Ok(())
}

async fn run(command: Command, config: Config) -> Result<(), String> {
    let outcome = match command {
        Command::Demo { fresh } => demo(config.for_demonstration(), fresh).await,
        Command::Serve => server::serve(config, Start::Real).await,
        Command::Migrate => server::open_database(&config).await.map(|_| println!("Databasens tabeller är uppdaterade.")),
        Command::Invite { email, organisation, role, manager } => invite(&config, email, organisation, &role, manager).await,
        Command::Import { what: ImportWhat::Collections { file, agency, dry_run } } => {
            let mode = if dry_run { Mode::DryRun } else { Mode::Write };
            return import_collections(&config, &file, &agency, mode).await;
        }
        Command::Reindex => reindex(&config).await,
        Command::Backup { file } => copies::back_up(&config, &file).await.map(|()| println!("Säkerhetskopian finns i {}.", file.display())),
        Command::Restore { file } => restore(&config, &file).await,
        Command::Export { folder } => export_all(&config, &folder).await,
        Command::Similar { file, top, against } => similar(&config, &file, top, against.as_deref()).await,
        Command::CheckConfig => check_config(&config),
        Command::OverlapScores { base: Some(base), queries: Some(queries), distractors, fit, .. } => {
            overlap_scores(&base, &queries, distractors, fit)
        }
        Command::OverlapScores { fit, .. } => own_overlap_scores(&config, fit).await,
    };
    outcome.map_err(|error| in_words(&error))
}

async fn demo(config: Config, fresh: bool) -> Result<(), Error> {
    eprintln!("Demonstrationen öppnas på {} (avsluta med Ctrl+C).", config.base_url);
    let start = if fresh { Start::FreshDemonstration } else { Start::Demonstration };
    server::serve(config, start).await
}

async fn invite(config: &Config, email: String, organisation: String, role: &str, manager: bool) -> Result<(), Error> {
    let codes = || Role::ALL.iter().map(|role| role.code()).collect::<Vec<_>>().join(", ");
    let role = Role::from_code(role).ok_or_else(|| Error::Invalid(format!("Rollen {role} finns inte. Ange någon av {}.", codes())))?;
    let invitation = Invitation { email, name: None, organisation, role, manager };
    let db = server::open_database(config).await?;
    server::fill(&db, Register::Real).await?;
    let token = people::invite(&db, &invitation, clock::now()).await?;
    db.close().await;
    println!("{}/logga-in/{token}", config.base_url);
    Ok(())
}

async fn import_collections(config: &Config, path: &Path, agency: &str, mode: Mode) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("Filen {} kan inte läsas: {error}.", path.display());
    let size = usize::try_from(tokio::fs::metadata(path).await.map_err(unreadable)?.len()).unwrap_or(usize::MAX);
    if size > MOST_BYTES {
        return Err(format!("Filen är {} MB. Högst {} MB tas emot.", size.div_ceil(1 << 20), MOST_BYTES >> 20));
    }
    let bytes = tokio::fs::read(path).await.map_err(unreadable)?;
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let db = server::open_database(config).await.map_err(|error| in_words(&error))?;
    server::fill(&db, Register::Real).await.map_err(|error| in_words(&error))?;
    let demonstration = demonstration::is_demonstration(&db).await.map_err(|error| in_words(&error))?;
    let origin = Origin { base_url: config.base_url.clone(), demonstration };
    let bar = progress_bar();
    let progress = |done: usize, all: usize| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    };
    let outcome = import::run(&db, &origin, agency, Source { name: &name, bytes: &bytes }, mode, clock::now(), progress).await;
    bar.finish_and_clear();
    db.close().await;
    match outcome {
        Ok(summary) => {
            println!("{}", summary_in_words(summary, mode));
            Ok(())
        }
        Err(ImportError::Rows(errors)) => {
            for error in &errors {
                println!("{}\t{}\t{}", error.row, error.column, error.message);
            }
            Err("Inget lästes in. Rätta felen ovan och läs in filen igen.".to_owned())
        }
        Err(ImportError::Failed(Error::Conflict)) => Err("Någon annan läste in samma insamling samtidigt. Läs in filen igen.".to_owned()),
        Err(ImportError::Failed(error)) => Err(in_words(&error)),
    }
}

/// Drawn on a terminal only.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("Läser in {bar:40} {pos} av {len}") {
        bar.set_style(style);
    }
    bar
}

fn summary_in_words(summary: Summary, mode: Mode) -> String {
    let Summary { registered, changed, revised, unchanged } = summary;
    let prefix = if mode == Mode::DryRun { "Provkörning, inget sparades. " } else { "" };
    let counted = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let counts = [
        counted(registered, "ny", "nya"),
        counted(changed, "ändrad", "ändrade"),
        counted(revised, "med planerad ändring", "med planerade ändringar"),
    ];
    format!("{prefix}{}, {}.", counts.join(", "), counted(unchanged, "oförändrad", "oförändrade"))
}

async fn restore(config: &Config, file: &Path) -> Result<(), Error> {
    copies::restore(config, file, clock::now()).await?;
    println!("Registret är återställt från {}. Sökindexet byggs om när registret startas.", file.display());
    println!("Alla är utloggade. Meddelanden som väntade när kopian gjordes finns på sidan Administration.");
    Ok(())
}

async fn export_all(config: &Config, folder: &Path) -> Result<(), Error> {
    copies::check_there(config)?;
    let db = server::open_database(config).await?;
    let written = export::export(&db, folder, &config.base_url, clock::swedish_day(clock::now())).await;
    db.close().await;
    let written = written?;
    let (noun, whose) = if written == 1 { ("insamling", "den") } else { ("insamlingar", "dem") };
    println!("{written} {noun} och det som hör till {whose} finns i {}.", folder.display());
    Ok(())
}

async fn reindex(config: &Config) -> Result<(), Error> {
    let db = server::open_database(config).await?;
    let index = server::open_index(config).await?;
    let mut sync = Sync::new(db, index)?;
    let collections = sync.rebuild().await?;
    sync.finish()?;
    println!("Indexet är ombyggt: {collections} insamlingar.");
    Ok(())
}

fn read_planned(path: &Path) -> Result<Vec<Line>, Error> {
    let unreadable = |error: std::io::Error| Error::Invalid(format!("Filen {} kan inte läsas: {error}.", path.display()));
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > planned::MOST_BYTES {
        return Err(Error::Invalid(format!("Filen är {} MB. Högst {} MB tas emot.", size.div_ceil(1 << 20), planned::MOST_BYTES >> 20)));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    planned::read(&bytes).map_err(|message| Error::Invalid(format!("{}: {message}", path.display())))
}

async fn similar(config: &Config, file: &Path, top: usize, against: Option<&Path>) -> Result<(), Error> {
    let planned = read_planned(file)?;
    let answers = match against {
        Some(base) => overlaps::in_file(&read_planned(base)?, &planned, top),
        None => {
            copies::check_there(config)?;
            let db = server::open_database(config).await?;
            let answers = overlaps::of_file(&db, &planned, top, &config.base_url).await;
            db.close().await;
            answers?
        }
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for answer in &answers {
        out.write_all(line(answer).map_err(Error::internal)?.as_bytes())?;
    }
    Ok(out.flush()?)
}

fn overlap_scores(base: &Path, queries: &Path, distractors: u32, fit: bool) -> Result<(), Error> {
    let (base, queries) = (read_planned(base)?, read_planned(queries)?);
    let base = with_distractors(&base, &queries, distractors as usize);
    print_scores(&Trial::new(&base, &queries, if fit { usize::MAX } else { DEFAULT_MATCHES }), fit);
    Ok(())
}

async fn own_overlap_scores(config: &Config, fit: bool) -> Result<(), Error> {
    copies::check_there(config)?;
    let db = server::open_database(config).await?;
    let own = Own::read(&db).await;
    db.close().await;
    print_scores(&Trial::own(&own?), fit);
    Ok(())
}

fn print_scores(trial: &Trial<'_>, fit: bool) {
    let model = if fit { trial.fitted() } else { MODEL };
    println!("Vikterna\t{}", trial.scores(&model));
    if fit {
        println!("Tio delar\t{}", trial.cross_validated(&model));
        println!("Utan målen\t{}", trial.without_targets(&model));
        println!("{model:#?}");
    }
}

fn check_config(config: &Config) -> Result<(), Error> {
    Mailer::new(config)?;
    let shown = |secret: bool| if secret { "(dold)" } else { "(inget värde)" };
    let mail_from = config.mail_from.as_deref().unwrap_or("(inget värde)");
    let values = [
        ("INSAMLING_DATABASE_URL", shown(config.database_url.is_some()).to_owned()),
        ("INSAMLING_DATA_DIR", config.data_dir.display().to_string()),
        ("INSAMLING_LISTEN", config.listen.to_string()),
        ("INSAMLING_BASE_URL", config.base_url.clone()),
        ("INSAMLING_SMTP_URL", shown(config.smtp_url.is_some()).to_owned()),
        ("INSAMLING_MAIL_FROM", mail_from.to_owned()),
        ("INSAMLING_LOG", config.log.clone()),
    ];
    for (key, value) in values {
        let meaning = KEYS.iter().find(|(known, _)| *known == key).map_or("", |(_, meaning)| *meaning);
        println!("{key}={value}\t# {meaning}");
    }
    println!("Inställningarna är giltiga.");
    Ok(())
}

/// One line that says what to do.
fn in_words(error: &Error) -> String {
    match error {
        Error::Invalid(message) => message.clone(),
        Error::Conflict => "Någon annan ändrade samma sak samtidigt. Försök igen.".to_owned(),
        other => format!("Det gick inte: {other}. Kontrollera inställningarna med check-config och loggen ovan."),
    }
}
