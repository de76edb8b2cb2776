"""The command line: thin commands over services of the modules, and the processes of an installation.

It holds no rules of its own. ``main`` names every command; each has a file that is loaded when the command is used.
"""
