//! Without a run, what a run would know is unknown; code that uses it still evaluates.

use serde_json::json;

use super::*;

#[test]
fn an_unknown_answers_everything() {
    let cases = [
        ("x = [t for t in ctx.flow.data.tests]", json!([])),
        ("x = ctx.flow.kind == 'ci'", json!(true)),
        ("x = [ctx.args.A == 'a', ctx.args.A == ctx.args.A, ctx.args.A != 'a', 'a' != ctx.args.A]", json!([false, false, false, false])),
        ("x = [ctx.args.A < 1, ctx.args.A > 1, 1 <= ctx.args.A, 1 >= ctx.args.A]", json!([false, false, false, false])),
        ("x = ['a' in ctx.flow.data, ctx.args.A in ['a'], ctx.args.A in {}]", json!([false, false, false])),
        ("x = [len(ctx.flow.data.a), bool(ctx.flow.data.a), type(ctx.flow.data)]", json!([0, false, "unknown"])),
        ("x = list(range(ctx.args.COUNT)) + [1 for k, v in ctx.flow.data.items()]", json!([])),
        ("x = sorted(ctx.flow.data.b) + list(ctx.flow.data.c[1:])", json!([])),
        ("x = 1 if ctx.flow.data.flag else 2", json!(2)),
        ("x = hasattr(ctx.flow.data, 'whatever')", json!(true)),
    ];
    for (body, expected) in cases {
        assert_eq!(value_after(body), expected, "{body}");
    }
}

#[test]
fn what_is_made_from_an_unknown_is_unknown() {
    for body in [
        "x = ctx.flow.data",
        "x = ctx.flow.data.a['b'][0].c(1, k=2)",
        "x = ctx.args.A + 'a'",
        "x = 'a' + ctx.args.A",
        "x = 'a'\nx += ctx.args.A",
        "x = ctx.args.A\nx += 1",
        "x = 1 + ctx.args.A - 1",
        "x = 1 - ctx.args.A",
        "x = 2 * ctx.args.A / 3 // 4 % 5",
        "x = 2 / ctx.args.A",
        "x = 2 // ctx.args.A",
        "x = -ctx.args.A",
        "x = [1] + ctx.args.A",
        "x = [1] * ctx.args.A",
        "x = {'a': 1} | ctx.flow.data.d",
        "x = 'tests %s' % ctx.args.A",
        "x = '%d of %d' % (1, ctx.args.A)",
        "x = 'tests {}'.format(ctx.args.A)",
        "x = str(ctx.args.A)",
        "x = int(ctx.args.A) + 1",
        "x = ctx.args.A.strip().upper()",
        "x = ' '.join([ctx.flow.id, 'x'])",
        "x = ', '.join(ctx.flow.data.names)",
        "x = 'abc'.replace('a', ctx.args.A)",
        "x = 'abc'.replace(ctx.args.A, 'b', 1)",
        "x = 'a {} {n}'.format(1, n=[ctx.args.A])",
        "x = 'abc'.startswith(ctx.args.A)",
        "x = 'abc'.endswith((ctx.args.A, 'c'))",
        "x = 'abc'.split(ctx.args.A)",
        "x = 'abc'.rsplit(ctx.args.A, 1)",
        "x = 'abc'.split('b', ctx.args.N)",
        "x = 'abc'.count(ctx.args.A) + 1",
        "x = 'abc'.find(ctx.args.A)",
        "x = 'abc'.index(ctx.args.A)",
        "x = 'abc'.partition(ctx.args.A)[0]",
        "x = 'abc'.strip(ctx.args.A)",
        "x = 'abc'.removeprefix(ctx.args.A)",
        "x = '%s' % [ctx.args.A]",
        "x = '%(a)d' % {'a': ctx.args.A}",
        "x = 'n %d' % ctx.args.A\nx = x.upper()",
        "x = str([ctx.args.A]).upper()",
        "x = repr(ctx.flow.data)",
        "x = 'a %s'\nx %= ctx.args.A",
        "x = ' '.join(['a', str(ctx.args.A)])",
        "x = ctx.flow.data.get('a', 'b')",
    ] {
        let value = value_after(body);
        assert!(crate::is_unknown(&value), "{body} gives {value:?}");
    }
}

#[test]
fn a_print_says_unknown_in_words() {
    let code = "def stage(ctx):\n    print(ctx.args.A, ctx.flow)\n    return {}";
    let printed = evaluate_aloud(code, &context(), &Limits::default()).unwrap().printed.join("");
    assert!(printed.starts_with("unknown {") && !printed.contains('\u{1}'), "{printed:?}");
}

#[test]
fn a_key_that_is_unknown_has_the_mark() {
    assert_eq!(value_after("x = {ctx.args.A: 1}"), serde_json::json!({crate::context::UNKNOWN: 1}));
}

#[test]
fn an_error_says_unknown_in_words() {
    let error = run("def stage(ctx):\n    return {'a': {'x': 1}[ctx.args.A]}").expect_err("no such key").to_string();
    assert!(error.contains("not known before there is a run") && !error.contains('\u{1}'), "{error}");
}
