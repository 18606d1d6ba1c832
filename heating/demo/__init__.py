"""The demo company: what a newcomer sees after `bin/run`. It exists in demo mode only."""

from heating.demo.accounts import DEMO_ACCOUNTS, DemoAccount
from heating.demo.build import build_demo

__all__ = ["DEMO_ACCOUNTS", "DemoAccount", "build_demo"]
