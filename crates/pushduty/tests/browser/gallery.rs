//! A week in its middle, always the same: what pages are looked at in, and what their pictures show.

use testkit::{Answer, PushDuty, Ran, Remote, Services};

use crate::server::Server;

/// When it is: the Wednesday after the cut, in the afternoon.
const WEDNESDAY: &str = "2026-11-25T15:10:00+01:00";

const PEOPLE: &[(&str, &str)] = &[
    ("mat", "hero\", \"admin"),
    ("theo", "hero"),
    ("krupa", "qa"),
    ("jason", "ops"),
    ("kumar", "developer"),
];

/// Two trains; the first has a push behind it, and one that is cut: picked once, half on stage, and held by three gates.
pub struct Gallery {
    pub world: PushDuty,
    pub server: Server,
    /// A commit of the frontend that does not apply onto its tag.
    pub clash: String,
    _services: Services,
    _remotes: [Remote; 3],
}

impl Gallery {
    pub fn new() -> Self {
        let remotes = ["server", "frontend", "blog"].map(Remote::new);
        for remote in &remotes[..2] {
            remote.annotated_tag("2026.11.12", "main", "amo 2026.11.12");
        }
        let services = Services::new();
        let world = PushDuty::without_configuration(env!("CARGO_BIN_EXE_pushduty"));
        std::fs::write(world.config_path(), configuration(&remotes, &services))
            .expect("the home is writable");
        let scenes = Scenes { world: &world, services: &services, remotes: &remotes };
        scenes.last_push();
        let clash = scenes.this_push();
        // Nothing is looked at while pictures are taken.
        let server = Server::start(&world, "mat", "--public --every 0");
        Self { world, server, clash, _services: services, _remotes: remotes }
    }
}

fn configuration(remotes: &[Remote; 3], services: &Services) -> String {
    let mut text = String::new();
    for (name, roles) in PEOPLE {
        text += &format!("[people.{name}]\nroles = [\"{roles}\"]\n");
    }
    text += "[trains.amo]\ntime_zone = \"Europe/Paris\"\ncut = \"Tuesday 09:00\"\npush = \"Thursday 09:00\"\n\
             skip = [2026-12-24]\n[trains.amo.rotation]\norder = [\"theo\", \"mat\"]\n\
             [trains.amo.gates]\nqa = { need = 1 }\nops = { need = 1 }\n";
    // One channel hears all. Of the other nothing arrives, and why is read from where it is in every run.
    text += "[trains.amo.channels.team]\nfile = \"told.jsonl\"\n[trains.amo.channels.wall]\nfile = \"/nowhere/wall.jsonl\"\ntells = [\"picked\"]\n";
    for remote in &remotes[..2] {
        text += &format!("[trains.amo.repos.{}]\nupstream = \"{}\"\n", remote.name(), remote.url());
    }
    for environment in ["stage", "production"] {
        text += &format!("[trains.amo.environments.{environment}]\nservices = [");
        for remote in &remotes[..2] {
            let name = remote.name();
            let url = services.url(&format!("{environment}-{name}"));
            text += &format!(
                "{{ name = \"{name}\", repo = \"{name}\", version = \"{url}\", samples = 5 }}, "
            );
        }
        text += "]\n";
    }
    let blog = remotes[2].url();
    text + &format!(
        "[trains.blog]\ntime_zone = \"UTC\"\ncut = \"Monday 10:00\"\npush = \"Monday 15:00\"\n[trains.blog.repos.blog]\nupstream = \"{blog}\"\n"
    )
}

/// What happens before anybody looks.
struct Scenes<'a> {
    world: &'a PushDuty,
    services: &'a Services,
    remotes: &'a [Remote; 3],
}

impl Scenes<'_> {
    #[track_caller]
    fn types(&self, who: &str, line: &str) -> Ran {
        self.world.as_person(who).types(&format!("{line} --train amo")).ok()
    }

    /// One repository after the other: of two at once either may be first in the record.
    fn cut(&self, who: &str) {
        for repo in &self.remotes[..2] {
            self.types(who, &format!("tag --repo {} --yes", repo.name()));
        }
    }

    /// A repository's service shows this tag, on so many of five machines; the others show the other.
    fn shows(&self, environment: &str, repo: &Remote, tags: &[(&str, usize)]) {
        let answer = |tag: &str| Answer::Version(tag.to_owned(), repo.commit_of(tag));
        let answers = tags.iter().flat_map(|(tag, n)| vec![answer(tag); *n]);
        let name = format!("{environment}-{}", repo.name());
        self.services.answers(&name, &answers.collect::<Vec<_>>());
    }

    /// The push of the week before, from its cut to its end.
    fn last_push(&self) {
        let [server, frontend, _] = self.remotes;
        server.commit_as(
            "Ana Silva <ana@example.org>",
            "main",
            &[("ratings.py", "stars\n")],
            "Round ratings to halves",
        );
        frontend.commit_as(
            "Kumar Rao <kumar@example.org>",
            "main",
            &[("Card.tsx", "card\n")],
            "Lay out the cards anew",
        );
        self.world.at("2026-11-17T09:05:00+01:00");
        self.cut("theo");
        for repo in [server, frontend] {
            self.shows("stage", repo, &[("2026.11.19", 5)]);
            self.shows("production", repo, &[("2026.11.19", 5)]);
        }
        self.world.at("2026-11-19T09:00:00+01:00");
        let digest = |line: &str| {
            let plan = self.world.as_person(if line == "start" { "jason" } else { "krupa" });
            let plan = plan.reads(&format!("{line} --dry-run --train amo"));
            plan["digest"].as_str().expect("a plan has a digest").to_owned()
        };
        self.types("krupa", &format!("approve --yes --if {}", digest("approve")));
        self.types("jason", "claim --yes");
        self.types("jason", &format!("start --yes --if {}", digest("start")));
        self.world.at("2026-11-19T09:40:00+01:00");
        self.types("jason", "watch production --once");
        self.types("theo", "finish --yes");
    }

    /// What lands before the cut.
    fn what_ships(&self) {
        let [server, frontend, _] = self.remotes;
        server.commit_as(
            "Ana Silva <ana@example.org>",
            "main",
            &[("search.py", "search\n")],
            "Rank exact names first",
        );
        server.commit_as(
            "Kumar Rao <kumar@example.org>",
            "main",
            &[("export.py", "export\n")],
            "Keep the order of a collection in exports",
        );
        frontend.commit_as(
            "Lena Fox <lena@example.org>",
            "main",
            &[("List.tsx", "list\n")],
            "Show a list where there is no grid",
        );
    }

    /// Two changes of a line that ships: the second is none without the first.
    fn clash(&self) -> String {
        let [_, frontend, _] = self.remotes;
        let changes = [("stars\n", "Show stars in the list"), ("half stars\n", "Show half stars")];
        let landed = changes.map(|(text, subject)| {
            let author = "Lena Fox <lena@example.org>";
            frontend.commit_as(author, "main", &[("List.tsx", text)], subject)
        });
        let [_, second] = landed;
        second
    }

    /// The push of this week, to its Wednesday. Gives a commit that does not apply onto its tags.
    fn this_push(&self) -> String {
        let [server, frontend, _] = self.remotes;
        self.what_ships();
        self.world.at("2026-11-24T09:05:00+01:00");
        self.cut("mat");
        let notable = "* Search ranks exact names first: support was told";
        let page = self.world.as_person("mat").reads("notes show --train amo");
        let text = page["text"].as_str().expect("a page has its text");
        let text = text.replacen(
            "Notable things shipping:\n",
            &format!("Notable things shipping:\n{notable}\n"),
            1,
        );
        let file = self.world.dir().join("notes.md");
        std::fs::write(&file, text).expect("the home is writable");
        self.types("mat", "notes set notes.md --yes");
        self.types("krupa", "block \"the login form forgets the address\" --owner kumar --yes");
        let fix = frontend.commit_as(
            "Kumar Rao <kumar@example.org>",
            "main",
            &[("Login.tsx", "login\n")],
            "Keep the address in the login form",
        );
        self.world.at("2026-11-25T11:20:00+01:00");
        self.types(
            "kumar",
            &format!("ask frontend:{fix} \"the login form forgets the address\" --this --yes"),
        );
        self.types("mat", "pick --asked --yes");
        self.types("krupa", "task add \"warm the cache of the search\" --when before-push --owner jason --this --yes");
        self.types("kumar", "task add \"tell support that exports keep their order\" --when after-done --this --yes");
        let wanted = server.commit_as(
            "Ana Silva <ana@example.org>",
            "main",
            &[("page.py", "page\n")],
            "Send Retry-After with every 429",
        );
        self.types("kumar", &format!("ask server:{wanted} \"partners ask for it\" --this --yes"));
        let clash = self.clash();
        self.shows("stage", server, &[("2026.11.26", 5)]);
        self.shows("stage", frontend, &[("2026.11.26-1", 3), ("2026.11.26", 2)]);
        self.world.at(WEDNESDAY);
        let plan =
            self.world.as_person("krupa").reads("approve --repo server --dry-run --train amo");
        let digest = plan["digest"].as_str().expect("a plan has a digest");
        self.types("krupa", &format!("approve --repo server --yes --if {digest}"));
        for environment in ["stage", "production"] {
            // That stage is mixed is what they should find.
            self.world.as_person("jason").types(&format!("watch {environment} --once --train amo"));
        }
        clash
    }
}
