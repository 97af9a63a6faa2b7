//! Who vouches for whom, as the configuration has it: issuers put together, and how each person is known to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use adapters::{Client, Github, OpenId};
use conductor::failure::{Failure, Result};
use conductor::ports::{Clock, Issuer};
use train::id::{PersonName, quoted};
use train::refusal::Code;

use crate::config::Loaded;
use crate::config::sign_in::{CheckedSignIn, Kind, Known, of_accounts};
use crate::environment;

/// Who vouches for whom.
#[derive(Default)]
pub struct Door {
    /// By their names, in the order of the file.
    pub issuers: Vec<(String, Arc<dyn Issuer>)>,
    /// How each person is known to them.
    pub people: BTreeMap<PersonName, Known>,
}

impl Door {
    /// As a configuration has it.
    ///
    /// # Errors
    /// `configuration` where a secret is not where it is said to be.
    pub fn of(loaded: &Loaded, clock: &Arc<dyn Clock>) -> Result<Self> {
        let issuers = loaded.sign_in.iter().map(|one| issuer(one, clock));
        let (contacts, githubs) = (&loaded.later.contacts, of_accounts(&loaded.sign_in));
        let known = loaded.settings.people.values().map(|person| {
            let contact = contacts.get(&person.name).cloned().unwrap_or_default();
            let at_each = |account: String| {
                let of = |name: &&str| ((*name).to_owned(), account.clone());
                githubs.iter().map(of).collect::<BTreeMap<_, _>>()
            };
            let accounts = contact.github.map(at_each).unwrap_or_default();
            let (email, subjects) = (person.email.clone(), contact.subjects);
            (person.name.clone(), Known { email, accounts, subjects })
        });
        Ok(Self { issuers: issuers.collect::<Result<_>>()?, people: known.collect() })
    }
}

fn issuer(one: &CheckedSignIn, clock: &Arc<dyn Clock>) -> Result<(String, Arc<dyn Issuer>)> {
    let fetch = |secret: &crate::config::Secret| secret.fetch(&one.folder, environment::secret);
    let secret = one.client_secret.as_ref().map(fetch).transpose()?;
    let client = Client {
        name: one.name.clone(),
        label: one.label.clone(),
        id: one.client_id.clone(),
        secret: secret.map(|hidden| hidden.expose().to_owned()),
    };
    let issuer: Arc<dyn Issuer> = match one.kind {
        Kind::Oidc => Arc::new(OpenId::new(client, one.issuer.clone(), Arc::clone(clock))),
        Kind::Github => Arc::new(Github::new(client, &one.issuer).ok_or_else(|| {
            let what = format!("{} is no address of a GitHub", quoted(one.issuer.as_str()));
            Failure::new(Code::Configuration, what, "write it as https://github.example.org")
        })?),
    };
    Ok((one.name.clone(), issuer))
}
