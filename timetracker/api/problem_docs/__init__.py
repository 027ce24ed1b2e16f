"""What each code of the API's errors means, for the pages at /problems/<code>. Codes are only ever added."""

from timetracker.api.problem_docs import requests, states, values
from timetracker.api.problem_docs.texts import Explanation

EXPLANATIONS: dict[str, Explanation] = requests.EXPLANATIONS | states.EXPLANATIONS | values.EXPLANATIONS
