"""Records expire: a template's `TimeToLiveSpecification` of a table is passed on to the table, which the emulator forgets to do."""


def mend() -> None:
    from ministack.services import dynamodb
    from ministack.services.cloudformation import provisioners

    table = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create, update, apply = table["create"], table["update"], dynamodb._update_ttl

    def expire(name: str, properties: dict) -> None:
        wanted = properties.get("TimeToLiveSpecification")
        if wanted:
            # Templates say "true" as a text.
            enabled = str(wanted.get("Enabled")).lower() == "true"
            apply({"TableName": name, "TimeToLiveSpecification": {**wanted, "Enabled": enabled}})

    def created(logical_id, properties, stack_name):
        name, attributes = create(logical_id, properties, stack_name)
        expire(name, properties)
        return name, attributes

    def updated(physical_id, old, new, stack_name, **rest):
        name, attributes = update(physical_id, old, new, stack_name, **rest)
        expire(name, new)
        return name, attributes

    table["create"], table["update"] = created, updated
