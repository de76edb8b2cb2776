"""The operator's console: navigation, and pages composed of what modules offer. It has no rules of its own.

Words: *Today* is the page of what needs a person; *fleet* is the list of all groups; *palette* finds objects and
actions. What a page may show or do is decided by the modules' access functions and services, never here.
"""
