"""The process that opens other people's pictures: `python -m property.services.pictures FILE…`.

It limits itself first and knows nothing of Django. Standard output: one word for each file, in their order.
"""

import resource
import sys
import warnings

from PIL import Image

MEGABYTE = 1024 * 1024
# A phone's camera makes 12 to 50 million pixels; three bytes each.
MAX_PIXELS = 60_000_000
MEMORY = 1024 * MEGABYTE
CPU_SECONDS = 30
FORMATS = ("JPEG", "PNG")


def limit_self() -> None:
    """Give up early rather than take the machine along."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def look(path: str) -> str:
    """Return "ok", "large" for more pixels than anybody needs, "broken" when it cannot be decoded to its end."""
    try:
        with Image.open(path, formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                return "large"
            picture.load()
    except MemoryError:
        return "large"
    except Exception:  # whatever the decoder makes of a damaged file
        return "broken"
    return "ok"


def main(paths: list[str]) -> None:
    """Look at each file."""
    limit_self()
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # asked above, before anything is decoded
    for path in paths:
        print(look(path), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
