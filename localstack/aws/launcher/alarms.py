"""Alarms over an expression (`Metrics`) are taken for made; the emulator refuses the whole stack for one of them.

They never go off. Nothing here waits for an alarm: what alarms are made, and when they go off, is tested on the templates.
"""

NAME = "AWS::CloudWatch::Alarm"


def mend() -> None:
    from ministack.services.cloudformation import provisioners

    alarm = provisioners._RESOURCE_HANDLERS[NAME]
    create, update, delete = alarm["create"], alarm["update"], alarm["delete"]

    def created(logical_id, properties, stack_name):
        if "Metrics" not in properties:
            return create(logical_id, properties, stack_name)
        name = properties.get("AlarmName") or f"{stack_name}-{logical_id}"
        return name, {}

    def updated(physical_id, old, new, stack_name, logical_id=None):
        if "Metrics" not in new and "Metrics" not in old:
            return update(physical_id, old, new, stack_name, logical_id)
        return created(logical_id or physical_id, new, stack_name)

    def deleted(physical_id, properties):
        if "Metrics" not in properties:
            delete(physical_id, properties)

    alarm["create"], alarm["update"], alarm["delete"] = created, updated, deleted
