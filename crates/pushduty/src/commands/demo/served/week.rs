//! A week in the browser: the server of its sandbox, and the story beside it.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use conductor::ports::Accounts;
use jiff::civil::time;
use train::refusal::{Code, Refusal};
use url::Url;
use web::{Front, House, Opening, Part, Trains};

use super::Told;
use crate::built::BUILT;
use crate::commands::demo::cast::{IRIS, MARA, OTTO, QUINN};
use crate::commands::demo::{Args, play, week};
use crate::depot::Depot;
use crate::environment::Environment;
use crate::options::Global;
use crate::server_log::{LogForm, ServerLog};
use crate::session::{Ending, Session};
use crate::stage::{Crew, Director, Ends, Player, Sandbox, outcome};

/// How often the server looks at the remotes and the machines by itself.
const ROUNDS: Duration = Duration::from_secs(3);
/// How long what is under way is waited for at the end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A week with its server.
pub(super) struct Week {
    director: Arc<Director>,
    house: House,
}

impl Week {
    /// Puts the server of a sandbox together.
    pub(super) async fn of(
        args: &Args,
        session: &Session,
        sandbox: &Sandbox,
        base: &Url,
    ) -> Result<Self, Ending> {
        let director = Arc::new(director(!args.paused, !sandbox.stays())?);
        let inside = inside(session, sandbox, &director);
        let (data, names) = (inside.all_data()?, inside.trains().await?);
        let (screen, clock) = (session.screen.clone(), inside.clock());
        let log = Arc::new(ServerLog { screen, clock, form: LogForm::Short });
        let (accounts, steps, depot) = tokio::join!(
            ledger::open_accounts(&data),
            ledger::open_wishes(&data),
            Depot::open(&inside, names, Arc::clone(&log))
        );
        let house = House::new(Opening {
            trains: depot? as Arc<dyn Trains>,
            accounts: Arc::new(accounts?) as Arc<dyn Accounts>,
            log,
            steps: Arc::new(steps?),
            clock: inside.clock(),
            base: base.clone(),
            public: true,
            behind_proxy: false,
            built: BUILT,
        });
        let house = house.playing(Arc::clone(&director) as Arc<dyn web::Show>);
        Ok(Self { director, house })
    }

    /// Plays it until it is told to end, or to begin anew.
    pub(super) async fn played(
        &self,
        session: &Session,
        front: &Front,
        (sandbox, crew): (&Sandbox, &Crew),
        told: &mut Told,
    ) -> Result<Ends, Ending> {
        let (director, house) = (&self.director, &self.house);
        let dark = session.screen.dark();
        let mut player = Player::new(sandbox, &dark, play()).before_visitors(Arc::clone(director));
        front.opens(house.clone());
        let ends = {
            let story = async {
                match week(&mut player, crew).await {
                    Err(ending) if ending.refusal.code == Code::Interrupted => return,
                    Err(ending) => director.astray(&ending.refusal.message),
                    Ok(()) => {}
                }
                director.over();
            };
            let end = async {
                let ends = director.ended().await;
                front.closes();
                house.close(PATIENCE).await;
                ends
            };
            let (rounds, watch) = (web::work(house, ROUNDS), house.watch());
            let mut all = pin!(async { tokio::join!(end, story, rounds, watch).0 });
            let ends = tokio::select! {
                ends = &mut all => Some(ends),
                () = told.comes() => None,
            };
            match ends {
                Some(ends) => ends,
                None => {
                    director.ends(Ends::Demo);
                    tokio::select! {
                        ends = &mut all => ends,
                        () = told.comes() => Ends::Demo,
                        () = tokio::time::sleep(PATIENCE) => Ends::Demo,
                    }
                }
            }
        };
        if sandbox.stays() {
            session.screen.show(&outcome::go_on(&player, MARA)?);
        }
        Ok(ends)
    }
}

/// The director, on Monday morning.
fn director(plays: bool, again: bool) -> Result<Director, Ending> {
    let play = play();
    let nine = play.day.to_datetime(time(9, 0, 0, 0)).to_zoned_datetime(play.zone);
    let wrong = |what: String| Refusal::new(Code::Configuration, what, "");
    let begin = nine.map_err(|error| wrong(format!("the demo has no Monday: {error}")))?;
    let cast = [
        (MARA, "hero", false),
        (QUINN, "QA", false),
        (OTTO, "ops", false),
        (IRIS, "security", true),
    ];
    let part = |(name, does, security): (&str, _, _)| {
        let name = name.parse().map_err(|_| wrong(format!("{name} is no name")))?;
        Ok(Part { name, does, security })
    };
    let cast: Result<Vec<Part>, Refusal> = cast.into_iter().map(part).collect();
    Ok(Director::new(begin, cast?, plays, again))
}

/// A session in the sandbox, by the director's clock: nothing of the machine's own trains is in it.
fn inside(session: &Session, sandbox: &Sandbox, director: &Director) -> Session {
    let global = Global {
        config: Some(sandbox.dir().join("pushduty.toml")),
        data: Some(sandbox.data()),
        database: None,
        server: None,
        train: None,
        actor: None,
        ..session.global.clone()
    };
    let environment = Environment {
        config: None,
        data: None,
        server: None,
        token: None,
        train: None,
        actor: None,
        now: None,
        ..session.environment.clone()
    };
    let screen = session.screen.dark();
    Session::by(director.clock(), global, environment, screen, session.shape.clone())
}
