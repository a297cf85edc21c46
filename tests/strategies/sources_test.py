"""The strategies' sources against the rules that no compiler checks, and the registry against the files."""
import pathlib
import re

STRATEGIES = pathlib.Path(__file__).resolve().parents[2] / "strategies"
# What is the platform, or watches over strategies from outside, may use what strategies may not.
NOT_A_STRATEGY = {"platform.hpp", "restartable.hpp", "counting_platform.hpp", "ledger.hpp", "line_book.hpp", "checked.hpp", "ownership.hpp"}
FORBIDDEN = re.compile(
    r"std::atomic<(?!std::uint64_t>::is_always_lock_free)|std::atomic_|std::mutex|thread_local|std::malloc|std::free\(|"
    r"std::chrono|std::random|std::mt19937|std::thread|_fence|^\s*static (?!constexpr|inline|_assert)[^(]*[;=]", re.M)
FOREIGN_INCLUDE = re.compile(r'#include\s+(?:"(?!strategies/)[^"]*"|<[^>]*/[^>]*>)')
ORDER = re.compile(r"memory_order_(?:relaxed|acquire|release|acq_rel|seq_cst)")
REASON = re.compile(r"//.*(?:relaxed|acquire|release|\(\d\))")


def headers():
    return {str(path.relative_to(STRATEGIES)): path.read_text() for path in sorted(STRATEGIES.rglob("*.hpp"))}


def strategy_headers():
    return {name: text for name, text in headers().items() if pathlib.Path(name).name not in NOT_A_STRATEGY}


def code(text):
    return re.sub(r'//[^\n]*|"[^"\n]*"', "", text)


def listed(registry):
    return re.findall(r"^BATON_(?:STRATEGY|ADAPTER)\((\w+), *(\w+)(?:, *\w+)?\)$", registry, re.M)


def forbidden(text):
    return FORBIDDEN.findall(code(text))


def without_reason(text):
    """Lines with a memory order and no reason on them or in the four lines above."""
    lines = text.splitlines()
    return [f"{i + 1}: {line.strip()}" for i, line in enumerate(lines)
            if ORDER.search(line) and not any(REASON.search(near) for near in lines[max(0, i - 4):i + 1])]


def unlisted(texts, registry):
    """Strategies that the registry does not name, or names by another class."""
    found = {(pathlib.Path(name).stem, match) for name, text in texts.items()
             for match in re.findall(r"static_assert\(Strategy<(\w+)<>>\)", code(text))}
    return sorted(found ^ set(listed(registry)))


def test_every_strategy_is_listed_and_every_listed_strategy_has_its_header():
    registry = (STRATEGIES / "registry.def").read_text()
    assert listed(registry)
    assert unlisted(headers(), registry) == []


def test_a_strategy_that_is_not_listed_is_found():
    texts = {"new.hpp": "static_assert(Strategy<New<>>);"}
    assert unlisted(texts, "") == [("new", "New")]
    assert unlisted(texts, "BATON_STRATEGY(new, Old)") == [("new", "New"), ("new", "Old")]
    assert unlisted(texts, "BATON_STRATEGY(new, New)") == []


def test_strategies_reach_the_machine_only_through_the_platform():
    assert {name: forbidden(text) for name, text in strategy_headers().items() if forbidden(text)} == {}


def test_what_goes_past_the_platform_is_found():
    for planted in ("std::atomic<int> hits;", "std::mutex mutex;", "thread_local int cache;", "std::malloc(1)",
                    "std::atomic_thread_fence(order)", "std::chrono::steady_clock::now()", "  static int calls = 0;"):
        assert forbidden(planted), planted
    assert not forbidden("static constexpr int kSize = 1; // std::mutex")


def test_strategies_include_the_standard_library_and_each_other_only():
    foreign = {name: FOREIGN_INCLUDE.findall(text) for name, text in headers().items()}
    foreign.pop("support/canary.hpp")  # asks AddressSanitizer
    foreign.pop("restartable.hpp")  # asks the kernel; of the platform
    adapted = {name: foreign.pop(name) for name in list(foreign) if name.startswith("adapters/")}
    assert {name: found for name, found in foreign.items() if found} == {}
    # An adapter includes the one library it adapts, and not a header of the operating system.
    assert {name for name, found in adapted.items()
            if found and [re.match(r"#include <(boost|concurrentqueue|tbb)/", one) is not None for one in found] != [True]} == set()


def test_a_foreign_include_is_found():
    assert FOREIGN_INCLUDE.search('#include "harness/http/head.hpp"')
    assert FOREIGN_INCLUDE.search("#include <sys/socket.h>")
    assert not FOREIGN_INCLUDE.search("#include <atomic>")


def test_every_memory_order_has_a_reason():
    assert {name: without_reason(text) for name, text in strategy_headers().items() if without_reason(text)} == {}


def test_a_memory_order_without_a_reason_is_found():
    assert without_reason("x.load(std::memory_order_relaxed);")
    assert not without_reason("x.load(std::memory_order_relaxed);  // relaxed: a guess")
    assert not without_reason("// (1) pairs with (2)\nx.store(1, std::memory_order_release);")
