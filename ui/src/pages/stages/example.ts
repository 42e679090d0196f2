/** What a new stage begins with. */
export const NEW_STAGE = `def stage(ctx):
    return {
        "parent": "root",
        "jobs": [{
            "name": "hello",
            "steps": [{"tool": "shell", "cmd": "echo hello from #{branch.name}"}],
            "environments": [{"system": "any", "agents_group": "all"}],
        }],
    }
`;
