"""``python -m supertouch`` is the command ``supertouch``."""

from supertouch.cli import main

if __name__ == "__main__":
    main()
