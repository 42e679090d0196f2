"""Calls of functions that are warm take 7 ms instead of 100.

Two waits add up: 40 ms because the head and the body of an answer go out as two packets and the second waits for the first to be
acknowledged, and 50 ms after each call for a line of log that does not come.
"""

import socketserver

#: Seconds: for a first line; of silence after a line; at most.
FIRST_LINE, SILENCE, AT_MOST = 0.002, 0.001, 0.05


def mend() -> None:
    from ministack.core import lambda_runtime

    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
    drain = lambda_runtime.Worker._drain_stderr_bounded
    if len(drain.__defaults__) != 3:
        raise AttributeError("Worker._drain_stderr_bounded takes other times")
    drain.__defaults__ = (FIRST_LINE, SILENCE, AT_MOST)
