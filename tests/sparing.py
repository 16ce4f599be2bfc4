"""The garbage collector leaves alone what stays: modules and some 5,600 collected tests.

While they are being made nothing of them is garbage, but looking at them again and again took a
quarter of that time, in each worker. Loaded by `-p tests.sparing` (pyproject.toml).
"""

import gc

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()  # no later collection need look at it
