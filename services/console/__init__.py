"""The console in the browser: the command centre's board, the wall and the courier's page.

It has no build step, and uses the public HTTP and its streams only. `pages` serves it.
"""

from services.console.pages import routes as routes
