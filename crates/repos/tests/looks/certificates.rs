//! A host over TLS whose certificate nobody vouches for.

use std::{process::Command, sync::Arc};

use kraken_repos::{Credentials, Place};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::{Host, place, repos};

/// The host with TLS before it. Ends with the test.
struct Secured {
    host: Host,
    url: String,
    serving: JoinHandle<()>,
}

impl Secured {
    async fn new() -> Self {
        let host = Host::new().await;
        host.repo.write("a", "1").commit("one");
        host.repo.push("main");
        let behind = host.server.url("").trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/a.git", listener.local_addr().unwrap());
        let acceptor = acceptor(&host);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, behind) = (acceptor.clone(), behind.clone());
                tokio::spawn(async move {
                    // Who does not trust it leaves.
                    let Ok(mut secured) = acceptor.accept(stream).await else { return };
                    let mut plain = TcpStream::connect(behind).await.unwrap();
                    let _until_either_leaves = copy_bidirectional(&mut secured, &mut plain).await;
                });
            }
        });
        Self { host, url, serving }
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// With a certificate that is made for this test.
fn acceptor(host: &Host) -> TlsAcceptor {
    let _chosen_already = rustls::crypto::ring::default_provider().install_default();
    let (key, certificate) = (host.root().join("key.pem"), host.root().join("certificate.pem"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=nobody"]);
    let made = openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate).output().expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificates = vec![CertificateDer::from_pem_file(&certificate).unwrap()];
    let key = PrivateKeyDer::from_pem_file(&key).unwrap();
    let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(certificates, key).unwrap();
    TlsAcceptor::from(Arc::new(config))
}

#[tokio::test]
async fn a_certificate_is_checked_unless_the_place_says_otherwise() {
    let secured = Secured::new().await;
    let checked = place(&secured.url);
    let error = repos().head(&checked).await.unwrap_err();
    assert!(error.to_string().contains("certificate") || error.may_pass(), "{error}");
    let any = Place { any_certificate: true, ..checked.clone() };
    assert_eq!(repos().head(&any).await.unwrap().to_string(), secured.host.repo.head());
    assert_eq!(repos().read_file(&any, "a").await.unwrap().bytes, b"1");
    // Who looked without a check has changed nothing for others.
    let both = repos();
    both.head(&any).await.unwrap();
    both.head(&checked).await.unwrap_err();
}

#[tokio::test]
async fn credentials_never_go_where_no_certificate_is_checked() {
    let secured = Secured::new().await;
    let own = Place { any_certificate: true, credentials: Credentials::token("geheim"), ..place(&secured.url) };
    let error = repos().head(&own).await.unwrap_err();
    assert!(error.to_string().contains("certificate is not checked"), "{error}");
    assert!(secured.host.server.seen().is_empty(), "nothing was asked");
    // Where there is no certificate at all, there is none to leave unchecked either: the settings contradict each other all the same.
    let plain = Place { address: secured.host.server.url("a.git").parse().unwrap(), ..own };
    repos().head(&plain).await.unwrap_err();
}
