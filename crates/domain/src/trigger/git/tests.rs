//! Which settings are understood.
#![allow(clippy::unwrap_used)]

use super::*;

fn read(settings: &[(&str, &str)], credentials: bool) -> Result<GitSettings, Vec<(String, String)>> {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    GitSettings::read(&settings, credentials)
}

#[test]
fn a_certificate_is_checked_unless_the_stage_says_otherwise() {
    assert!(!read(&[], true).unwrap().any_certificate);
    for value in ["true", "Yes", "on", "1"] {
        assert!(!read(&[("http.sslVerify", value)], true).unwrap().any_certificate, "{value}");
    }
    for value in ["false", "no", "OFF", "0"] {
        assert!(read(&[("http.sslverify", value)], false).unwrap().any_certificate, "{value}");
    }
}

#[test]
fn credentials_and_unchecked_certificates_do_not_go_together() {
    let [(name, why)] = read(&[("http.sslVerify", "false")], true).unwrap_err().try_into().unwrap();
    assert!(name == "http.sslVerify" && why.contains("never sent"), "{why}");
}

#[test]
fn all_else_is_refused_by_name_with_what_to_use_instead() {
    let refused = read(&[("core.compression", "9"), ("http.extraHeader", "X: y"), ("http.sslVerify", "maybe")], false).unwrap_err();
    let names: Vec<&str> = refused.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["core.compression", "http.extraHeader", "http.sslVerify"]);
    assert!(refused[0].1.ends_with("the one setting understood is \"http.sslVerify\""), "{refused:?}");
    assert!(refused[1].1.contains("\"credentials\"") && !refused[1].1.contains("X: y"), "{refused:?}");
    assert!(refused[2].1.contains("expected \"true\" or \"false\""), "{refused:?}");
}
