//! What somebody signed: JSON Web Signatures in their compact form (RFC 7515), of the three kinds that issuers use. What is read
//! here comes from outside and decides who is let in: the kinds are a closed list, and each takes keys of its own alone.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;

/// The keys that an issuer signs with (RFC 7517).
#[derive(Deserialize)]
pub(super) struct Keys {
    keys: Vec<Value>,
}

/// One of them, as far as it is read. Another kind than these is passed over.
#[derive(Deserialize)]
struct Key {
    kty: String,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// What a signature says of itself.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// What must be understood by whoever reads it: we know of none.
    crit: Option<Value>,
}

/// The kinds of signatures that are taken: `none` is not among them, nor any that is made with a shared secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rs256,
    Es256,
    EdDsa,
}

impl Kind {
    fn of(alg: &str) -> Option<Self> {
        match alg {
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// What `text` says, where one of `keys` signed it.
///
/// # Errors
/// What is wrong with it, as the end of a sentence that begins with the issuer's name.
pub(super) fn opened(text: &str, keys: &Keys) -> Result<Vec<u8>, &'static str> {
    const FORM: &str = "sends a token that can't be read";
    let (message, signature) = text.rsplit_once('.').ok_or(FORM)?;
    let (header, payload) = message.split_once('.').ok_or(FORM)?;
    let header: Header = serde_json::from_slice(&bytes(header).ok_or(FORM)?).map_err(|_| FORM)?;
    let (payload, signature) = (bytes(payload).ok_or(FORM)?, bytes(signature).ok_or(FORM)?);
    let kind = Kind::of(&header.alg).ok_or("signs in a way that is not taken")?;
    if header.crit.is_some() {
        return Err("asks for more of a token than is known here");
    }
    let known = keys.keys.iter().filter_map(|key| Key::deserialize(key).ok());
    let mut fit = known.filter(|key| key.is_for(kind, &header));
    match fit.any(|key| key.signed(kind, message.as_bytes(), &signature).is_some()) {
        true => Ok(payload),
        false => Err("sends a token that none of its keys signed"),
    }
}

impl Key {
    /// Whether it is one for such a signature. Of a signature that names no key each is tried.
    fn is_for(&self, kind: Kind, header: &Header) -> bool {
        self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|alg| Kind::of(alg) == Some(kind))
            && (header.kid.is_none() || self.kid == header.kid)
    }

    /// Something, if it signed that.
    fn signed(&self, kind: Kind, message: &[u8], signature: &[u8]) -> Option<()> {
        let curve = |kty: &str, crv: &str| self.kty == kty && self.crv.as_deref() == Some(crv);
        let verified = match kind {
            Kind::Rs256 if self.kty == "RSA" => {
                let (n, e) = (bytes(self.n.as_deref()?)?, bytes(self.e.as_deref()?)?);
                let key = RsaPublicKeyComponents { n: &n, e: &e };
                key.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
            }
            Kind::Es256 if curve("EC", "P-256") => {
                // A point that is not compressed (SEC 1, section 2.3.3).
                let point =
                    [&[4][..], &bytes(self.x.as_deref()?)?, &bytes(self.y.as_deref()?)?].concat();
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Kind::EdDsa if curve("OKP", "Ed25519") => {
                let key = UnparsedPublicKey::new(&ED25519, bytes(self.x.as_deref()?)?);
                key.verify(message, signature)
            }
            _ => return None,
        };
        verified.ok()
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
    use serde_json::json;

    use super::*;

    fn text(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn keys(keys: &Value) -> Keys {
        serde_json::from_value(json!({ "keys": keys })).unwrap()
    }

    /// A token with that header, signed by `sign`.
    fn token(header: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
        let message = format!("{}.{}", text(header.to_string()), text(r#"{"sub":"mat"}"#));
        format!("{message}.{}", text(sign(message.as_bytes())))
    }

    fn edwards() -> (Ed25519KeyPair, Value) {
        let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        let pair = Ed25519KeyPair::from_pkcs8(pair.as_ref()).unwrap();
        let key =
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "e", "x": text(pair.public_key()) });
        (pair, key)
    }

    #[test]
    fn what_a_key_signed_is_read_and_nothing_else() {
        let (ours, key) = edwards();
        let (other, another) = edwards();
        let header = json!({ "alg": "EdDSA", "kid": "e" });
        let good = token(&header, |m| ours.sign(m).as_ref().to_vec());
        assert_eq!(opened(&good, &keys(&json!([key]))), Ok(br#"{"sub":"mat"}"#.to_vec()));
        assert!(opened(&good, &keys(&json!([another]))).is_err());
        assert!(opened(&good, &keys(&json!([]))).is_err());
        let foreign = token(&header, |m| other.sign(m).as_ref().to_vec());
        assert!(opened(&foreign, &keys(&json!([key]))).is_err());
        // The same signature under another text.
        let (_, signature) = good.rsplit_once('.').unwrap();
        let (head, _) = good.split_once('.').unwrap();
        let changed = format!("{head}.{}.{signature}", text(r#"{"sub":"ada"}"#));
        assert!(opened(&changed, &keys(&json!([key]))).is_err());
    }

    #[test]
    fn a_curve_of_nist_signs_too() {
        let random = SystemRandom::new();
        let alg = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::generate_pkcs8(alg, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(alg, pair.as_ref(), &random).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (text(&point[1..33]), text(&point[33..]));
        let key = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig" });
        let sign = |m: &[u8]| pair.sign(&random, m).unwrap().as_ref().to_vec();
        let good = token(&json!({ "alg": "ES256" }), sign);
        assert!(opened(&good, &keys(&json!([key]))).is_ok());
        let mut secret = key.clone();
        secret["use"] = json!("enc");
        assert!(opened(&good, &keys(&json!([secret]))).is_err(), "a key to encrypt with");
    }

    #[test]
    fn kinds_of_signatures_are_a_closed_list() {
        let (ours, key) = edwards();
        let sign = |m: &[u8]| ours.sign(m).as_ref().to_vec();
        for alg in ["none", "None", "HS256", "RS256", "ES256", "PS256", "RS512", ""] {
            let bad = token(&json!({ "alg": alg, "kid": "e" }), sign);
            assert!(opened(&bad, &keys(&json!([key]))).is_err(), "{alg}");
            let bare = token(&json!({ "alg": alg }), |_| Vec::new());
            assert!(opened(&bare, &keys(&json!([key]))).is_err(), "{alg}");
        }
        let crit = token(&json!({ "alg": "EdDSA", "crit": ["exp"] }), sign);
        assert!(opened(&crit, &keys(&json!([key]))).is_err());
        let twice = r#"{"alg":"EdDSA","alg":"none"}"#;
        let message = format!("{}.{}", text(twice), text("{}"));
        let twice = format!("{message}.{}", text(sign(message.as_bytes())));
        assert!(opened(&twice, &keys(&json!([key]))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>(), n in any::<String>()) {
            let odd = json!([{ "kty": "RSA", "n": n, "e": "AQAB" }, { "kty": "EC", "crv": "P-256" }, 7]);
            prop_assert!(opened(&text, &keys(&odd)).is_err());
        }
    }
}
