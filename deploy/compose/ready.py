"""The health check of a container: `python -m deploy.compose.ready` asks its process for /readyz."""

import http.client
import os
import sys


def main() -> int:
    """0 when the process on JARING_HTTP_PORT answers that it is ready within 3 s."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["JARING_HTTP_PORT"]), timeout=3)
    try:
        connection.request("GET", "/readyz")
        return 0 if connection.getresponse().status == http.client.OK else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
