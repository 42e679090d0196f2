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

    def test_with_a_search_its_function_is_deployed_too(self):
        self.assertNotIn("indexer", self.read(KRAKEN_AWS_LOCAL_SEARCH="").functions)
        self.assertIn("indexer", self.read(KRAKEN_AWS_LOCAL_SEARCH="http://127.0.0.1:9200").functions)

    def test_an_address_of_a_search_is_one_and_gives_no_password_away(self):
        with self.assertRaisesRegex(Failure, "KRAKEN_AWS_LOCAL_SEARCH is 'localhost:9200': expected"):
            self.read(KRAKEN_AWS_LOCAL_SEARCH="localhost:9200")
        with self.assertRaisesRegex(Failure, "KRAKEN_AWS_LOCAL_SEARCH names a user") as told:
            self.read(KRAKEN_AWS_LOCAL_SEARCH="http://me:hunter2@127.0.0.1:9200")
        self.assertNotIn("hunter2", str(told.exception))
