"""The demonstration community: a clinic network whose ninety days are planned, then loaded.

``plan()`` is pure: the same seed and the same ``now`` give the same :class:`~hearth.project.demo.shapes.DemoPlan`,
without Django, a database or a network. What is shown in the product is computed from what a loader writes from it.
"""
