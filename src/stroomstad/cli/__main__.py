"""Lets the command line be started as a module."""

import sys

from stroomstad.cli import main

if __name__ == "__main__":
    sys.exit(main())
