//! The nearest known name to an unknown one.

/// The longest name that is compared, in characters, and the most that it is compared with: what strangers write may be of any size.
const LONGEST: usize = 100;
const COMPARED: usize = 2_000;
/// How many names are listed.
const LISTED: usize = 40;

/// ` did you mean "timeout"?`, or all that is known when nothing is near.
pub(crate) fn did_you_mean<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().filter(|name| !name.trim().is_empty()).collect();
    if known.is_empty() {
        return "there are none".to_owned();
    }
    let length = unknown.chars().count();
    let allowed = length.max(3) / 2;
    let may_be_near = |name: &&&str| length <= LONGEST && name.chars().count().abs_diff(length) <= allowed;
    let near = known.iter().take(COMPARED).filter(may_be_near).map(|name| (distance(unknown, name), *name));
    match near.min_by_key(|(distance, _)| *distance).filter(|(distance, _)| *distance <= allowed) {
        Some((_, name)) => format!("did you mean {name:?}?"),
        None => {
            let shown: Vec<&str> = known.iter().copied().filter(|name| name.len() <= LONGEST).take(LISTED).collect();
            let more = if shown.len() < known.len() { format!(" and {} more", known.len() - shown.len()) } else { String::new() };
            format!("known are: {}{more}", shown.join(", "))
        }
    }
}

/// How many letters must be changed, added, taken away, or swapped with their neighbour (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.to_lowercase().chars().collect(), b.to_lowercase().chars().collect());
    let mut rows = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let substitute = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitute.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_proposed() {
        let known = ["timeout", "steps", "name", "environments"];
        assert_eq!(did_you_mean("timeut", known), "did you mean \"timeout\"?");
        assert_eq!(did_you_mean("setps", known), "did you mean \"steps\"?");
        assert_eq!(did_you_mean("Name", known), "did you mean \"name\"?");
        assert_eq!(did_you_mean("environment", known), "did you mean \"environments\"?");
        assert_eq!(did_you_mean("colour", known), "known are: timeout, steps, name, environments");
        assert_eq!(did_you_mean("x", []), "there are none");
        let long = "x".repeat(10_000_000);
        assert_eq!(did_you_mean(&long, [long.as_str(), "a"]), "known are: a and 1 more");
        let many: Vec<String> = (0..1_000).map(|n| format!("name {n:04}")).collect();
        assert!(did_you_mean("q", many.iter().map(String::as_str)).ends_with("name 0039 and 960 more"));
    }

    #[test]
    fn distances() {
        for (a, b, expected) in [("", "", 0), ("abc", "", 3), ("abc", "acb", 1), ("kitten", "sitting", 3)] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
