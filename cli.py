"""Run the command line from a checkout: ``python cli.py train digits``."""

from fnnet.cli import main

if __name__ == "__main__":
    main()
