"""松山学校: what a school brings along from paper and from a former system, mistakes included.

Its offices, catalogue and parameters are entered through the services. What its earlier meetings did wrong the
services refuse by design, so those meetings are written as they were found, with field history, and each is sealed
by a ledger entry `import.recorded`.
"""

from demo.imported.cases import BREACHES, TWINS
from demo.imported.school import JOINED, SCHOOL, load

__all__ = ["BREACHES", "JOINED", "SCHOOL", "TWINS", "load"]
