//! How often somebody may try to come in: what fails is counted by address and in all. Nobody who is in already is kept out by
//! it, and what is remembered has a bound.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use jiff::Timestamp;

/// How many tries an address has before it has to wait, and how many seconds one more takes to come.
const OF_ONE: Rate = Rate { most: 10, seconds: 30 };
/// The same of all addresses together. Once these are gone, whoever never failed still has their first try.
const OF_ALL: Rate = Rate { most: 300, seconds: 2 };
/// How many addresses are remembered.
const REMEMBERED: usize = 4_096;
/// What a proxy adds the address to that it was asked from.
const FORWARDED_FOR: &str = "x-forwarded-for";

#[derive(Clone, Copy)]
struct Rate {
    most: i64,
    seconds: i64,
}

/// Tries that are gone, each of which comes back in time: when the last of them will have.
#[derive(Clone, Copy)]
struct Gone {
    until: i64,
}

impl Rate {
    /// How many seconds until there is one more; none where there is one.
    fn wait(self, gone: Gone, now: i64) -> Option<i64> {
        let over = (gone.until - now) - (self.most - 1) * self.seconds;
        (over > 0).then_some(over)
    }

    fn taken(self, gone: Gone, now: i64) -> Gone {
        Gone { until: gone.until.max(now) + self.seconds }
    }

    fn given_back(self, gone: Gone) -> Gone {
        Gone { until: gone.until - self.seconds }
    }
}

/// Where somebody comes from: an address, or of IPv6 the network that one subscriber has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct From(IpAddr);

impl From {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0)))
            }
            address @ IpAddr::V4(_) => Self(address),
        }
    }

    /// Whether it is the machine that the server runs on.
    pub fn is_this_machine(self) -> bool {
        self.0.is_loopback()
    }

    /// The peer; behind a proxy whom that one names, last in its header: what stands before it anybody can write.
    pub fn read(extensions: &Extensions, headers: &HeaderMap, behind_proxy: bool) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let last = || headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok();
        let named = |text: &str| {
            let text = text.rsplit(',').next().unwrap_or_default().trim();
            let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
            text.trim_matches(['[', ']']).parse().ok().or_else(with_port)
        };
        let forwarded = if behind_proxy { last().and_then(named) } else { None };
        Self::of(forwarded.or(peer).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED)))
    }
}

impl std::fmt::Display for From {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The tries of everybody.
#[derive(Default)]
pub(crate) struct Attempts {
    all: Mutex<Remembered>,
}

#[derive(Default)]
struct Remembered {
    by: HashMap<From, Gone>,
    all: Option<Gone>,
}

impl Attempts {
    /// Takes one try, before it is known how it ends; or says how many seconds are to be waited for one.
    pub fn begin(&self, from: From, now: Timestamp) -> Result<(), i64> {
        let (mut all, now) = (self.locked(), now.as_second());
        let known = all.by.get(&from).copied().filter(|gone| gone.until > now);
        let (one, together) =
            (known.unwrap_or(Gone { until: now }), all.all.unwrap_or(Gone { until: now }));
        let waits = [OF_ONE.wait(one, now), known.and_then(|_| OF_ALL.wait(together, now))];
        if let Some(wait) = waits.into_iter().flatten().max() {
            return Err(wait);
        }
        // Beyond what all have together nothing more is counted: the way back would only get longer.
        if OF_ALL.wait(together, now).is_none() {
            all.all = Some(OF_ALL.taken(together, now));
        }
        all.by.insert(from, OF_ONE.taken(one, now));
        all.forget(now);
        Ok(())
    }

    /// It was a good one: it does not count.
    pub fn well(&self, from: From) {
        let mut all = self.locked();
        if let Some(gone) = all.by.get_mut(&from) {
            *gone = OF_ONE.given_back(*gone);
        }
        all.all = all.all.map(|gone| OF_ALL.given_back(gone));
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Remembered> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Remembered {
    /// Keeps within the bound: first goes who has nothing left to wait for, then who has the least.
    fn forget(&mut self, now: i64) {
        if self.by.len() <= REMEMBERED {
            return;
        }
        self.by.retain(|_, gone| gone.until > now);
        while self.by.len() > REMEMBERED {
            let least = self.by.iter().min_by_key(|(_, gone)| gone.until).map(|(from, _)| *from);
            let Some(least) = least else { return };
            self.by.remove(&least);
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn from(n: u32) -> From {
        From::of(IpAddr::V4(n.into()))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_795_510_800 + seconds).unwrap()
    }

    #[test]
    fn an_address_has_ten_tries_and_then_one_in_half_a_minute() {
        let attempts = Attempts::default();
        for _ in 0..10 {
            assert_eq!(attempts.begin(from(1), at(0)), Ok(()));
        }
        assert_eq!(attempts.begin(from(1), at(0)), Err(30));
        assert_eq!(attempts.begin(from(1), at(29)), Err(1));
        assert_eq!(attempts.begin(from(2), at(29)), Ok(()), "others don't wait");
        assert_eq!(attempts.begin(from(1), at(30)), Ok(()));
        assert_eq!(attempts.begin(from(1), at(30)), Err(30));
        // After long enough all of them are back, and no more than that.
        for _ in 0..10 {
            assert_eq!(attempts.begin(from(1), at(100_000)), Ok(()));
        }
        assert_eq!(attempts.begin(from(1), at(100_000)), Err(30));
    }

    #[test]
    fn what_goes_well_does_not_count() {
        let attempts = Attempts::default();
        for _ in 0..1_000 {
            assert_eq!(attempts.begin(from(1), at(0)), Ok(()));
            attempts.well(from(1));
        }
    }

    #[test]
    fn many_addresses_together_are_slowed_and_whoever_never_failed_is_not() {
        let attempts = Attempts::default();
        for n in 0..300 {
            assert_eq!(attempts.begin(from(n), at(0)), Ok(()));
        }
        assert_eq!(attempts.begin(from(7), at(0)), Err(2), "one of them, once more");
        assert_eq!(attempts.begin(from(1_000), at(0)), Ok(()), "somebody new");
        assert_eq!(attempts.begin(from(1_000), at(0)), Err(2));
        assert_eq!(attempts.begin(from(7), at(2)), Ok(()));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let attempts = Attempts::default();
        for n in 0..20_000 {
            let _ = attempts.begin(from(n), at(i64::from(n) / 1_000));
        }
        assert_eq!(attempts.locked().by.len(), REMEMBERED);
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_an_address_in_another_form_the_same() {
        let of = |text: &str| From::of(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }

    #[test]
    fn only_the_proxy_says_where_somebody_comes_from_and_only_where_there_is_one() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 9))));
        let mut headers = HeaderMap::new();
        headers.append(FORWARDED_FOR, HeaderValue::from_static("10.0.0.1, 192.0.2.7"));
        headers.append(FORWARDED_FOR, HeaderValue::from_static("10.0.0.2 , 192.0.2.9"));
        let read =
            |headers: &HeaderMap, behind| From::read(&extensions, headers, behind).to_string();
        assert_eq!(read(&headers, false), "127.0.0.1");
        assert_eq!(read(&headers, true), "192.0.2.9");
        for (text, shown) in [
            ("192.0.2.9:4711", "192.0.2.9"),
            ("[2001:db8::1]:4711", "2001:db8::"),
            ("[2001:db8::1]", "2001:db8::"),
            ("unknown", "127.0.0.1"),
            ("", "127.0.0.1"),
        ] {
            headers.insert(FORWARDED_FOR, HeaderValue::from_static(text));
            assert_eq!(read(&headers, true), shown, "{text}");
        }
    }
}
