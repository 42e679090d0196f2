"""What the environment asks for is checked, and the variable named."""

import os
import unittest
from unittest import mock

from aws_local import settings
from aws_local.failure import Failure


class Settings(unittest.TestCase):
    def read(self, **variables):
        with mock.patch.dict(os.environ, variables):
            return settings.read()

    def test_ports_make_the_addresses(self):
        chosen = self.read(KRAKEN_AWS_LOCAL_PORT="5001", KRAKEN_AWS_LOCAL_API_PORT="5002")
        self.assertEqual((chosen.endpoint, chosen.api), ("http://127.0.0.1:5001", "http://127.0.0.1:5002"))

    def test_what_makes_no_sense_is_refused_by_name(self):
        wrong = {"KRAKEN_AWS_LOCAL_PORT": "66000", "KRAKEN_AWS_LOCAL_API_PORT": "http", "KRAKEN_AWS_LOCAL_IAM": "yes"}
        for name, value in wrong.items():
            with self.subTest(name), self.assertRaisesRegex(Failure, f"{name} is '{value}': expected"):
                self.read(**{name: value})
