//! What AWS takes for what: list prices of us-east-1, on demand, without any free tier.
//!
//! They are those of the pricing pages of the services (`https://aws.amazon.com/<service>/pricing/`); look there whether they still hold.

/// When these were the prices.
pub const DATE: &str = "November 2026";
/// Where.
pub const REGION: &str = "us-east-1";

/// Something that AWS bills for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// DynamoDB on demand: read request units.
    ReadUnits,
    /// DynamoDB on demand: write request units.
    WriteUnits,
    /// SQS: requests to standard queues.
    StandardRequests,
    /// SQS: requests to FIFO queues.
    FifoRequests,
    /// S3: PUT, COPY, POST, LIST.
    Puts,
    /// S3: GET and all others but DELETE, which is free.
    Gets,
    /// S3: a gigabyte for a month.
    StoredGbMonths,
    /// API Gateway: requests to an HTTP API.
    HttpRequests,
    /// Lambda: calls of functions.
    Invocations,
    /// Lambda: gigabytes of memory times seconds.
    GbSeconds,
    /// EventBridge: events of one's own. Rules by the clock are free.
    Events,
    /// CloudWatch: gigabytes of logs taken in.
    LogGb,
    /// CloudWatch: a metric that an alarm looks at, for a month.
    AlarmMonths,
    /// CloudWatch: a metric of one's own, for each hour in which it is written.
    MetricHours,
    /// KMS: a key of one's own, for a month.
    KeyMonths,
}

/// An item's service, what is counted, the price in US dollars, and of how many.
pub struct Price {
    /// What it is the price of.
    pub item: Item,
    /// Whose bill it is on.
    pub service: &'static str,
    /// What is counted.
    pub what: &'static str,
    /// US dollars.
    pub usd: f64,
    /// For so many.
    pub per: f64,
}

const fn price(item: Item, service: &'static str, what: &'static str, usd: f64, per: f64) -> Price {
    Price { item, service, what, usd, per }
}

const MILLION: f64 = 1e6;

/// All prices.
pub const PRICES: [Price; 15] = [
    price(Item::ReadUnits, "DynamoDB", "read request units", 0.125, MILLION),
    price(Item::WriteUnits, "DynamoDB", "write request units", 0.625, MILLION),
    price(Item::StandardRequests, "SQS", "requests, standard queues", 0.40, MILLION),
    price(Item::FifoRequests, "SQS", "requests, FIFO queues", 0.50, MILLION),
    price(Item::Puts, "S3", "PUT, COPY, POST, LIST", 0.005, 1000.0),
    price(Item::Gets, "S3", "GET and others", 0.0004, 1000.0),
    price(Item::StoredGbMonths, "S3", "GB stored for a month", 0.023, 1.0),
    price(Item::HttpRequests, "API Gateway", "HTTP API requests", 1.00, MILLION),
    price(Item::Invocations, "Lambda", "calls", 0.20, MILLION),
    price(Item::GbSeconds, "Lambda", "GB-seconds, x86_64 (arm64: 20 % less)", 16.6667, MILLION),
    price(Item::Events, "EventBridge", "events of one's own", 1.00, MILLION),
    price(Item::LogGb, "CloudWatch", "GB of logs taken in", 0.50, 1.0),
    price(Item::AlarmMonths, "CloudWatch", "metrics with an alarm, a month", 0.10, 1.0),
    price(Item::MetricHours, "CloudWatch", "metrics of one's own, a month of 730 hours", 0.30, 730.0),
    price(Item::KeyMonths, "KMS", "keys, a month", 1.00, 1.0),
];

impl Item {
    /// Its price.
    pub fn price(self) -> &'static Price {
        // The array is in the order of the enum, which a test holds.
        &PRICES[self as usize]
    }
}

#[cfg(test)]
mod tests;
