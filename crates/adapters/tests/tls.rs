//! Over TLS the other side must prove its name to somebody the system trusts.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use adapters::http::{Limits, Web};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use testkit::Sealed;

/// A server at `localhost` whose certificate nobody vouches for; it serves this test's process.
fn nobody() -> SocketAddr {
    let certificate = CertificateDer::from(include_bytes!("tls/nobodys.cert.der").as_slice());
    let key = PrivatePkcs8KeyDer::from(include_bytes!("tls/nobodys.key.der").as_slice());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has the usual protocols")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::Pkcs8(key))
        .expect("the certificate fits its key");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
            let mut stream = StreamOwned::new(session, stream);
            if stream.read(&mut [0; 4096]).is_ok() {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello");
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    address
}

async fn ask(host: &str) -> Result<String, String> {
    let url = format!("https://{host}:{}/", nobody().port());
    let web = Web::new(Limits::default());
    web.fetch_text(&url, 1024).await.map_err(|why| why.to_string())
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_not_taken() {
    let words = "shows a certificate that nobody vouches for whom this machine trusts";
    assert_eq!(ask("localhost").await, Err(words.to_owned()));
}

#[test]
fn what_the_system_trusts_decides() {
    let trusting = |certificates: &str| {
        let ours = std::env::current_exe().expect("a test is a program");
        let mut command = Sealed::new().command(ours);
        command.args(["--ignored", "--exact", "--nocapture"]).arg("the_answer_of_a_trusted_server");
        command
            .env("SSL_CERT_FILE", format!("{}/tests/{certificates}", env!("CARGO_MANIFEST_DIR")));
        let ran = command.env("SSL_CERT_DIR", "/nonexistent").output().expect("a test runs");
        (ran.status.success(), String::from_utf8_lossy(&ran.stderr).into_owned())
    };
    let (trusted, words) = trusting("tls/nobodys.cert.pem");
    assert!(trusted, "{words}");
    let (trusted, words) = trusting("tls/none.pem");
    assert!(!trusted && words.contains("this machine has no certificates to trust"), "{words}");
}

#[tokio::test]
#[ignore = "run by what_the_system_trusts_decides, which says what is trusted"]
async fn the_answer_of_a_trusted_server() {
    assert_eq!(ask("localhost").await, Ok("hello".to_owned()));
    let words = "shows a certificate for another name";
    assert_eq!(ask("127.0.0.1").await, Err(words.to_owned()));
}
