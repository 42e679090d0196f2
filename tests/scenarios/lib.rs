//! Stories: what people and machines do with the whole system, and what they then see.
