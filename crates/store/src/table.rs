//! Making the table where nobody else does. On AWS the deployment makes it, from the same [`INDEXES`].

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
    TimeToLiveSpecification,
};

use crate::{
    Store, StoreError,
    error::failed,
    keys::{Carries, INDEXES, Index, attribute},
};

pub(crate) fn todo_index() -> &'static Index {
    &INDEXES[0]
}

pub(crate) fn queue_index() -> &'static Index {
    &INDEXES[1]
}

pub(crate) fn list_index() -> &'static Index {
    &INDEXES[2]
}

fn built<T>(part: Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T, StoreError> {
    part.map_err(|error| StoreError::Refused { operation: "CreateTable", detail: error.to_string() })
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, StoreError> {
    built(KeySchemaElement::builder().attribute_name(name).key_type(kind).build())
}

fn defined(name: &str, numeric: bool) -> Result<AttributeDefinition, StoreError> {
    let kind = if numeric { ScalarAttributeType::N } else { ScalarAttributeType::S };
    built(AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build())
}

fn secondary(index: &Index) -> Result<GlobalSecondaryIndex, StoreError> {
    let projection = match index.carries {
        Carries::Keys => Projection::builder().projection_type(ProjectionType::KeysOnly),
        Carries::Only(name) => Projection::builder().projection_type(ProjectionType::Include).non_key_attributes(name),
        Carries::Everything => Projection::builder().projection_type(ProjectionType::All),
    };
    let made = GlobalSecondaryIndex::builder().index_name(index.name).projection(projection.build());
    built(made.key_schema(key(index.partition, KeyType::Hash)?).key_schema(key(index.sort, KeyType::Range)?).build())
}

impl Store {
    /// Makes the table unless it is there. Safe to call at every start.
    ///
    /// # Errors
    /// [`StoreError`] when the table service failed.
    pub async fn create_table(&self) -> Result<(), StoreError> {
        let there = self.client.describe_table().table_name(&*self.table).send().await;
        match there {
            Ok(_) => return Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_not_found_exception()) => {}
            Err(error) => return Err(failed("DescribeTable", error)),
        }
        let mut call = self.client.create_table().table_name(&*self.table).billing_mode(BillingMode::PayPerRequest);
        call = call.key_schema(key(attribute::PARTITION, KeyType::Hash)?).key_schema(key(attribute::SORT, KeyType::Range)?);
        call = call.attribute_definitions(defined(attribute::PARTITION, false)?).attribute_definitions(defined(attribute::SORT, false)?);
        for index in &INDEXES {
            call = call.attribute_definitions(defined(index.partition, false)?);
            call = call.attribute_definitions(defined(index.sort, index.numeric)?);
            call = call.global_secondary_indexes(secondary(index)?);
        }
        call.send().await.map_err(|error| failed("CreateTable", error))?;
        let expiry = built(TimeToLiveSpecification::builder().attribute_name(attribute::EXPIRES).enabled(true).build())?;
        let call = self.client.update_time_to_live().table_name(&*self.table).time_to_live_specification(expiry);
        call.send().await.map_err(|error| failed("UpdateTimeToLive", error))?;
        Ok(())
    }
}
