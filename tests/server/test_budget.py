"""How much one may ask for, and who counts as one."""

import pytest

from pages.server import budget


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(budget, "time", found)
    return found


def test_a_bucket_gives_a_burst_and_then_so_many_a_second(clock: Clock) -> None:
    bucket = budget.Bucket(rate=5, burst=10)
    assert [bucket.take() for _ in range(10)] == [0] * 10
    assert bucket.take() == pytest.approx(0.2)
    assert bucket.take() == pytest.approx(0.4)
    clock.now += 1
    assert [bucket.take() for _ in range(3)] == [0] * 3
    clock.now += 1000
    assert [bucket.has() for _ in range(12)] == [True] * 10 + [False] * 2  # what was not used is not kept for ever
    clock.now += 0.2
    assert bucket.has()


def test_each_key_has_its_own_bucket(clock: Clock) -> None:
    buckets = budget.Buckets(rate=1, burst=2)
    assert [buckets.has("a") for _ in range(3)] == [True, True, False]
    assert buckets.has("b")


@pytest.mark.parametrize(
    ("client", "counts_as"),
    [
        (("203.0.113.7", 1), "address:203.0.113.7"),
        (("2001:db8:1:2:aaaa::1", 1), "address:2001:db8:1:2::/64"),
        (("2001:db8:1:2:bbbb::9", 1), "address:2001:db8:1:2::/64"),  # its owner has all of them
        (("fe80::1%eth0", 1), "address:fe80::/64"),
        (("not an address", 1), "address:not an address"),
        (None, "address:"),
    ],
)
def test_an_address_is_what_somebody_cannot_change_at_will(client: tuple[str, int] | None, counts_as: str) -> None:
    assert budget.address_of(client) == counts_as


def test_a_mark_is_ours_or_nobodys() -> None:
    mark = budget.new_device()
    assert budget.device_of(mark) == f"device:{mark.partition('.')[0]}"
    for other in ("", ".", "x", "x.", f"{mark}0", mark[1:], mark.replace(".", ""), "é.é"):
        assert budget.device_of(other) is None, other
    assert budget.new_device() != mark


def test_what_is_gone_leaves_nothing_behind() -> None:
    before = dict(budget.strangers)
    budget.came("address:test")
    budget.came("address:test")
    budget.went("address:test")
    assert budget.strangers["address:test"] == 1
    budget.went("address:test")
    assert dict(budget.strangers) == before
