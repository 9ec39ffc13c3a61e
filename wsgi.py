"""What a web server and the ``flask`` command load."""

from config import Settings
from marketplace import create_app

app = create_app(Settings.from_env())
