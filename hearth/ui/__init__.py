"""How Hearth looks: layouts, design components, behaviours, forms, the one list and the page helper.

Words: *shell* is the frame around a page (portal, console, plain); *panel* is a box on a page; *heat* is the colour of
a group's stage of life. This module knows nothing of people, groups or talk: shells hand it names, links and numbers.
"""
