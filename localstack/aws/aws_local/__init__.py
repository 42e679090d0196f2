"""Brings Kraken's AWS deployment up on an emulator on this machine, and takes it down again. Needs nothing but Python's own library."""
