#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use starlark::{codemap::CodeMap, syntax::Dialect};

use super::*;
use crate::eval::tokens;

fn instrumented(source: &str) -> String {
    let codemap = CodeMap::new(String::new(), source.to_owned());
    let spots = tokens::read(source, &Dialect::Standard).unwrap();
    plan(source, &spots, |offset| tokens::position(&codemap, offset)).unwrap().apply(source)
}

#[test]
fn calls_are_put_around_what_can_grow() {
    let cases = [
        ("f(x)", "__kraken_tick(f(x))"),
        ("a.b(c).d(e)", "__kraken_tick(__kraken_tick(a.b(c)).d(e))"),
        ("x[1:2]", "__kraken_tick(x[1:2])"),
        ("x[1]", "x[1]"),
        ("(a + b).c(d)", "__kraken_tick((a + b).c(d))"),
        ("a.split(b)", "__kraken_tick(__kraken_text(a).split(b))"),
        ("', '.join(x)", "__kraken_tick(__kraken_text(', ').join(x))"),
        ("(a + b).join", "__kraken_text((a + b)).join"),
        ("[e for x in y]", "[__kraken_tick(e )for x in y]"),
        ("[f(e) for x in y for z in x]", "[__kraken_tick(__kraken_tick(f(e)) )for x in y for z in x]"),
        ("{k: v for k, v in y}", "{__kraken_key(k): v for k, v in y}"),
        ("d[k] = v", "d[__kraken_key(k)] = v"),
        ("d[a][f(b)] = v", "d[a][__kraken_key(__kraken_tick(f(b)))] = v"),
        ("[a, b] = c", "[a, b] = c"),
        ("d.update(e)", "__kraken_tick(d.update(__kraken_entries(e)))"),
        ("d.update(f(e) + 1, a=1)", "__kraken_tick(d.update(__kraken_entries(__kraken_tick(f(e)) + 1), a=1))"),
        ("d.update(a=1)", "__kraken_tick(d.update(a=1))"),
        ("dict(**a)", "__kraken_tick(dict(**a))"),
        ("x += y, z  # why", "x +=__kraken_more(( y, z))  # why"),
        ("x *= y; z", "x *=__kraken_before_mul(x, ( y)); z"),
        ("def f(a, b=g(1)):\n  pass", "def f(a, b=__kraken_tick(g(1))):\n  pass"),
        ("x = lambda a: a[1:]", "x = lambda a: __kraken_tick(a[1:])"),
        ("x[lambda: 1]", "x[lambda: 1]"),
        ("x = 'a' 'b' % c", "x = ('a' + 'b') % c"),
        ("x = [\n 'a'\n 'b', c]", "x = [\n ('a'\n + 'b'), c]"),
    ];
    for (source, expected) in cases {
        assert_eq!(instrumented(source), expected, "{source}");
    }
}

#[test]
fn every_byte_maps_back() {
    let source = "x = ', '.join([f(i) for i in range(3)])\nx += g(x)[1:2]\n";
    let codemap = CodeMap::new(String::new(), source.to_owned());
    let spots = tokens::read(source, &Dialect::Standard).unwrap();
    let insertions = plan(source, &spots, |offset| tokens::position(&codemap, offset)).unwrap();
    let run = insertions.apply(source);
    assert_eq!(run.lines().count(), source.lines().count());
    let mut from = 0;
    for word in ["join", "range", "x +=", "1:2"] {
        let written = from + source[from..].find(word).unwrap();
        from = written;
        let at = run.match_indices(word).map(|(at, _)| insertions.original(at)).find(|at| *at == written);
        assert_eq!(at, Some(written), "{word}");
    }
}

proptest! {
    #[test]
    fn instrumenting_never_panics_and_keeps_the_lines(source in "[a-z0-9 \\n=+*%|<.,:()\\[\\]{}'\"#-]{0,80}") {
        let codemap = CodeMap::new(String::new(), source.clone());
        if let Ok(spots) = tokens::read(&source, &Dialect::Standard)
            && let Ok(insertions) = plan(&source, &spots, |offset| tokens::position(&codemap, offset))
        {
            let run = insertions.apply(&source);
            prop_assert_eq!(run.lines().count(), source.lines().count());
            for offset in 0..run.len() {
                prop_assert!(insertions.original(offset) <= source.len());
            }
        }
    }
}
