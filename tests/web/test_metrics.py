"""What Prometheus is shown."""

from prometheus_client.parser import text_string_to_metric_families

from ivr.engine.measures import BARGE_IN, DURATION, ENDED, FALLBACKS, MEASURES, OFFERED
from ivr.web.metrics import Metrics

from .fakes import FakeFleet, a_call, an_account


def shown(metrics: Metrics) -> dict[str, float]:
    """Every sample, written as Prometheus writes it."""
    return {
        sample.name
        + "{" * bool(sample.labels)
        + ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
        + "}" * bool(sample.labels): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }


def test_counts_of_workers_are_summed() -> None:
    metrics = Metrics(FakeFleet(), lambda: True, "1.2.3")
    metrics.add({OFFERED.name: [(["menu"], [2]), (["night"], [1])]})
    metrics.add({OFFERED.name: [(["menu"], [3])], FALLBACKS.name: [([], [1])]})
    samples = shown(metrics)
    assert samples['ivr_calls_offered_total{flow="menu"}'] == 5
    assert samples['ivr_calls_offered_total{flow="night"}'] == 1
    assert samples["ivr_prompt_fallbacks_total"] == 1


def test_distributions_are_summed_bucket_by_bucket() -> None:
    metrics = Metrics(FakeFleet(), lambda: True, "1.2.3")
    row = [0.0] * DURATION.width
    row[0], row[1], row[3], row[-1] = 8000.5, 1, 1, 1
    for _ in range(2):
        metrics.add({DURATION.name: [(["menu"], row)]})
    samples = shown(metrics)
    assert samples['ivr_call_seconds_bucket{flow="menu",le="1.0"}'] == 2
    assert samples['ivr_call_seconds_bucket{flow="menu",le="5.0"}'] == 2
    assert samples['ivr_call_seconds_bucket{flow="menu",le="10.0"}'] == 4
    assert samples['ivr_call_seconds_bucket{flow="menu",le="+Inf"}'] == 6
    assert samples['ivr_call_seconds_count{flow="menu"}'] == 6
    assert samples['ivr_call_seconds_sum{flow="menu"}'] == 16001.0


def test_what_a_newer_worker_counts_is_left_out() -> None:
    metrics = Metrics(FakeFleet(), lambda: True, "1.2.3")
    before = shown(metrics)
    metrics.add({"ivr_moods": [(["good"], [1])], BARGE_IN.name: [([], [1, 2, 3])]})
    assert shown(metrics) == before


def test_what_has_no_labels_begins_at_zero() -> None:
    """An increase from nothing to one is none, to Prometheus."""
    samples = shown(Metrics(FakeFleet(), lambda: True, "1.2.3"))
    assert samples["ivr_flow_failures_total"] == 0
    assert samples['ivr_barge_in_seconds_bucket{le="0.0005"}'] == 0
    assert samples["ivr_barge_in_seconds_count"] == 0


def test_the_fleet_is_read_when_somebody_asks() -> None:
    fleet, up = FakeFleet(), [True]
    metrics = Metrics(fleet, lambda: up[0], "1.2.3")
    metrics.add({OFFERED.name: [(["night"], [1])]})
    samples = shown(metrics)
    assert samples['ivr_calls_live{flow="menu"}'] == 1
    assert samples['ivr_calls_live{flow="night"}'] == 0
    assert samples['ivr_workers{state="ready"}'] == 1
    assert samples["ivr_call_capacity"] == 4
    assert samples["ivr_front_up"] == 1
    assert samples['ivr_build_info{version="1.2.3"}'] == 1
    up[0], fleet.live = False, [a_call("night"), a_call("night")]
    samples = shown(metrics)
    assert samples["ivr_front_up"] == 0
    assert samples['ivr_calls_live{flow="night"}'] == 2


def test_an_account_is_registered_until_its_registrar_forgets_us() -> None:
    fleet, now = FakeFleet(), [1000.0]
    fleet.accounts = [an_account("trunk", 1060.0), an_account("other", 0)]
    metrics = Metrics(fleet, lambda: True, "1.2.3", lambda: now[0])
    assert shown(metrics)['ivr_registered{account="trunk"}'] == 1
    assert shown(metrics)['ivr_registered{account="other"}'] == 0
    now[0] = 1060.0
    assert shown(metrics)['ivr_registered{account="trunk"}'] == 0


def test_a_call_that_died_with_its_worker() -> None:
    metrics = Metrics(FakeFleet(), lambda: True, "1.2.3")
    metrics.lost("menu")
    metrics.lost("menu")
    key = 'ivr_calls_ended_total{by="worker",code="0",flow="menu",result="cut"}'
    assert shown(metrics)[key] == 2


def test_labels_are_escaped() -> None:
    metrics = Metrics(FakeFleet(), lambda: True, "1.2.3")
    metrics.add({OFFERED.name: [(['a "flow"\\\n'], [1])]})
    assert shown(metrics)['ivr_calls_offered_total{flow="a "flow"\\\n"}'] == 1


def test_every_measure_is_told_apart() -> None:
    assert len({measure.name for measure in MEASURES}) == len(MEASURES)
    assert all(list(measure.bounds) == sorted(measure.bounds) for measure in MEASURES)
    assert not ENDED.bounds and BARGE_IN.bounds


def test_nothing_is_said_of_self_calls_before_the_first() -> None:
    """A 0 would ring the alarm."""
    assert not any("self_call" in name for name in shown(Metrics(FakeFleet(), lambda: True, "1")))


def test_self_calls() -> None:
    metrics = Metrics(FakeFleet(), lambda: True, "1")
    metrics.self_calls.saw("success", 0.31)
    samples = shown(metrics)
    assert samples["ivr_self_call_success"] == 1
    assert samples["ivr_self_call_seconds"] == 0.31
    metrics.self_calls.saw("no_rtp", None)
    metrics.self_calls.saw("no_rtp", None)
    samples = shown(metrics)
    assert samples["ivr_self_call_success"] == 0
    assert "ivr_self_call_seconds" not in samples
    assert samples['ivr_self_calls_total{result="success"}'] == 1
    assert samples['ivr_self_calls_total{result="no_rtp"}'] == 2
