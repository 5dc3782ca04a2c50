"""What Prometheus scrapes: one component a job, and the labels that every target has."""

from signals_lib import Component

TARGET = ("environment", "cluster", "instance")

ORCHESTRATOR = Component(
    "phoenix-orchestrator",
    title="Orchestrator",
    labels=TARGET,
    help="Takes plans, splits them into tasks, queues them.",
)
AGENT = Component("phoenix-agent", title="Agent", labels=TARGET, help="Runs tasks; agents form pools.")
REDIS = Component(
    "redis", title="Redis", labels=TARGET, help="Queue, locks and caches; scraped through redis_exporter, one a server."
)
HAPROXY = Component(
    "haproxy", title="Load balancer", labels=TARGET, help="HAProxy in front of the orchestrators; its own endpoint."
)
NODE = Component("node", title="Node", labels=TARGET, help="A machine, through node_exporter.")
PROMETHEUS = Component("prometheus", title="Prometheus", labels=TARGET, help="Scrapes, stores, evaluates rules.")
ALERTMANAGER = Component("alertmanager", title="Alertmanager", labels=TARGET, help="Routes alerts to people.")
LOKI = Component("loki", title="Loki", labels=TARGET, help="Stores the logs.")
TEMPO = Component("tempo", title="Tempo", labels=TARGET, help="Stores the traces.")

COMPONENTS = (ORCHESTRATOR, AGENT, REDIS, HAPROXY, NODE, PROMETHEUS, ALERTMANAGER, LOKI, TEMPO)

# HAProxy's own endpoint has no process_… metrics; those of redis and node are the exporters' own.
PROCESSES = (ORCHESTRATOR, AGENT, REDIS, NODE, PROMETHEUS, ALERTMANAGER, LOKI, TEMPO)
LIMITED = (ORCHESTRATOR, AGENT)
