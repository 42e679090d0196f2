//! So much of everything that is billed, and what that comes to.

use std::{
    collections::BTreeMap,
    ops::{Add, Mul, Sub},
};

use crate::prices::Item;

/// Amounts by item.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Usage(BTreeMap<Item, f64>);

impl Usage {
    /// So much of one item.
    pub fn of(item: Item, amount: f64) -> Self {
        Self(BTreeMap::from([(item, amount)]))
    }

    /// Takes in more.
    pub fn add(&mut self, item: Item, amount: f64) {
        *self.0.entry(item).or_default() += amount;
    }

    /// How much of an item.
    pub fn amount(&self, item: Item) -> f64 {
        self.0.get(&item).copied().unwrap_or_default()
    }

    /// All items with their amounts.
    pub fn items(&self) -> impl Iterator<Item = (Item, f64)> + '_ {
        self.0.iter().map(|(item, amount)| (*item, *amount))
    }

    /// In US dollars.
    pub fn usd(&self) -> f64 {
        self.items().map(|(item, amount)| cost(item, amount)).sum()
    }

    /// In US dollars, by service.
    pub fn by_service(&self) -> BTreeMap<&'static str, f64> {
        let mut services = BTreeMap::new();
        for (item, amount) in self.items() {
            *services.entry(item.price().service).or_default() += cost(item, amount);
        }
        services
    }
}

/// What so much of an item costs.
pub fn cost(item: Item, amount: f64) -> f64 {
    amount * item.price().usd / item.price().per
}

impl Add for Usage {
    type Output = Self;

    fn add(mut self, other: Self) -> Self {
        for (item, amount) in other.0 {
            Self::add(&mut self, item, amount);
        }
        self
    }
}

impl Sub for Usage {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + other * -1.0
    }
}

impl Mul<f64> for Usage {
    type Output = Self;

    fn mul(mut self, times: f64) -> Self {
        self.0.values_mut().for_each(|amount| *amount *= times);
        self
    }
}

#[cfg(test)]
mod tests;
