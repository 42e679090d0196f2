//! Whatever is written, an answer comes back.

use proptest::prelude::*;

use super::*;

/// Words that make code more often than chance does.
const WORDS: [&str; 48] = [
    "def stage(ctx):\n ",
    "return ",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ",",
    ":",
    " = ",
    " += ",
    " *= ",
    " == ",
    " + ",
    " * ",
    " % ",
    " | ",
    " in ",
    " not ",
    " for ",
    " if ",
    " else ",
    "lambda x: ",
    "x",
    "y",
    "ctx",
    ".flow",
    ".data",
    ".join",
    ".update",
    ".format",
    "'a'",
    "'%s'",
    "1",
    "99999999",
    "range",
    "str",
    "dict",
    "list",
    "\n",
    "\n ",
    "\n  ",
    "#{",
    "\t",
    "\"\"\"",
    "None",
    "print",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn code_made_of_its_words_gets_an_answer(words in prop::collection::vec(prop::sample::select(WORDS.as_slice()), 0..40)) {
        let outcome = run(&words.concat());
        prop_assert!(!matches!(outcome, Err(EvalError::Interpreter(_) | EvalError::Stuck { .. })), "{outcome:?}");
    }

    #[test]
    fn a_stage_made_of_words_gets_an_answer(words in prop::collection::vec(prop::sample::select(WORDS.as_slice()), 0..20)) {
        let outcome = run(&format!("def stage(ctx):\n    x = [1]\n    y = {{}}\n    return {{'a': {}}}\n", words.concat()));
        prop_assert!(!matches!(outcome, Err(EvalError::Interpreter(_) | EvalError::Stuck { .. })), "{outcome:?}");
    }

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,60}") {
        let outcome = run(&text);
        prop_assert!(!matches!(outcome, Err(EvalError::Interpreter(_) | EvalError::Stuck { .. })), "{outcome:?}");
    }
}
