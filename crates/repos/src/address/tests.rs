use super::*;

fn wrong(text: &str) -> String {
    match text.parse::<Address>() {
        Ok(address) => panic!("{text} was read as {address:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn web_addresses_and_folders_are_read() {
    for (text, shown) in [
        ("https://git.example.com/a/b.git", "https://git.example.com/a/b.git"),
        (" HTTP://git.example.com:3000/a/b/ ", "http://git.example.com:3000/a/b"),
        ("file:///srv/git/a.git", "/srv/git/a.git"),
        ("/srv/git/a.git", "/srv/git/a.git"),
    ] {
        assert_eq!(text.parse::<Address>().map(|address| address.to_string()), Ok(shown.to_owned()), "{text}");
    }
}

#[test]
fn a_password_in_an_address_is_refused_and_not_shown() {
    for text in ["https://ada:geheim@git.example.com/a", "https://geheim@git.example.com/a", "ssh://ada:geheim@git.example.com/a"] {
        let error = wrong(text);
        assert!(!error.contains("geheim"), "{error}");
    }
}

#[test]
fn ssh_is_refused_with_the_address_to_write_instead() {
    for text in ["git@git.example.com:a/b.git", "ssh://git@git.example.com:2222/a/b.git"] {
        assert!(wrong(text).contains("https://git.example.com/a/b.git"), "{}", wrong(text));
    }
}

#[test]
fn what_is_no_address_says_what_was_expected() {
    for text in ["", "repo", "ext::sh -c x", "ftp://x/y", "https://", "https://x/y?z=1", "file://other/share", "../up"] {
        let error = wrong(text);
        assert!(error.contains("https://"), "{text}: {error}");
    }
}
