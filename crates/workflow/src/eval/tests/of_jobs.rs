//! What only a job knows goes into texts by its name, and is not looked at.

use serde_json::json;

use super::*;

#[test]
fn what_a_job_knows_becomes_the_text_that_names_it() {
    for (body, expected) in [
        ("x = ctx.config.level", "#{config.level}"),
        ("x = ctx.config['my level']", "#{config[\"my level\"]}"),
        ("x = getattr(ctx.config, 'a')", "#{config.a}"),
        ("x = 'make P=' + ctx.config.p1 + '!'", "make P=#{config.p1}!"),
        ("x = ctx.config.a + ctx.config.b", "#{config.a}#{config.b}"),
        ("x = 'make %s %s' % (ctx.config.p1, 'x')", "make #{config.p1} x"),
        ("x = 'make {}'.format(ctx.config.p1)", "make #{config.p1}"),
        ("x = '-'.join(['a', ctx.job.name])", "a-#{job.name}"),
        ("x = 'at NAME'.replace('NAME', ctx.job.name)", "at #{job.name}"),
        ("x = 'a'\nx += ctx.job.id", "a#{job.id}"),
        ("x = str(ctx.job.created)", "#{job.created}"),
        ("x = ctx.job.steps[0].result.msg", "#{job.steps[0].result.msg}"),
        ("x = ctx.step.result.retcode", "#{step.result.retcode}"),
        ("x = ctx.prev_ok", "#{prev_ok}"),
        ("x = ctx.was_any_error", "#{was_any_error}"),
        ("x = ctx.was_no_error", "#{was_no_error}"),
    ] {
        assert_eq!(value_after(body), json!(expected), "{body}");
    }
}

#[test]
fn a_question_about_it_says_what_to_write_instead() {
    for (body, path) in [
        ("x = 1 if ctx.config.fast else 2", "config.fast"),
        ("x = not ctx.prev_ok", "prev_ok"),
        ("if ctx.was_any_error and True:\n    fail('wrong turn')\nx = 1", "was_any_error"),
        ("x = bool(ctx.config.fast)", "config.fast"),
        ("x = ctx.config.db == 'sqlite'", "config.db"),
        ("x = 'sqlite' == ctx.config.db", "config.db"),
        ("x = ctx.config.db != 'sqlite'", "config.db"),
        ("x = ctx.config.db in ['sqlite']", "config.db"),
        ("x = ctx.config.db not in ('sqlite',)", "config.db"),
        ("x = 'lite' in ctx.config.db", "config.db"),
        ("x = {'sqlite': 1}.get(ctx.config.db)", "config.db"),
        ("x = {ctx.config.db: 1}", "config.db"),
        ("x = [step for step in ctx.job.steps]", "job.steps"),
        ("x = len(ctx.job.name)", "job.name"),
        ("x = ctx.job.name.upper()", "job.name.upper"),
        ("x = ctx.job.name[1:]", "job.name"),
    ] {
        let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
        let error = run(&format!("def stage(ctx):\n{indented}    return {{'x': x}}\n")).expect_err(body).to_string();
        assert!(
            error.contains(&format!("ctx.{path} is known only while a job runs")) && error.contains(&format!("#{{{path}}}")),
            "{body}: {error}"
        );
    }
}

#[test]
fn a_field_that_no_job_has_is_refused() {
    for body in ["x = ctx.job.nope", "x = ctx.step.result.nope"] {
        let error = run(&format!("def stage(ctx):\n    {body}\n    return {{'x': x}}\n")).expect_err(body).to_string();
        assert!(error.contains("nope"), "{error}");
    }
}

#[test]
fn a_run_sees_the_same() {
    let mut ctx = context();
    ctx.config = json!({"level": 3});
    ctx.job = json!({"name": "unit"});
    let code = "def stage(ctx):\n    return {'x': ctx.config.level + ctx.job.name}\n";
    assert_eq!(evaluate(code, &ctx, &Limits::default()).unwrap()["x"], "#{config.level}#{job.name}");
}
