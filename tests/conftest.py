"""Settings of all tests."""

from hypothesis import settings


def pytest_addoption(parser) -> None:
    group = parser.getgroup("chaos")
    group.addoption("--rounds", type=int, help="how many rounds of kills (50)")
    group.addoption("--seed", type=int, help="the first round's seed, and that round alone")


# How long an example takes says something about the machine, nothing about the product; and a
# run shall fail for what changed in the product, not for what chance brought up today.
settings.register_profile("product", deadline=None, derandomize=True)
# For looking further: make test ARGS=--hypothesis-profile=search
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile("product")
