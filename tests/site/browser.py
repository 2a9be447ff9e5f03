"""What must never happen in the browser, whatever a person does with a page.

A `Watch` notes what a person with the developer tools open would be ashamed of: an error or a
warning in the console (a violation of the Content Security Policy is one), an error that no script
caught, a request that failed or that went to somebody else. What the portal refuses with a problem
document, and a network that a test has switched off, are no such thing.
"""

from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

_DELIBERATE = ("net::ERR_INTERNET_DISCONNECTED", "net::ERR_ABORTED")
"""How requests end that a test cuts off, or the browser itself: a page was left, a file saved."""

_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`The policy forbids ${event.blockedURI}: ${event.violatedDirective}`));
"""


class Watch:
    """Whatever is wrong in one browser context, in words."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        """Watch all pages of a context; whatever is not at `origin` is somebody else's."""
        self._origin = f"{origin}/"
        self._complaints: list[str] = []
        self._console: list[tuple[str, str]] = []
        self._refused: set[str] = set()
        context.add_init_script(_TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", lambda one: self._complaints.append(f"uncaught: {one.error}"))
        context.on("request", self._see_request)
        context.on("requestfailed", self._see_failure)
        context.on("response", self._see_response)

    def complaints(self) -> list[str]:
        """Return what was wrong so far."""
        heard = [text for text, url in self._console if url not in self._refused]
        return self._complaints + heard

    def forget(self) -> None:
        """Forget what was wrong so far: a test has provoked it and looked at it."""
        self._complaints.clear()
        self._console.clear()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if any(reason in message.text for reason in _DELIBERATE):
            return
        # Chromium writes a line of its own for every status from 400 on; no page can prevent it.
        is_of_network = message.text.startswith("Failed to load resource")
        where = message.location["url"]
        text = f"{message.type} in the console: {message.text} ({where})"
        self._console.append((text, where if is_of_network else ""))

    def _see_request(self, request: Request) -> None:
        if request.url.startswith("http") and not request.url.startswith(self._origin):
            self._complaints.append(f"asked somebody else: {request.url}")

    def _see_failure(self, request: Request) -> None:
        if request.failure not in _DELIBERATE:
            self._complaints.append(f"failed: {request.method} {request.url}: {request.failure}")

    def _see_response(self, response: Response) -> None:
        is_problem = response.headers.get("content-type") == "application/problem+json"
        if is_problem and urlsplit(response.url).path.startswith("/api/"):
            self._refused.add(response.url)
