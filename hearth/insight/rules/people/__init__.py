"""What is known of people: how they take part, who carries, who is left alone, who may be leaving.

Words: a *deed* is something a member did by themselves (wrote, reacted); they are *present* also when they only read.
A *tie* is a pair of members of whom one answered the other in the last 91 days. Seeded activity, bots and staff are
never counted; staff appear only where they answered somebody.
"""
