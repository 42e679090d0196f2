//! Nothing that code can do hangs, kills, or fills the machine. Each runaway ends with the error of its limit.

use std::time::Duration;

use super::*;

/// Limits whose CPU time a slow machine does not reach by itself.
fn patient() -> Limits {
    Limits { cpu: Duration::from_secs(60), heap_bytes: HEAP, patience: Duration::from_secs(300), ..Limits::default() }
}

const HEAP: usize = 8 << 20;

fn limited(body: &str, limits: &Limits) -> EvalError {
    let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let code = format!("def stage(ctx):\n{indented}    return {{}}\n");
    evaluate(&code, &context(), limits).expect_err(body)
}

#[test]
fn too_much_memory_is_refused_before_it_is_taken() {
    let runaways = [
        "x = [0] * 1000000000",
        "x = [0]\nx = x * 1000000000",
        "x = 1000000000 * [0]",
        "x = (0,) * 1000000000",
        "x = 'a' * 2000000000",
        "x = [0]\nx *= 1000000000",
        "x = 'ab'\nfor i in range(100): x = x + x",
        "x = 'ab'\nfor i in range(100): x += x",
        "x = [1]\nfor i in range(100): x += x",
        "x = [1]\nfor i in range(100): x.extend(x)",
        "x = [1]\nfor i in range(100): x = x + x",
        "x = [[0] * 1000000 for i in range(1000)]",
        "x = list(range(1000000))\ny = []\nfor i in range(900): y.append(list(x))",
        "x = list(range(1000000))\ny = [x[:] for i in range(900)]",
        "x = [str(i) * 1000 for i in range(1000000)]",
        "x = {i: i for i in range(9000000)}",
        "x = {}\nfor i in range(9000000): x[i] = i",
        "x = {}\nfor i in range(9000000): x.setdefault(i, i)",
        "b = {i: i for i in range(100000)}\ny = []\nfor i in range(900):\n    d = {}\n    d.update(b)\n    y.append(d)",
        "b = {i: i for i in range(100000)}\ny = [dict(b) for i in range(900)]",
        "b = {i: i for i in range(100000)}\ny = [b | b for i in range(900)]",
        "x = ('a' * 100000).replace('a', 'b' * 100000)",
        "x = ('a' * 100000).replace('', 'b' * 100000)",
        "x = ('a' * 100000).join(['b'] * 100000)",
        "x = ''.join(['b' * 1000000] + [''] * 1000000)",
        "x = getattr('a' * 100000, 'join')(['b'] * 100000)",
        "x = ('{0}' * 100000).format('b' * 100000)",
        "x = ('%s' * 100000) % tuple(['b' * 100000] * 100000)",
        "x = '%s'\nx *= 100000\nx %= tuple(['b' * 100000] * 100000)",
        "x = ['a' * 100000]\nfor i in range(40): x = [x, x]\ny = str(x)",
        "x = ['a' * 100000]\nfor i in range(40): x = [x, x]\nprint(x)",
        "x = ['a' * 100000]\nfor i in range(40): x = [x, x]\nfail(x)",
        "x = ['a' * 100000]\nfor i in range(40): x = [x, x]\ny = '%s' % x",
        "x = ['a' * 100000]\nfor i in range(40): x = [x, x]\ny = '{}'.format(x)",
        "x = sorted(list(range(5000000)) + list(range(5000000)))",
    ];
    for body in runaways {
        let error = limited(body, &patient());
        let text_too_large = matches!(&error, EvalError::Failed { message, .. } if message.contains("too large for a text"));
        assert!(text_too_large || error == EvalError::HeapLimit { limit_bytes: HEAP }, "{body}\n{error}");
    }
}

#[test]
fn endless_work_ends() {
    let limits = Limits { steps: 50_000, ..patient() };
    for body in [
        "for i in range(50000):\n    for j in range(50000): pass",
        "x = [[j for j in range(50000)] for i in range(50000)]",
        "def f(n):\n    for i in range(50000): g(n)\ndef g(n):\n    return n\nf(1)\nf(2)",
        "x = [0]\nfor y in x: pass\nfor i in range(49000):\n    x = [len(str(k)) for k in range(40000)]",
    ] {
        assert_eq!(limited(body, &limits), EvalError::StepLimit { limit: 50_000 }, "{body}");
    }
}

#[test]
fn cpu_time_is_limited_where_few_instructions_do_much() {
    let limits = Limits { cpu: Duration::from_millis(100), heap_bytes: 64 << 20, ..patient() };
    for body in [
        "x = range(5000000)\ny = [max(x) for i in range(5000)]",
        "x = range(5000000)\nfor i in range(5000): max(x)",
        "x = list(range(2000000))\ny = [-1 in x for i in range(5000)]",
        "x = list(range(200000))\ny = [x == list(x) for i in range(5)]\nz = [x == y for i in range(90000000)]",
        "for i in range(9999999):\n    for j in range(9999999): pass",
    ] {
        let error = limited(body, &limits);
        let is_range = matches!(&error, EvalError::Failed { message, .. } if message.contains("range of"));
        assert!(is_range || error == EvalError::CpuLimit { limit_ms: 100 }, "{body}\n{error}");
    }
}

#[test]
fn recursion_ends_with_its_place() {
    let code = "def f(n):\n    return f(n + 1)\ndef stage(ctx):\n    return {'a': f(0)}";
    match run(code).expect_err("endless recursion") {
        EvalError::RecursionLimit { at: Some(at), limit: 200 } => assert_eq!(at.line, 2),
        other => panic!("{other}"),
    }
    let mutual =
        "def f(n): return [g(x) for x in [n]]\ndef g(n): return sorted([1, 2], key=lambda k: len(f(n)))\ndef stage(ctx): return f(1)";
    assert!(matches!(run(mutual), Err(EvalError::RecursionLimit { .. })));
    assert_eq!(value_after("f = lambda f, n: n if n == 0 else f(f, n - 1)\nx = f(f, 150)"), 0);
}

#[test]
fn a_result_of_ten_megabytes_is_refused() {
    let limit = EvalError::ResultLimit { limit_bytes: 4 << 20 };
    assert_eq!(run("def stage(ctx): return {'a': 'x' * 10000000}"), Err(limit.clone()));
    assert_eq!(run("def stage(ctx): return {'a': ['0123456789'] * 1000000}"), Err(limit.clone()));
    assert_eq!(run("def stage(ctx): return {'a': '\\x01' * 1000000}"), Err(limit.clone()));
    assert_eq!(run("def stage(ctx): return {'\"' * 3000000: 1}"), Err(limit.clone()));
    let shared = "def stage(ctx):\n    x = ['a']\n    for i in range(40): x = [x, x]\n    return {'a': x}";
    assert_eq!(run(shared), Err(limit));
}

#[test]
fn a_value_that_holds_itself_or_nests_without_end_is_refused() {
    for body in ["x = []\nx.append(x)", "x = {}\nx['x'] = x", "x = []\nfor i in range(100000): x = [x]"] {
        let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
        let error = run(&format!("def stage(ctx):\n{indented}    return {{'x': x}}")).expect_err(body);
        assert!(matches!(&error, EvalError::BadResult { reason, .. } if reason.contains("nested")), "{error}");
    }
}

#[test]
fn deep_values_do_not_overflow_the_interpreter() {
    let deep = "x = []\nfor i in range(40000): x = [x]\n";
    for use_it in [
        "y = x == [1]",
        "y = str(x)",
        "print(x)",
        "y = x < [[1]]",
        "y = x + 1",
        "x.nope",
        "y = '%s' % x",
        "y = {}[str(1)]",
        "x()",
        "y = {1: 2}[x]",
    ] {
        let _ = limited(&format!("{deep}{use_it}\nfail('end')"), &patient());
    }
    let tuple = "x = ()\nfor i in range(40000): x = (x,)\n";
    for use_it in ["y = {x: 1}", "y = {}\ny[x] = 1", "y = x in {}", "y = {}.get(x)", "y = {}[x]"] {
        let error = limited(&format!("{tuple}{use_it}\nfail('end')"), &patient()).to_string();
        assert!(error.len() < 5_000, "{} bytes", error.len());
    }
}

#[test]
fn deep_code_is_refused_before_it_is_parsed() {
    let long = |piece: &str, times: usize| piece.repeat(times);
    let shapes = [
        format!("x = {}1{}", long("(", 5_000), long(")", 5_000)),
        format!("x = {}{}", long("[", 100_000), long("]", 100_000)),
        format!("x = {}1", long("-", 900_000)),
        format!("x = {}1", long("not ", 200_000)),
        format!("x = 1{}", long("+1", 400_000)),
        format!("x = f{}", long("()", 400_000)),
        format!("x = f{}", long(".a", 400_000)),
        format!("x = f{}", long("[0]", 300_000)),
        format!("x = {}1", long("lambda:", 100_000)),
        format!("x = {}1", long("1 if 1 else ", 80_000)),
        format!("if 1: pass\n{}", long("elif 1: pass\n", 70_000)),
        format!("if 1: pass\n{}", long("elif 1:\n if 1: pass\n", 40_000)),
        (0..700).map(|depth| format!("{}if 1:\n", " ".repeat(depth))).collect(),
        format!("x = {}", long("{1:", 100_000)),
    ];
    for code in shapes {
        let error = run(&code).expect_err("deep code");
        let shown: String = code.chars().take(40).collect();
        assert!(matches!(&error, EvalError::Syntax { message, .. } if message.contains("deep")), "{shown}: {error}");
    }
    assert!(matches!(run(&long("#", 2 << 20)), Err(EvalError::TooLong { .. })));
}

#[test]
fn code_of_ordinary_depth_is_not_refused() {
    let cases = [
        format!("x = {}1{}", "(".repeat(40), ")".repeat(40)),
        format!("x = 1{}", "+1".repeat(1_000)),
        format!("x = [{}]", "1,".repeat(100_000)),
        format!("x = 1\nif x == 0: pass\n{}", "elif x == 2: pass\n".repeat(300)),
    ];
    for body in cases {
        value_after(&body);
    }
}

#[test]
fn a_runaway_that_reacts_to_nothing_is_given_up() {
    // Two equal towers of shared lists: comparing them visits every path through them, in one operation.
    let limits = Limits { patience: Duration::from_millis(200), ..Limits::default() };
    let body = "x = [1]\ny = [1]\nfor i in range(24):\n    x = [x, x]\n    y = [y, y]\nz = x == y\nz = x == y";
    assert!(matches!(limited(body, &limits), EvalError::Stuck { .. } | EvalError::CpuLimit { .. }));
}

#[test]
fn numbers_stay_small() {
    for body in [
        "x = 1 << 1000000000",
        "x = 3\nfor i in range(60): x = x * x",
        "x = 3\nfor i in range(60): x *= x",
        "x = 1\nx <<= 100000000",
        "x = int('9' * 100000)",
        "x = range(1000000000)",
        "x = range(10000000000)",
        "x = [0] * 10000000000",
    ] {
        assert!(matches!(limited(body, &patient()), EvalError::Failed { .. }), "{body}");
    }
}
