"""Before any test or helper is imported: what this process and every desk that a test starts run with."""

import os

from tests.where import ROOT

# an installation has no such module
os.environ["PIYAO_SETTINGS"] = os.environ["DJANGO_SETTINGS_MODULE"] = "tests.cheap_passwords"
# which processes of tests find here: they do not look into the folder they are started from
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
)
