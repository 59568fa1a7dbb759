# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""``python3 -m dev COMMAND``: get what the command needs, then carry it out inside the virtual environment."""

import os
import signal
import sys

from . import console, odoo, postgres, settings

COMMANDS = ("run", "test", "lint", "test-odoo", "bench", "i18n", "screenshots", "clean", "prepare", "postgres")


def main(arguments):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    if not arguments or arguments[0] not in COMMANDS:
        console.say(f"usage: python3 -m dev {{{','.join(COMMANDS)}}}")
        return 2
    try:
        if arguments[0] == "run":
            settings.serving()
        used = odoo.find()
        python = odoo.venv(used)
        if sys.prefix != str(python.parent.parent):
            sys.stdout.flush()
            os.execv(python, [str(python), "-m", "dev", *arguments])
        from . import commands

        postgres.read_settings()
        return commands.carry_out(arguments[0])
    except console.Problem as problem:
        print(f"error: {problem}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: {console.describe_oserror(error)}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
