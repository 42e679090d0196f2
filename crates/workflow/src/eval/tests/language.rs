//! Plain Starlark means what it means elsewhere, instrumented or not.

use serde_json::json;

use super::*;

#[test]
fn starlark_works_as_usual() {
    let cases = [
        ("x = 1 + 2 * 3 - 8 // 2 % 3", json!(6)),
        ("x = 7 / 2", json!(3.5)),
        ("x = 1 << 4 | 3", json!(19)),
        ("x = 'a' + 'b' * 3", json!("abbb")),
        ("x = [1] * 2 + [3]", json!([1, 1, 3])),
        ("x = (1, 2) + (3,)", json!([1, 2, 3])),
        ("x = 'tests %s and %d' % ('a', 2)", json!("tests a and 2")),
        ("x = '{} {name}'.format(1, name='n')", json!("1 n")),
        ("x = ', '.join(['a', 'b', 'c'])", json!("a, b, c")),
        ("x = 'a-b-c'.replace('-', '+', 1).upper().split('+')", json!(["A", "B-C"])),
        ("x = [i * 2 for i in range(5) if i % 2 == 0]", json!([0, 4, 8])),
        ("x = [(a, b) for a in 'ab'.elems() for b in [1, 2]]", json!([["a", 1], ["a", 2], ["b", 1], ["b", 2]])),
        ("x = {k: v * 2 for k, v in {'a': 1, 'b': 2}.items()}", json!({"a": 2, "b": 4})),
        ("x = {}\nx['a'] = 1\nx['b'] = [2]\nx['b'] += [3]\nx['a'] *= 5", json!({"a": 5, "b": [2, 3]})),
        ("x = {'a': 1}\nx.update({'b': 2}, c=3)\nx.update(d=4)\nx.update([('e', 5)])", json!({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5})),
        ("x = {}\nx.setdefault('a', []).append(1)\nx.setdefault('a', []).append(2)", json!({"a": [1, 2]})),
        ("x = dict(a=1)\nx = dict(x, b=2)\nx |= {'c': 3}", json!({"a": 1, "b": 2, "c": 3})),
        ("x = {'a': 1} | {'b': 2}", json!({"a": 1, "b": 2})),
        ("x = []\nx += [1]; x += [2]\nx.extend([3])", json!([1, 2, 3])),
        ("x = ''\nx += 'a'\nx %= ()\nx *= 2", json!("aa")),
        ("x = 'abcdef'[1:4] + 'abc'[::-1][0] + 'xyz'[-1]", json!("bcdcz")),
        ("x = [3, 1, 2]\nx = sorted(x, key=lambda v: -v, reverse=True)", json!([1, 2, 3])),
        ("x = (lambda a, b=2: a + b)(1)", json!(3)),
        ("f = lambda d: d['k']\nx = {f({'k': 'key'}): f({'k': [1, 2][0]})}", json!({"key": 1})),
        ("x = 1 if 2 < 3 and not 3 <= 2 and 'a' in {'a': 1} and 4 != 5 and 5 >= 5 and 6 > 5 else 0", json!(1)),
        ("x = str(12) + repr('q') + str(None) + str([1, 'a'])", json!("12\"q\"None[1, \"a\"]")),
        ("x = int('12') + int('ff', 16) + int('0b11', base=2) + int(3.9) + int()", json!(12 + 255 + 3 + 3)),
        ("x = getattr('a,b', 'split')(',')\nx += getattr('a', 'missing', ['d'])", json!(["a", "b", "d"])),
        ("x = getattr(',', 'join')(['a', 'b'])", json!("a,b")),
        ("x = list(range(10, 0, -3)) + list(range(0))", json!([10, 7, 4, 1])),
        ("x = [len(range(5)), 3 in range(5), range(3)[1]]", json!([5, true, 1])),
        ("a, b = 1, (2, [3])\nx = [a, b, zip([1], [2]), enumerate(['z'])]", json!([1, [2, [3]], [[1, 2]], [[0, "z"]]])),
        ("x = [i for i in [1, 2, 3]][1:]", json!([2, 3])),
        ("x = -5 % 3 + ~2 + (+1)", json!(-1)),
        ("x = 0\nfor i in range(10):\n    if i == 3: continue\n    if i == 6: break\n    x += i", json!(12)),
        ("x = ''.join(['%s=%s;' % (k, v) for k, v in sorted({'b': 2, 'a': 1}.items())])", json!("a=1;b=2;")),
        ("x = [\n    'a',  # first, with a ) in it\n    'b'\n    # and the last\n]", json!(["a", "b"])),
        ("x = ['a'\n     for _ in range(2)  # twice\n     ]", json!(["a", "a"])),
        ("x = 'say \"hi\"' + \"\"\"\n  'multi'\n  line\"\"\"", json!("say \"hi\"\n      'multi'\n      line")),
        ("x = r'\\n' + 'a\\tb'", json!("\\na\tb")),
        ("x = None", json!(null)),
        ("x = 9223372036854775807", json!(i64::MAX)),
        ("x = ('it', 'is')[1]\nx = (x + '!').replace('s', 'z')", json!("iz!")),
    ];
    for (body, expected) in cases {
        assert_eq!(value_after(body), expected, "{body}");
    }
}

#[test]
fn helpers_constants_and_types_at_the_top_are_fine() {
    let code = r#"
"""What this stage does."""
VERSIONS = ["1", "2"]
COUNT = len(VERSIONS)
if COUNT > 1:
    NAME = "many"
else:
    NAME = "one"

def job(name: str, *steps, cpus: int = 2) -> dict[str, list[int]]:
    return {"name": name, "steps": list(steps), "cpus": cpus}

def stage(ctx):
    """Its documentation."""
    print("versions:", VERSIONS, sep=" ", end="\n")
    return {"name": NAME, "jobs": [job("j " + v, "a", "b") for v in VERSIONS]}
"#;
    let evaluated = evaluate_aloud(code, &context(), &Limits::default()).unwrap();
    let job = |name| json!({"name": name, "steps": ["a", "b"], "cpus": 2});
    assert_eq!(evaluated.result, json!({"name": "many", "jobs": [job("j 1"), job("j 2")]}));
    assert_eq!(evaluated.printed, ["versions: [\"1\", \"2\"]"]);
}

#[test]
fn the_context_is_seen_by_attribute_index_and_methods() {
    let mut ctx = context();
    ctx.flow["data"] = json!({"tests": ["a", "b"], "items": 3, "deep": {"er": {"k": 1.5}}, "gone": null});
    ctx = ctx.with_args(serde_json::Map::from_iter([("COUNT".to_owned(), json!("10"))]));
    let code = r#"
def stage(ctx):
    data = ctx.flow.data
    return {
        "tests": [t for t in data.tests],
        "field_wins": data.items,
        "deep": data["deep"].er.k,
        "whole": data.deep,
        "default": data.get("nothing", "else"),
        "null": data.get("gone", "else"),
        "has": [hasattr(data, "tests"), hasattr(data, "nope"), "tests" in data, "nope" in data],
        "keys": [k for k in data.deep.er] + data.deep.keys(),
        "pairs": [[k, v] for k, v in data.deep.er.items()],
        "count": int(ctx.args.COUNT) + 1,
        "ci": ctx.is_ci and not ctx.is_dev,
        "kind": ctx.flow.kind,
        "names": "%s/%s/%s" % (ctx.project.name, ctx.branch.name, ctx.stage.name),
        "seq": ctx.flow.seq.shared,
    }
"#;
    let expected = json!({
        "tests": ["a", "b"], "field_wins": 3, "deep": 1.5, "whole": {"er": {"k": 1.5}}, "default": "else", "null": null,
        "has": [true, false, true, false], "keys": ["k", "er"], "pairs": [["k", 1.5]], "count": 11, "ci": true, "kind": "ci",
        "names": "shop/main/build", "seq": 1,
    });
    assert_eq!(evaluate(code, &ctx, &Limits::default()).unwrap(), expected);
}

#[test]
fn a_secret_is_only_its_name_in_the_code() {
    let mut ctx = context();
    ctx.secrets = Some(crate::Secrets::from([
        ("token".into(), crate::Secret::Simple("s3cr3t".into())),
        ("my-key".into(), crate::Secret::SshKey { user: "git".into(), key: "s3cr3t".into() }),
    ]));
    let code = r#"def stage(ctx): return {"a": "curl " + ctx.secrets.token, "b": ctx.secrets["my-key"].key, "c": ctx.secrets.gone}"#;
    let result = evaluate(code, &ctx, &Limits::default()).unwrap();
    assert_eq!(result, json!({"a": "curl #{secrets.token}", "b": "#{secrets[\"my-key\"].key}", "c": "#{secrets.gone}"}));
}

#[test]
fn the_same_code_gives_the_same_result() {
    let code = "def stage(ctx): return {str(i): {str(j): hash(str(i * j)) for j in range(20)} for i in range(20)}";
    assert_eq!(run(code).unwrap(), run(code).unwrap());
}

#[test]
fn an_error_names_its_line_in_the_code_as_written() {
    let cases = [
        ("def stage(ctx):\n    x = [1, 2].join('')\n    return {}", 2, "join"),
        ("def stage(ctx):\n    y = ', '.join(['a'])\n    return {'a': 1 + 'x'}", 3, "not supported"),
        ("def stage(ctx):\n    d = {'a': 1}\n    return d['b']", 3, "b"),
        ("X = [i for i in range(3)][7]\ndef stage(ctx):\n    return {}", 1, "7"),
        ("def f():\n    fail('no', 'luck')\ndef stage(ctx):\n    return {'a': [f() for _ in range(1)]}", 2, "no luck"),
        ("def stage(ctx):\n    return {'a': ctx.flow.nope}", 2, "nope"),
        ("def stage(ctx):\n    return {'a': unheard_of}", 2, "unheard_of"),
    ];
    for (code, line, part) in cases {
        let error = run(code).expect_err(code);
        assert_eq!(error.position().map(|at| at.line), Some(line), "{error}\n{code}");
        assert!(error.to_string().contains(part), "{error}\n{code}");
        assert!(!error.to_string().contains("__kraken"), "{error}");
    }
    let column = run("def stage(ctx):\n    x = ', '.join(['a']) + str(2)[0:1] + missing\n    return {}").expect_err("").position();
    assert_eq!(column, Some(Position { line: 2, column: 42 }));
}

#[test]
fn what_has_no_json_form_is_named_with_its_place() {
    for (value, path, part) in [
        ("{'a': [1, len]}", "/a/1", "function"),
        ("{'a/b': {1: 2}}", "/a~1b", "a key that is an int"),
        ("{'a': range(3)}", "/a", "list(range"),
        ("{'a': 1 << 62 << 8}", "/a", "int"),
        ("{'a': float('inf')}", "/a", "inf"),
    ] {
        match run(&format!("def stage(ctx): return {value}")).expect_err(value) {
            EvalError::BadResult { path: found, reason } => {
                assert_eq!(found, path, "{value}");
                assert!(reason.contains(part), "{reason}");
            }
            other => panic!("{value}: {other}"),
        }
    }
    assert_eq!(run("def stage(ctx): return [1]"), Err(EvalError::NotADict { found: "a list".into() }));
    assert_eq!(run("def stage(ctx): pass"), Err(EvalError::NotADict { found: "a NoneType".into() }));
    assert_eq!(run("x = 1"), Err(EvalError::NoStage));
    assert_eq!(run(""), Err(EvalError::NoStage));
    assert_eq!(run("stage = {}"), Err(EvalError::NoStage));
}
