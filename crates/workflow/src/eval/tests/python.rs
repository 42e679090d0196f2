//! Python that Starlark lacks is refused with its line and what to write instead; what is harmless runs.

use serde_json::json;

use super::*;

#[test]
fn python_is_refused_with_its_line_and_what_to_write() {
    let cases = [
        ("import os\n", "no `import`", "in this file"),
        ("from os import path\n", "no `import`", "in this file"),
        ("class A:\n    pass\n", "no classes", "dict"),
        ("try:\n    x = 1\nexcept:\n    x = 2\n", "no `try`", "if"),
        ("x = 0\nwhile x < 3:\n    x += 1\n", "no `while`", "for i in range"),
        ("x = 1 is None\n", "no `is`", "=="),
        ("x = f'a {1}'\n", "no f-strings", "format"),
        ("with open('a') as f:\n    pass\n", "no `with`", "step"),
        ("raise ValueError()\n", "no `raise`", "fail("),
        ("assert 1 == 1\n", "no `assert`", "fail("),
        ("def f():\n    yield 1\n", "no `yield`", "list"),
        ("del x\n", "no `del`", "pop"),
        ("load('a.star', 'b')\n", "`load` is not supported", "this file"),
        ("@cached\ndef f():\n    pass\n", "no decorators", "call"),
        ("x = 2 ** 3\n", "", "a * a"),
        ("x = any(y for y in [1])\n", "", "[x for x in xs]"),
        ("x = {1, 2}\n", "", "no sets"),
        ("x = 1 < 2 < 3\n", "not associative", "a < b and b < c"),
        ("if x = 1:\n    pass\n", "", "=="),
        ("x = lambda a: int: a\n", "", "no types"),
        ("print 'a'\n", "", "print("),
        ("x = [*a, *b]\n", "", "a + b"),
        ("x = {'a': 1 'b': 2}\n", "", "comma"),
        ("__kraken_tick = 1\n", "reserved", "another name"),
    ];
    for (code, message_part, hint_part) in cases {
        let expected_line = code.lines().position(|line| line.contains("while") || line.contains("yield")).unwrap_or(0) + 1;
        match run(code).expect_err(code) {
            EvalError::Syntax { at, message, hint } => {
                assert_eq!(at.line as usize, expected_line, "{code}{message}");
                assert!(message.contains(message_part), "{code}{message}");
                let hint = hint.unwrap_or_else(|| panic!("no hint for {code}{message}"));
                assert!(hint.contains(hint_part), "{code}{hint}");
            }
            other => panic!("{code}{other}"),
        }
    }
}

#[test]
fn a_syntax_error_names_its_place() {
    for (code, line, column) in [
        ("def stage(ctx):\n    return {'a': 1\n", 3, 1),
        ("def stage(ctx)\n    return {}\n", 1, 15),
        ("def stage(ctx):\nreturn {}\n", 2, 1),
        ("def stage(ctx):\n    x = 'abc\n", 2, 9),
        ("def stage(ctx):\n    x = ', '.join(['a']) ]\n", 2, 26),
    ] {
        let error = run(code).expect_err(code);
        assert_eq!(error.position(), Some(Position { line, column }), "{error}\n{code}");
        assert!(!error.to_string().contains("__kraken"), "{error}");
    }
}

#[test]
fn harmless_python_runs() {
    let code = "\u{feff}#!/usr/bin/env kraken\n# a comment\n'''A docstring, with a tab:\t.'''\ndef stage(ctx):\n\tjobs = []\n\tfor i in range(2):\n\t\tjobs.append({\n\t\t\t\t\"name\":\t\"j\" 'k'\n  \t\t\t\t\"l\"})\n\tprint(\"a\\tb\")\n\treturn {\"jobs\": jobs, \"t\": \"a\tb\"}\n";
    let evaluated = evaluate_aloud(code, &context(), &Limits::default()).unwrap();
    assert_eq!(evaluated.result, json!({"jobs": [{"name": "jkl"}, {"name": "jkl"}], "t": "a\tb"}));
    assert_eq!(evaluated.printed, ["a\tb"]);
    assert_eq!(run("def stage(ctx):\r\n    return {'a': 1}\r\n").unwrap(), json!({"a": 1}));
}

#[test]
fn a_name_with_other_letters_is_refused_with_advice() {
    let error = run("GRÖSSE = 1\ndef stage(ctx): return {}").expect_err("a name").to_string();
    assert!(error.contains("line 1") && error.contains("letters a to z"), "{error}");
    let error = run("def stage(ctx):\n    größe = 1\n    return {}").expect_err("a name").to_string();
    assert!(error.contains("line 2") && error.contains("texts in quotes"), "{error}");
}
