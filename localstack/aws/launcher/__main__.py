"""Starts the emulator with what Kraken's deployment needs mended in it.

Each mend is apart from the others and made for one version of the emulator: one that does not fit stops the start with its name, as a
mend that silently is not there costs more time than it saves. `KRAKEN_EMULATOR_UNMENDED=latency,…` leaves some out, to see whether they
are still needed.
"""

import os
import sys

import alarms
import denials
import expiry
import faults
import front_door
import latency
import sizes

MENDS = {
    "alarms": alarms.mend,
    "denials": denials.mend,
    "expiry": expiry.mend,
    "faults": faults.mend,
    "front_door": front_door.mend,
    "latency": latency.mend,
    "sizes": sizes.mend,
}


def main() -> None:
    left_out = set(filter(None, os.environ.get("KRAKEN_EMULATOR_UNMENDED", "").split(",")))
    unknown = left_out - MENDS.keys()
    if unknown:
        sys.exit(f"KRAKEN_EMULATOR_UNMENDED names {', '.join(sorted(unknown))}: expected some of {', '.join(MENDS)}")
    for name, mend in MENDS.items():
        if name in left_out:
            continue
        try:
            mend()
        except (ImportError, AttributeError, KeyError) as error:
            sys.exit(f"the mend {name!r} does not fit this version of the emulator ({error!r}): install what requirements.txt names")
    from ministack.app import main as emulator

    # It reads options of its own from the command line.
    sys.argv = ["ministack"]
    emulator()


main()
