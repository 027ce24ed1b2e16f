"""What each code of the API's errors means, for the pages at /problems/<code>. Codes are only ever added."""

from timetracker.api.explanations import requests, states, values
from timetracker.api.explanations.texts import Explanation

EXPLANATIONS: dict[str, Explanation] = requests.EXPLANATIONS | states.EXPLANATIONS | values.EXPLANATIONS
