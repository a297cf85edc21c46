"""results/schema.json accepts what a trial records and rejects what would mislead a reader."""

import copy

import jsonschema
import pytest

import records

WHOLE = [
    records.record(),
    records.record("workspace_wait", "hangup", hangup=0.2, handoff=1.0),
    records.record("heap", "open", loop="open"),
    records.record("lockfree_stack", role="verify"),
    records.invalid(),
]


def at(record, path):
    *parents, last = path.split("/")
    for name in parents:
        record = record[int(name)] if isinstance(record, list) else record[name]
    return record, last


def with_value(record, path, value):
    record = copy.deepcopy(record)
    place, last = at(record, path)
    place[last] = value
    return record


def without(record, path):
    record = copy.deepcopy(record)
    place, last = at(record, path)
    del place[last]
    return record


@pytest.fixture(scope="module")
def validator(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("record", WHOLE, ids=lambda record: record["trial_id"])
def test_a_whole_record_is_accepted(validator, record):
    validator.validate(record)


@pytest.mark.parametrize("path", ["trial_id", "cell_id", "strategy", "allocator/version", "configuration", "environment", "build",
                                  "build/dirty", "verdict/reasons", "requests", "throughput/requests_per_s", "latency_ns/service",
                                  "latency_ns/service/p99", "tie/total_ns", "handoffs/taken", "ledger", "buffers/conserved",
                                  "buffers/at_end/in_transfer/bytes", "memory/samples/shared", "memory/process/after_drain",
                                  "cpu/per_request_us", "configuration/oversubscribed", "configuration/handoff/ratio"])
def test_a_valid_record_must_have(validator, path):
    assert not validator.is_valid(without(records.record(), path))


BROKEN = {
    "an unknown version": ("schema_version", 3),
    "a negative rate": ("throughput/requests_per_s", -1),
    "an unknown role": ("role", "warmup"),
    "a time without offset": ("started_at", "2026-01-02 03:04:05"),
    "a phase of no length": ("duration_s", 0),
    "an unknown member": ("thruput", 3),
    "an unknown member inside": ("latency_ns/service/p95", 3),
    "a latency that is no integer": ("latency_ns/service/p50", "fast"),
    "a zero where nothing was told": ("environment/cpu/governor", 0),
    "an abbreviated commit": ("build/commit", "2362250"),
    "buffers that got lost": ("buffers/conserved", False),
    "wrong answers": ("requests/wrong", 1),
    "a reason although valid": ("verdict/reasons", ["because"]),
    "a handoff ratio in percent": ("configuration/handoff/ratio", 50),
    "memory of an unknown size": ("memory/process/before/rss", "unknown"),
}


@pytest.mark.parametrize("path, value", BROKEN.values(), ids=BROKEN.keys())
def test_a_valid_record_must_not_have(validator, path, value):
    assert not validator.is_valid(with_value(records.record(), path, value))


def test_an_invalid_record_needs_a_reason(validator):
    assert not validator.is_valid(with_value(records.invalid(), "verdict/reasons", []))


def test_an_invalid_record_may_keep_what_was_measured(validator):
    lost = with_value(records.record(), "buffers/conserved", False)
    validator.validate(with_value(lost, "verdict", {"valid": False, "reasons": ["1 buffer was lost"]}))


@pytest.mark.parametrize("path", ["environment/cpu/governor", "memory/process/before", "memory/process/before/pss", "memory/samples/process_anonymous",
                                  "build/dirty", "environment/cpu/online"])
def test_what_the_machine_does_not_tell_may_be_unavailable(validator, path):
    validator.validate(with_value(records.record(), path, "unavailable"))


@pytest.mark.parametrize("part", ["environment", "build", "allocator", "configuration"])
def test_what_records_share_may_be_named_by_digest_and_by_nothing_else(validator, part):
    validator.validate(with_value(records.record(), part, "0123456789abcdef"))
    assert not validator.is_valid(with_value(records.record(), part, "unavailable"))


def test_latencies_of_no_request_are_null(validator):
    validator.validate(with_value(records.record(), "latency_ns/service", records.no_latency()))


def test_a_new_parameter_may_be_recorded_without_a_new_version(validator):
    validator.validate(with_value(records.record(), "configuration/pinning", "spread"))


def test_counters_and_the_instruments_cost_may_be_recorded(validator):
    names = ["cycles", "instructions", "cache_misses", "branch_misses", "task_clock_ns", "context_switches", "cpu_migrations", "page_faults"]
    record = records.record() | {"counters": dict.fromkeys(names, "unavailable"), "instrument": {"stamp_ns": 9.8, "record_ns": 1.5}}
    validator.validate(record)
    assert not validator.is_valid(with_value(record, "counters/cycles", "many"))
    assert not validator.is_valid(without(record, "instrument/record_ns"))


def test_every_member_is_described(schema):
    def undescribed(node, path):
        for name, member in node.get("properties", {}).items():
            if "description" not in member:
                yield f"{path}/{name}"
            yield from undescribed(member, f"{path}/{name}")
        if isinstance(node.get("items"), dict):
            yield from undescribed(node["items"], f"{path}[]")
        for choice in node.get("anyOf", []):
            yield from undescribed(choice, path)

    missing = list(undescribed(schema, ""))
    for name, definition in schema["$defs"].items():
        missing += undescribed(definition, f"$defs/{name}")
    assert [path for path in missing if not path.startswith("/cpu/by_role/")] == []
