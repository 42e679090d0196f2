//! Cron rules: minute, hour, day of month, month, day of week; with names, ranges, steps and lists.

/// When a cron rule fires, as sets of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cron {
    /// Minutes 0 to 59.
    pub minutes: u64,
    /// Hours 0 to 23.
    pub hours: u64,
    /// Days of the month 1 to 31.
    pub days: u64,
    /// Months 1 to 12.
    pub months: u64,
    /// Days of the week 0 (Sunday) to 6.
    pub weekdays: u64,
    /// Whether the days of the month are restricted. When both kinds of day are, a day of either kind fires.
    pub restricts_days: bool,
    /// Whether the days of the week are restricted.
    pub restricts_weekdays: bool,
}

struct Part {
    name: &'static str,
    first: u32,
    last: u32,
    /// Names of the numbers from `first` on.
    names: &'static [&'static str],
}

const PARTS: [Part; 5] = [
    Part { name: "minute", first: 0, last: 59, names: &[] },
    Part { name: "hour", first: 0, last: 23, names: &[] },
    Part { name: "day", first: 1, last: 31, names: &[] },
    Part {
        name: "month",
        first: 1,
        last: 12,
        names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    },
    // 7 is Sunday too.
    Part { name: "weekday", first: 0, last: 7, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

impl Cron {
    /// Reads a rule of five parts.
    ///
    /// # Errors
    /// A sentence that names the part and says what was expected.
    pub fn parse(rule: &str) -> Result<Self, String> {
        let words: Vec<&str> = rule.split_whitespace().collect();
        let Ok(words) = <[&str; 5]>::try_from(words.as_slice()) else {
            return Err(format!("{rule:?} has {} parts: expected 5 (minute hour day month weekday)", words.len()));
        };
        let mut sets = [0_u64; 5];
        for ((set, part), word) in sets.iter_mut().zip(&PARTS).zip(words) {
            *set = part.parse(word).map_err(|why| format!("{rule:?}: {why}"))?;
        }
        let [minutes, hours, days, months, weekdays] = sets;
        let sunday = weekdays >> 7 & 1;
        Ok(Self {
            minutes,
            hours,
            days,
            months,
            weekdays: weekdays & 0x7f | sunday,
            restricts_days: !words[2].starts_with('*'),
            restricts_weekdays: !words[4].starts_with('*'),
        })
    }
}

impl Part {
    fn parse(&self, word: &str) -> Result<u64, String> {
        word.split(',').try_fold(0, |set, item| Ok(set | self.parse_item(item)?))
    }

    fn parse_item(&self, item: &str) -> Result<u64, String> {
        let (range, step) = match item.split_once('/') {
            Some((range, step)) => {
                let number = step.parse::<u32>().ok().filter(|step| *step > 0);
                (range, Some(number.ok_or_else(|| format!("the step {step:?} of the {} is not a number from 1 on", self.name))?))
            }
            None => (item, None),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (self.number(first)?, self.number(last)?),
            None if range == "*" => (self.first, self.last.min(if self.names.len() == 7 { 6 } else { self.last })),
            // `5/10` is from 5 on.
            None if step.is_some() => (self.number(range)?, self.last),
            None => (self.number(range)?, self.number(range)?),
        };
        if first > last {
            return Err(format!("the range {range:?} of the {} ends before it begins", self.name));
        }
        let step = usize::try_from(step.unwrap_or(1)).unwrap_or(usize::MAX);
        Ok((first..=last).step_by(step).fold(0, |set, number| set | 1 << number))
    }

    fn number(&self, word: &str) -> Result<u32, String> {
        let lower = word.to_lowercase();
        if let Some(index) = self.names.iter().position(|name| *name == lower) {
            return Ok(self.first + index as u32);
        }
        match word.parse::<u32>() {
            Ok(number) if (self.first..=self.last).contains(&number) => Ok(number),
            _ => Err(format!("{word:?} is not a {}: expected {} to {}{}", self.name, self.first, self.last, self.names_hint())),
        }
    }

    fn names_hint(&self) -> String {
        match (self.names.first(), self.names.last()) {
            (Some(first), Some(last)) => format!(" or {first} to {last}"),
            _ => String::new(),
        }
    }
}

#[cfg(test)]
mod tests;
