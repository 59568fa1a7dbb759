# Part of business_dept. See LICENSE file for full copyright and licensing details.
"""Version numbers of regulations."""
import re


def next_version(version, taken=()):
    """The number of the version that follows.

    A new version of a regulation is a new main number; what stands behind it starts at zero again.

    :param str version: such as ``1.0``; a text without any number is followed by ``<text> 2``
    :param taken: versions that exist already
    :rtype: str

    >>> next_version("1.0")
    '2.0'
    >>> next_version("2024-3", {"2025-0"})
    '2026-0'
    """
    numbers = re.findall(r"\d+", version)
    if not numbers:
        version, numbers = f"{version} 1".strip(), ["1"]
    main = int(numbers[0])
    head, tail = re.split(r"\d+", version, maxsplit=1)
    tail = re.sub(r"\d+", "0", tail)
    while True:
        main += 1
        candidate = f"{head}{main}{tail}"
        if candidate not in taken:
            return candidate
