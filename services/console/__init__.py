"""The console in the browser: the command centre's board, the wall and the courier's page.

It has no build step and uses only the public HTTP API and its streams. `pages` serves it.
"""

from services.console.pages import routes as routes
