"""What processes say: one message for one thing, so that messages can be counted; what differs stands beside it."""

REFUSED = {
    "400": "Request refused: it could not be read",
    "401": "Request refused: unknown caller",
    "404": "Request refused: no such thing",
    "409": "Request refused: it contradicts what is stored",
    "429": "Request refused: too many from this caller",
}
BROKEN = {
    "500": "Request failed: internal error",
    "502": "Request failed: a dependency answered nonsense",
    "503": "Request failed: no capacity left",
    "504": "Request failed: a dependency did not answer in time",
}
TASK_FAILED = {
    "timeout": "Task failed: it took too long",
    "agent_lost": "Task failed: the connection to its agent was lost",
    "dependency": "Task failed: something that it depends on is missing",
    "invalid_input": "Task failed: its input makes no sense",
    "resource_exhausted": "Task failed: the agent has no memory or disk left for it",
    "internal": "Task failed: internal error",
}
OPERATION_FAILED = {
    "timeout": "Operation failed: it took too long",
    "command_failed": "Operation failed: its command ended with an error",
    "out_of_memory": "Operation failed: out of memory",
    "network": "Operation failed: network unreachable",
    "internal": "Operation failed: internal error",
}
REDIS_REFUSED = "Redis refuses connections: {server}"
REPLICA_GONE = "Redis replica is gone: {server}"
AGENT_LOST = "No heartbeat from agent {agent}"
UNWELL = {
    "degraded": "Agent is degraded: it takes half of its tasks",
    "unhealthy": "Agent is unhealthy: it takes no tasks",
}
NO_ORCHESTRATOR = "No orchestrator answers: connection refused"
MEMORY_HIGH = "Memory is close to its limit"
NO_FREE_AGENT = "Tasks wait: no agent has a free slot"
RETURNED = "Task returned to the queue: its agent is gone"
QUEUED = "Task queued"
TAKEN_UP = "Task taken up"
DONE = "Task completed"
DONE_LATE = "Task completed too late"
GIVEN_UP = "Task given up"
ANSWERED = "Request answered"
ANSWERED_LATE = "Request answered too late"
OPERATED = "Operation completed"
CACHE_MISS = "Cache miss"
AGENT_SILENT = "Agent does not answer: {agent}"
STARTED = "Started"
ACCEPTED = ("200", "201", "202", "204")
