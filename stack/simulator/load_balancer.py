"""HAProxy in front of the orchestrators, as its own Prometheus endpoint tells."""

from collections.abc import Mapping
from random import Random

from stack.simulator import draws
from stack.simulator.activity import Activity, Answers
from stack.simulator.effects import Effects
from stack.simulator.target import Target

FRONTEND, BACKEND = "fe_masters", "be_masters"
_SESSIONS = 20_000


class LoadBalancer:
    """One HAProxy of `peers` that share the traffic evenly. `servers` are the orchestrators' instances."""

    def __init__(self, target: Target, servers: tuple[str, ...], *, peers: int, started: float) -> None:
        self.target, self.servers, self.peers, self.started = target, servers, peers, started

    def step(self, rng: Random, activity: Activity, up: Mapping[str, bool], dt: float, effects: Effects) -> None:
        """Balance its part of what arrived over the servers that are `up`."""
        alive = sum(up.values())
        arrived = activity.arrived // self.peers
        turned_away = 0 if alive else arrived  # nobody to ask: HAProxy itself answers 503
        parts = [
            self._server(name, answers, up[name], effects)
            for name, answers in zip(self.servers, activity.answers, strict=True)
        ]
        for side, proxy in (("frontend", FRONTEND), ("backend", BACKEND)):
            for code in ("1xx", "2xx", "3xx", "4xx", "5xx", "other"):
                count = sum(part.get(code, 0) for part in parts) + (turned_away if code == "5xx" else 0)
                self.target.add(f"haproxy_{side}_http_responses_total", count, proxy=proxy, code=code)
        self._frontend(rng, arrived, dt, effects)
        self._backend(rng, alive, activity, effects)

    def _server(self, name: str, answers: Answers, up: bool, effects: Effects) -> dict[str, int]:
        labels = {"proxy": BACKEND, "server": name}
        answered = {"2xx": answers.good, "4xx": answers.refused, "5xx": answers.failed}
        answered = {code: count // self.peers for code, count in answered.items()}
        for code in ("1xx", "2xx", "3xx", "4xx", "5xx", "other"):
            self.target.add("haproxy_server_http_responses_total", answered.get(code, 0), **labels, code=code)
        self.target.state("haproxy_server_status", "UP" if up else "DOWN", **labels)
        self.target.set(
            "haproxy_server_current_sessions", round(sum(answered.values()) * 0.004 * effects.latency), **labels
        )
        self.target.add("haproxy_server_check_failures_total", 0 if up else 1, **labels)
        self.target.set("haproxy_server_response_time_average_seconds", round(0.028 * effects.latency, 3), **labels)
        return answered

    def _frontend(self, rng: Random, arrived: int, dt: float, effects: Effects) -> None:
        target, sessions = self.target, 40 + arrived / dt * 2 * effects.latency**0.5
        target.add("haproxy_frontend_http_requests_total", arrived, proxy=FRONTEND)
        target.add("haproxy_frontend_bytes_in_total", arrived * 620, proxy=FRONTEND)
        target.add("haproxy_frontend_bytes_out_total", arrived * 5_400, proxy=FRONTEND)
        target.add("haproxy_frontend_requests_denied_total", draws.poisson(rng, arrived * 1e-4), proxy=FRONTEND)
        target.set("haproxy_frontend_current_sessions", round(sessions), proxy=FRONTEND)
        target.set("haproxy_frontend_limit_sessions", _SESSIONS, proxy=FRONTEND)
        target.set("haproxy_process_current_connections", round(sessions * 1.4))
        target.set("haproxy_process_max_connections", 2 * _SESSIONS)
        target.set("haproxy_process_idle_time_percent", round(max(5, 96 - arrived / dt / 3)))
        target.set("haproxy_process_start_time_seconds", round(self.started))

    def _backend(self, rng: Random, alive: int, activity: Activity, effects: Effects) -> None:
        target, strained = self.target, max(0.0, activity.load - 2)
        target.state("haproxy_backend_status", "UP" if alive else "DOWN", proxy=BACKEND)
        for state in ("UP", "DOWN", "MAINT", "DRAIN", "NOLB"):
            count = {"UP": alive, "DOWN": len(self.servers) - alive}.get(state, 0)
            target.set("haproxy_backend_agg_server_status", count, proxy=BACKEND, state=state)
        target.set("haproxy_backend_active_servers", alive, proxy=BACKEND)
        target.set("haproxy_backend_current_queue", round(strained * 40), proxy=BACKEND)
        target.set("haproxy_backend_queue_time_average_seconds", round(strained * 0.2, 3), proxy=BACKEND)
        target.set("haproxy_backend_response_time_average_seconds", round(0.028 * effects.latency, 3), proxy=BACKEND)
        trouble = 1e-5 if alive else 0.02
        for what, weight in (("connection_errors", 1), ("retry_warnings", 2), ("redispatch_warnings", 0.5)):
            count = draws.poisson(rng, activity.arrived / self.peers * trouble * weight)
            target.add(f"haproxy_backend_{what}_total", count, proxy=BACKEND)
