use super::*;

#[test]
fn three_ways_to_write_the_same_moment() {
    let expected: Timestamp = "2012-01-19T17:21:00Z".parse().expect("a timestamp");
    for text in [
        "2012-01-19 17:21:00",
        "2012-01-19T17:21:00",
        "2012-01-19T17:21:00Z",
        "2012-01-19T18:21:00+01:00",
        "2012-01-19 18:21:00+01:00",
        "Thu, 19 Jan 2012 17:21:00 +0000",
        " 2012-01-19 17:21 ",
    ] {
        assert_eq!(parse_date(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for text in ["", "tomorrow", "2012-13-01 00:00:00", "2012-02-30 00:00:00", "19.01.2012", "17:21:00"] {
        assert!(parse_date(text).is_err(), "{text}");
    }
}

#[test]
fn time_zones_are_those_of_the_database() {
    for name in ["UTC", "Europe/Warsaw", "America/Argentina/Buenos_Aires", "Etc/GMT+2"] {
        assert_eq!(check_time_zone(name), Ok(()));
    }
    for name in ["", "/", "Europe/", "+02:00", "Europe/War saw", "a/b/c/d", "Europe/Atlantis"] {
        assert!(check_time_zone(name).is_err(), "{name}");
    }
}
