"""Community as code: one description of a community, the plan to get there, applying it, and the way back.

The engine knows no part of a community: each module says in its ``blueprint.py`` what it can describe and how that is
read and changed. A *blueprint* is the text; a *plan* is its difference to what stands; a *revision* is one plan
carried out, kept with what stood before.
"""
