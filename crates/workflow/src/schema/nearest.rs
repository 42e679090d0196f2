//! The nearest known name to an unknown one.

/// ` did you mean "timeout"?`, or all that is known when nothing is near.
pub(crate) fn did_you_mean<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().filter(|name| !name.trim().is_empty()).collect();
    let nearest = known.iter().map(|name| (distance(unknown, name), *name)).min_by_key(|(distance, _)| *distance);
    match nearest {
        Some((distance, name)) if distance <= unknown.chars().count().max(3) / 2 => format!("did you mean {name:?}?"),
        Some(_) => format!("known are: {}", known.join(", ")),
        None => "there are none".to_owned(),
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
    }

    #[test]
    fn distances() {
        for (a, b, expected) in [("", "", 0), ("abc", "", 3), ("abc", "acb", 1), ("kitten", "sitting", 3)] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
        }
    }
}
