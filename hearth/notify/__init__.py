"""What members are told: inbox, counters, levels, quiet hours, digests and their delivery.

Its words: a *notice* tells one member one thing for one reason. It must not know why another module thinks it matters:
modules call ``tell`` or register the notice they make of a fact.
"""
